"""The longest step of each streamed file: `python -m tests.benchmarks.steps --claims 100000`.

A step is what a thread makes before the event loop sends it. Between two steps it is compressed, where that is asked
for, and sent. In process, one file at a time, every file of the contract. What was imported is no garbage to look for,
as in a server (api/cli.py).
"""

import asyncio
import gc
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from api.server.job import Job
from tests.benchmarks.growing import load
from tests.in_process import InProcess, in_process

MOST = 0.05  # seconds
SUFFIXES = ".csv", ".jsonl"  # the forms that are streamed
ASKED = {  # beside a file as it comes: those that the index ranks or selects, and those that read related records
    "/v1/claims": ("q={word}", "q={word}&sort=-id", "q={word}&limit=10000", "actor={actor}"),
    "/v1/events": ("q={word}",),
    "/v1/relations": ("fields=id,from.statement,to.statement",),
    "/v1/search": ("q={word}", "q={word}&limit=10000"),
}


def files(asked: InProcess) -> Iterator[str]:
    named = {"document": "documents", "actor": "actors"}
    ids = {name: asked.get(f"/v1/{kind}?limit=1").json()["data"][0]["id"] for name, kind in named.items()}
    words = Counter(
        word
        for claim in asked.get("/v1/claims?limit=100").json()["data"]
        for word in claim["statement"].split()
        if len(word) > 3
    )
    ids["word"] = words.most_common(1)[0][0]
    for path in asked.get("/openapi.json").json()["paths"]:
        base, dot, suffix = path.replace("{id}", ids["document"]).rpartition(".")
        if dot + suffix in SUFFIXES and "{" not in base and "/counts/" not in base:
            for query in ASKED.get(base, ()):
                yield f"{base}.{suffix}?{query.format(**ids)}"
            if base != "/v1/search":
                yield f"{base}.{suffix}"


async def steps(app: Any, question: str, gzip: bool) -> tuple[list[float], list[float]]:
    """Seconds of each step, and of what is between them."""
    path, _, query = question.partition("?")
    headers = [(b"host", b"in.process"), *([(b"accept-encoding", b"gzip")] if gzip else [])]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
    }
    scope |= {"path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": headers}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": ""}
    took: list[float] = []
    between: list[float] = []
    ended: list[float] = []
    statuses: list[int] = []
    do = Job.do

    def timed(job: Job) -> None:
        began = perf_counter()
        between.extend(began - end for end in ended[-1:])
        do(job)
        ended.append(perf_counter())
        took.append(ended[-1] - began)

    async def receive() -> Any:
        await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        if "status" in message:
            statuses.append(message["status"])

    Job.do = timed  # type: ignore[method-assign, assignment]
    try:
        await app(scope, receive, send)
    finally:
        Job.do = do  # type: ignore[method-assign]
    assert statuses == [200], f"{question}: {statuses}"
    return took, between


@click.command()
@click.option("--claims", default=100_000, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Folder in which the corpus stays for the next run.")
def main(claims: int, keep: Path | None) -> None:
    gc.freeze()
    every: dict[str, list[float]] = {"step": [], "between": []}
    with tempfile.TemporaryDirectory(prefix="sic-steps-") as temporary:
        env, _ = load(keep or Path(temporary), claims)
        with in_process(env, answer_cache_bytes=0) as asked:
            for question in files(asked):
                for gzip in (False, True):
                    took, between = asyncio.run(steps(asked.app, question, gzip))
                    name = f"{question}{' (gzip)' if gzip else ''}"
                    click.echo(
                        f"{name}: {len(took)} steps, {statistics.median(took) * 1000:.0f} ms, "
                        f"longest {max(took) * 1000:.0f} ms, between them {max(between, default=0) * 1000:.0f} ms"
                    )
                    every["step"] += took
                    every["between"] += between
    for name, found in every.items():
        p99 = statistics.quantiles(found, n=100)[98]
        click.echo(f"{name}: {len(found)}, p99 {p99 * 1000:.1f} ms, longest {max(found) * 1000:.0f} ms")
    sys.exit(max(map(max, every.values())) > MOST)


if __name__ == "__main__":
    main()
