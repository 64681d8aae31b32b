"""What others notice of one address that attacks: `python -m tests.benchmarks.attacked --seconds 60`.

On the article and on 100,000 claims, on SQLite and on PostgreSQL: one attack after the other. Another address asks a
remembered question 50 times a second and a new one 10 times a second. Prints a row for each attack.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import click

from tests.benchmarks.attacks import ATTACKS
from tests.benchmarks.corpus import write
from tests.benchmarks.processes import memory
from tests.databases import emptied
from tests.postgres import postgres
from tests.server import PACKAGE, ROOT, Server, filled

ADDRESS = "198.51.100.7"
SETTINGS = {"SIC_TRUSTED_PROXIES": "127.0.0.0/8", "SIC_ACCESS_LOG": "off"}
EVERY = {"remembered": 0.02, "cold": 0.1}  # seconds from one question to the next
AIMS = {"remembered": (0.005, 0.050), "cold": (0.050, 0.250)}  # seconds: p50, p99
SHARE = 0.95  # of the questions that are answered 200


@dataclass
class Seen:
    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        return statistics.quantiles(self.took, n=1000)[round(share * 1000) - 1] if len(self.took) > 1 else float("inf")

    def holds(self, aims: tuple[float, float]) -> bool:
        answered = self.statuses["200"] / max(1, self.statuses.total())
        return self.quantile(0.5) < aims[0] and self.quantile(0.99) < aims[1] and answered >= SHARE

    def __str__(self) -> str:
        others = {status: number for status, number in self.statuses.items() if status != "200"}
        return f"{self.quantile(0.5) * 1000:.1f} / {self.quantile(0.99) * 1000:.0f} ms" + (
            f" {others}" if others else ""
        )


async def ask(port: int, path: Callable[[], str], every: float, until: float) -> Seen:
    """One question after the other, at fixed times; what comes late is asked at once."""
    seen = Seen()
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    following = time.monotonic()
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            reader, writer = connection or await asyncio.open_connection("127.0.0.1", port)
            connection = reader, writer
            writer.write(f"GET {path()} HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: {ADDRESS}\r\n\r\n".encode())
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).lower()
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            seen.statuses[head[9:12].decode()] += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            connection = None
            seen.statuses[type(error).__name__] += 1
        seen.took.append(time.monotonic() - began)
        following += every
        await asyncio.sleep(max(0, following - time.monotonic()))
    return seen


async def watched(server: Server, names: list[str], seconds: float, numbers: Iterator[int]) -> dict[str, Seen]:
    """Starts the attacks, and asks from their first second to their last but one."""
    click.echo(f"  {', '.join(names)}", err=True)
    attack = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.attacks", *names, str(server.port), str(seconds + 2)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert attack.stdout is not None
    click.echo(f"  {(await asyncio.to_thread(attack.stdout.readline)).decode().strip()}", err=True)
    await asyncio.sleep(1)
    until = time.monotonic() + seconds
    asked = {
        "remembered": lambda: "/v1/claims?limit=20",
        "cold": lambda: f"/v1/claims?limit={(number := next(numbers)) % 100 + 1}&offset={number // 100}",
    }
    found = await asyncio.gather(*(ask(server.port, path, EVERY[name], until) for name, path in asked.items()))
    attack.terminate()
    attack.wait()
    return dict(zip(asked, found, strict=True))


def resident(server: Server) -> float:
    """Megabytes of the process without the answers that it remembers, which have a bound of their own."""
    assert server.process is not None
    gauges = dict(line.rsplit(" ", 1) for line in server.client.get("/metrics").text.splitlines())
    return memory(server.process.pid)["VmRSS"] - float(gauges["sic_remembered_bytes"]) / 1e6


def warm(server: Server) -> None:
    """Asks each list and file once: what is imported or built for the first question stays, and is no leak."""
    for path in server.client.get("/openapi.json").json()["paths"]:
        if "{" not in path:
            server.client.get(path)


@contextmanager
def environments(database: str, folder: Path) -> Iterator[Callable[[], dict[str, str]]]:
    if database == "sqlite":
        yield lambda: {"SIC_DATABASE_URL": f"sqlite:///{tempfile.mkdtemp(dir=folder)}/sic.db"}
        return
    with postgres() as server:
        yield lambda: {"SIC_DATABASE_URL": emptied(server), "SIC_INDEX_DIR": tempfile.mkdtemp(dir=folder)}


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="Of each attack.")
@click.option("--claims", "sizes", default="0,100000", show_default=True, help="Corpora; 0 is the article.")
@click.option("--database", "databases", multiple=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--attack", "names", multiple=True, type=click.Choice(["none", *ATTACKS, "all"]), help="Only these.")
def main(seconds: float, sizes: str, databases: tuple[str, ...], names: tuple[str, ...]) -> None:
    sound = True
    with tempfile.TemporaryDirectory(prefix="sic-attacked-") as temporary:
        for size in map(int, sizes.split(",")):
            packages = [PACKAGE]
            if size:
                write(made := Path(temporary) / f"packages-{size}", size, max(3, size // 333), seed=1)
                packages = [made]
            for database in databases or ("sqlite", "postgresql"):
                with environments(database, Path(temporary)) as fresh:
                    env = filled(fresh(), *packages)
                    with Server(env | SETTINGS, patience=120) as server:
                        warm(server)
                        numbers = count()
                        for name in names or ("none", *ATTACKS, "all"):
                            before = resident(server)
                            together = {"none": [], "all": [*ATTACKS]}.get(name, [name])
                            seen = asyncio.run(watched(server, together, seconds, numbers))
                            holds = all(seen[kind].holds(AIMS[kind]) for kind in seen)
                            sound &= holds
                            click.echo(
                                f"| {size or 'article'} | {database} | {name} | {seen['remembered']} | {seen['cold']} "
                                f"| {before:.0f} → {resident(server):.0f} MB | {'holds' if holds else 'MISSED'} |"
                            )
                        time.sleep(0 if names else 60)
                        click.echo(f"a minute later: {resident(server):.0f} MB")
    sys.exit(not sound)


if __name__ == "__main__":
    main()
