"""What answers cost as the content grows: the same questions to servers on corpora of several sizes, in turns."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, zip_longest
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.benchmarks.corpus import TOPICS, write
from tests.benchmarks.processes import memory
from tests.server import ROOT, Server, sic

# No more than so many times the cost at the smallest size.
LIMITS = {"keyset page": 1.5, "detail": 1.5, "spans": 1.5, "single filter, exact total": 5.0}
TYPES = ("causal", "factual", "predictive", "evaluative")


def load(folder: Path, claims: int) -> tuple[dict[str, str], dict[str, float]]:
    """Makes a corpus and loads it, unless it is there: the environment that serves it, and what loading took."""
    env = {"SIC_DATABASE_URL": f"sqlite:///{folder / f'{claims}.db'}"}
    told = folder / f"{claims}.json"
    if told.exists():
        return env, json.loads(told.read_text())
    packages = folder / f"packages-{claims}"
    write(packages, claims, max(3, claims // 333), seed=1)
    assert sic("migrate", env=env).returncode == 0
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "load", str(packages)], cwd=ROOT, env=os.environ | env, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    took = {
        "seconds": time.perf_counter() - began,
        "processor seconds": used.ru_utime + used.ru_stime,
        "peak MB of one process": used.ru_maxrss * 1024 / 1e6,  # KiB on Linux
    }
    told.write_text(json.dumps(took))
    return env, took


def questions(client: httpx.Client, random: Random) -> dict[str, Iterator[str]]:
    """Endless questions by name, another each time, so that no total or facet is known already."""
    counts = client.get("/v1").json()["data"]["counts"]
    documents = [f"d{number:05}" for number in range(counts["documents"])]
    each = counts["claims"] // len(documents)
    names = [record["name"] for record in client.get("/v1/actors?limit=100").json()["data"]]
    actors = [record["id"] for record in client.get("/v1/actors?limit=100").json()["data"]]
    places = [record["id"] for record in client.get("/v1/places?limit=100").json()["data"]]

    def walk(following: str | None) -> Iterator[str]:
        while following:
            yield following
            following = client.get(following).json()["links"]["next"]

    def filters() -> Iterator[str]:
        for shuffled in (actors, places):
            random.shuffle(shuffled)
        lists = (("actor", actors), ("place", places), ("topic", TOPICS), ("type", TYPES))
        for group in zip_longest(*([f"{name}={value}" for value in values] for name, values in lists)):
            yield from (f"/v1/claims?limit=20&{asked}" for asked in group if asked)

    def endless(template: str, *makers: Any) -> Iterator[str]:
        while True:
            yield template.format(*(make() for make in makers))

    def document() -> str:
        return random.choice(documents)

    middle = client.get(f"/v1/claims?limit=20&offset={min(10_000, counts['claims'] // 2)}").json()["links"]["next"]
    return {
        "keyset page": chain(walk("/v1/claims?limit=20&include=actors"), endless("/v1/claims?limit=20")),
        "deep page": chain(walk(middle), endless("/v1/claims?limit=20")),
        "detail": endless("/v1/claims/{}.c{:06}", document, lambda: random.randint(1, each)),
        "spans": endless("/v1/documents/{}/spans?start={}&end=900", document, lambda: random.randint(0, 500)),
        "single filter, exact total": filters(),
        "facets": endless(
            "/v1/claims?limit=1&facets=type,topic&section={}.s0001&offset={}", document, lambda: random.randint(0, 9)
        ),
        "search": endless("/v1/search?limit=20&q={}+{}", lambda: random.choice(names), lambda: random.choice(names)),
    }


def growing(folder: Path, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    loading, environments = {}, {}
    for size in sizes:
        environments[size], loading[size] = load(folder, size)
    with ExitStack() as running:
        servers = {
            size: running.enter_context(
                Server(env | {"SIC_ANSWER_CACHE_BYTES": "0", "SIC_ACCESS_LOG": "off"}, patience=120)
            )
            for size, env in environments.items()
        }
        asked = {size: questions(server.client, Random(7)) for size, server in servers.items()}
        costs: dict[str, dict[int, list[float]]] = {}
        for turn in range(rounds + 3):
            for size, server in servers.items():
                for name, following in asked[size].items():
                    question = next(following)
                    began = time.perf_counter()
                    answer = server.client.get(question, headers={"Accept-Encoding": "identity"})
                    took = time.perf_counter() - began
                    assert answer.status_code == 200, answer.text
                    if turn >= 3:
                        costs.setdefault(name, {}).setdefault(size, []).append(took * 1000)
        exports = {size: _export(server) for size, server in servers.items()}
    median = {name: {size: statistics.median(found) for size, found in by.items()} for name, by in costs.items()}
    least, most = min(sizes), max(sizes)
    return {
        "loading": loading,
        "milliseconds": median,
        "export": exports,
        "ratios": [
            {
                "what": f"{name}: {most:,} claims / {least:,}",
                "target": limit,
                "ratio": statistics.median(
                    big / small for big, small in zip(costs[name][most], costs[name][least], strict=True)
                ),
                "at most": True,
            }
            for name, limit in LIMITS.items()
        ],
    }


def _export(server: Server) -> dict[str, float]:
    """The whole list as JSON Lines: rows a second, and by how much the process grew meanwhile."""
    assert server.process is not None
    pid = server.process.pid
    before = peak = memory(pid)["RssAnon"]
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, memory(pid)["RssAnon"])

    watching = threading.Thread(target=watch)
    watching.start()
    began = time.perf_counter()
    rows = 0
    with server.client.stream("GET", "/v1/claims.jsonl", headers={"Accept-Encoding": "identity"}) as answer:
        for block in answer.iter_raw():
            rows += block.count(b"\n")
    took = time.perf_counter() - began
    done.set()
    watching.join()
    return {"rows": rows, "rows per second": rows / took, "grew MB": peak - before}
