"""What a run starts and reads of processes: peers, wrk, /proc (Linux)."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.server import ROOT, free_port

TICKS = os.sysconf("SC_CLK_TCK")


class Rate(NamedTuple):
    per_second: float
    cpu: float  # milliseconds of the server's processor for one answer


@contextmanager
def peer(command: Sequence[str | Path], ready: str, env: Mapping[str, str] | None = None) -> Iterator[tuple[int, str]]:
    """Process id and URL of a server that takes `--port`; running once `ready` answers 200."""
    port = free_port()
    process = subprocess.Popen(
        [*map(str, command), "--port", str(port)],
        cwd=ROOT,
        env=os.environ | dict(env or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            try:
                if httpx.get(url + ready, trust_env=False, timeout=30).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        else:
            raise RuntimeError(f"{command[0]} did not answer {ready}")
        yield process.pid, url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wrk(pid: int, url: str, seconds: int, connections: int = 16) -> Rate:
    """Asks one URL as fast as it is answered. Raises RuntimeError when an answer is not a success."""
    before = cpu_seconds(pid)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url], capture_output=True, text=True, check=True
    ).stdout
    used = cpu_seconds(pid) - before
    if "Non-2xx" in done or "Socket errors" in done:
        raise RuntimeError(f"{url}: {done}")
    counted = re.search(r"(\d+) requests in ([\d.]+)(s|ms|m)", done)
    assert counted is not None
    count = int(counted[1])
    return Rate(count / seconds, used / max(count, 1) * 1000)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> dict[str, float]:
    """Megabytes: resident as a whole (`VmRSS`), its peak (`VmHWM`), and what is not a mapped file (`RssAnon`)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    names = {"VmRSS", "VmHWM", "RssAnon"}
    return {
        name: int(rest.split()[0]) * 1024 / 1e6
        for name, _, rest in (line.partition(":") for line in lines)
        if name in names
    }
