"""A long mixed load: `python -m tests.benchmarks.soak --minutes 60 --connections 64 --workers 2`.

Remembered and new questions, searches, files, refused ones, clients that leave in the middle, and a load that
publishes new content every two minutes. Beside them one address attacks (tests/benchmarks/attacks.py), another way each
half minute. Prints a line a sample, then the verdict: memory flat within 10 % once warm, no 5xx but 503 that says when
to come back, 99 % of new questions answered, no connection cut, no descriptors lost. Exit code 1 if it does not hold.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random

import click

from tests.benchmarks.attacks import ATTACKS
from tests.benchmarks.corpus import write
from tests.server import ROOT, Server, loaded, sic

WARM = 0.2  # of the run, before memory is compared
PUBLISH_SECONDS = 120
ATTACK_SECONDS = 30
PAUSE_SECONDS = 0.1  # that a client takes over an answer, on average
SETTINGS = {"SIC_ACCESS_LOG": "off", "SIC_TRUSTED_PROXIES": "127.0.0.0/8"}  # all else as it comes
WORDS = (
    "war",
    "peace",
    "karabakh",
    "armenia",
    "treaty",
    "exodus",
    "border",
    "identity",
    "trauma",
    "minister",
    "memory",
)
STEADY = ("/v1", "/v1/claims", "/v1/actors?limit=100", "/v1/claims?facets=type,actor", "/docs", "/v1/vocabularies")
REFUSED = ("/v1/claims?limt=1", "/v1/claims/none", "/nothing", "/v1/claims?limit=1000", "/v1/events?actor=nobody")
FILES = ("/v1/claims.jsonl", "/v1/claims.csv", "/v1/events.csv?fields=name,date.edtf")


def question(random: Random) -> tuple[str, bool]:
    """A path, and whether its answer has to be computed."""
    kind = random.random()
    if kind < 0.35:
        return random.choice(STEADY), False
    if kind < 0.6:
        words = " ".join(random.sample(WORDS, 2)) + f" {random.randrange(10_000)}"
        return f"/v1/search?q={words.replace(' ', '+')}&limit={random.randrange(1, 30)}", True
    if kind < 0.8:
        kind_asked = random.choice(("claims", "events", "relations", "sections"))
        return f"/v1/{kind_asked}?limit={random.randrange(1, 101)}&offset={random.randrange(300)}", True
    if kind < 0.88:
        return f"/v1/suggest?q={random.choice(WORDS)[: random.randrange(2, 6)]}", True
    return random.choice(REFUSED if kind < 0.96 else FILES), False


async def client(number: int, port: int, until: float, seen: Counter[str]) -> None:
    """One connection at a time, asked until the end; now and then it leaves before the answer is there."""
    random = Random(number)
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    while time.monotonic() < until:
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            headers = "Accept-Encoding: gzip\r\n" if random.random() < 0.5 else ""
            headers += f"X-Forwarded-For: 203.0.113.{number}\r\n"
            path, cold = question(random)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: soak\r\n{headers}\r\n".encode())
            if random.random() < 0.005:
                writer.close()
                reader = writer = None
                seen["left"] += 1
                continue
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            status = head[9:12].decode()
            seen[status] += 1
            seen["cold"] += cold
            seen["cold 200"] += cold and status == "200"
            seen["without retry-after"] += status >= "500" and b"\r\nretry-after: " not in head
            if b"transfer-encoding: chunked" in head:
                while size := int(await reader.readline(), 16):
                    await reader.readexactly(size + 2)
                await reader.readexactly(2)
            else:
                length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
        except (OSError, asyncio.IncompleteReadError):
            seen["cut"] += 1
            reader = writer = None
        await asyncio.sleep(random.expovariate(1 / PAUSE_SECONDS))
    if writer is not None:
        writer.close()


async def attack(port: int, until: float) -> None:
    for name in cycle(ATTACKS):
        seconds = min(ATTACK_SECONDS, until - time.monotonic() - 5)
        if seconds <= 0:
            return
        command = (sys.executable, "-m", "tests.benchmarks.attacks", name, str(port), str(seconds))
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.DEVNULL)
        await process.wait()


def observed(server: Server) -> dict[str, int]:
    """Of all processes of the server: resident memory, what of it are remembered answers, open descriptors, threads."""
    assert server.process is not None
    found = {"rss_mb": 0, "fds": 0, "threads": 0}
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    for pid in [server.process.pid, *map(int, children)]:
        process = Path(f"/proc/{pid}")
        fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        found["rss_mb"] += int(fields["VmRSS"].split()[0]) // 1024
        found["fds"] += len(list((process / "fd").iterdir()))
        found["threads"] += int(fields["Threads"])
    gauges = dict(line.rsplit(" ", 1) for line in server.client.get("/metrics").text.splitlines())
    return found | {"remembered_mb": round(float(gauges["sic_remembered_bytes"]) / 2**20)}


async def publish(env: dict[str, str], package: Path, until: float, seen: Counter[str]) -> None:
    """Adds a document and takes it away again, by turns."""
    for turn in range(10_000):
        await asyncio.sleep(PUBLISH_SECONDS)
        if time.monotonic() > until - 10:
            return
        command = ("load", package) if turn % 2 == 0 else ("unload", package.name)
        done = await asyncio.to_thread(partial(sic, *command, env=env))
        seen["published" if done.returncode == 0 else "not published"] += 1


async def run(server: Server, minutes: float, connections: int, package: Path) -> list[dict[str, float]]:
    seen: Counter[str] = Counter()
    began = time.monotonic()
    until = began + minutes * 60
    work = [asyncio.create_task(client(number, server.port, until, seen)) for number in range(connections)]
    publishing = asyncio.create_task(publish(server.env, package, until, seen))
    attacking = asyncio.create_task(attack(server.port, until))
    samples: list[dict[str, float]] = []

    async def sample() -> None:
        found = await asyncio.to_thread(observed, server)
        samples.append({"seconds": round(time.monotonic() - began), **found, **seen})

    while time.monotonic() < until:
        await asyncio.sleep(min(15, max(0.1, until - time.monotonic())))
        await sample()
        print(json.dumps(samples[-1]), flush=True)
    await asyncio.gather(*work, attacking)
    publishing.cancel()
    await asyncio.sleep(1)
    await sample()
    return samples


@click.command()
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--connections", default=64, show_default=True)
@click.option("--workers", default=2, show_default=True)
def main(minutes: float, connections: int, workers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "packages", 200, 1, 5)
        package = next((Path(folder) / "packages").iterdir())
        declared = json.loads((package / "document.yaml").read_text())
        for topic in declared["topics"]:
            topic["id"] = f"made-{topic['id']}"
        (package / "document.yaml").write_text(json.dumps(declared))
        claims = (package / "claims.jsonl").read_text().splitlines()
        renamed = [{**(claim := json.loads(line)), "topics": [f"made-{t}" for t in claim["topics"]]} for line in claims]
        (package / "claims.jsonl").write_text("".join(json.dumps(claim) + "\n" for claim in renamed))
        with Server(loaded(Path(folder)) | SETTINGS | {"SIC_WORKERS": str(workers)}) as server:
            samples = asyncio.run(run(server, minutes, connections, package))
    # Peaks are compared: while content is swapped, two snapshots are held for a moment.
    working = samples[:-1]
    warm = working[int(len(working) * WARM) :]
    half = len(warm) // 2
    first, last = (max(sample["rss_mb"] for sample in part) for part in (warm[:half] or warm, warm[half:] or warm))
    final = samples[-1]
    growth = round(last / first - 1, 3)
    answered = final["cold 200"] / final["cold"]
    verdict = {
        "minutes": minutes,
        "connections": connections,
        "requests": sum(count for name, count in final.items() if name.isdigit()),
        "5xx": sum(count for name, count in final.items() if name.isdigit() and name >= "500"),
        "5xx without retry-after": final.get("without retry-after", 0),
        "cold answered 200": round(answered, 4),
        "cut": final.get("cut", 0),
        "published": final.get("published", 0),
        "peak_rss_mb": [first, last],
        "growth": growth,
        "fds": [working[0]["fds"], final["fds"]],
    }
    print(json.dumps(verdict))
    sound = growth <= 0.1 and final.keys() & {"500", "502", "504"} == set() and not verdict["5xx without retry-after"]
    sound &= answered >= 0.99 and not verdict["cut"] and final["fds"] < workers * connections
    sys.exit(not sound)


if __name__ == "__main__":
    main()
