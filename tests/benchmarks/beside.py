"""sic beside its peers on the same rows: how many answers a second each gives to 16 connections, one worker each."""

import json
import sqlite3
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tests.benchmarks.processes import Rate, peer, wrk
from tests.server import Server, loaded

PAGE = "/v1/claims?limit=20&type=causal"
FOR_PEOPLE = {"home": "/", "reading page": "/d/karabakh", "list for people": "/claims"}
SEARCH = "/v1/search?q=prisoner+exchange&kind=claim&limit=20"
# As it comes, Datasette also suggests facets, at several times the cost: it is compared without, to its advantage.
DATASETTE_AS_IT_COMES = "/rows/claim.json?_size=20&type=causal&_shape=array"
DATASETTE = DATASETTE_AS_IT_COMES + "&_nosuggest=1&_nofacet=1"
DATASETTE_SEARCH = (
    "/rows/claim.json?_size=20&_shape=array&_nosuggest=1&_nofacet=1&_search=prisoner+OR+exchange&_searchmode=raw"
)


class Target(NamedTuple):
    pid: int
    url: str


class Compared(NamedTuple):
    what: str
    ours: str
    theirs: str
    least: float


COMPARED = (
    Compared("remembered page / bare ASGI, access log off", "remembered", "bare", 0.9),
    Compared("remembered page / bare ASGI, access log on", "logged", "bare", 0.6),
    Compared("remembered page / Datasette", "remembered", "datasette", 50),
    Compared("computed page / Datasette", "computed", "datasette", 2.2),
    Compared("computed page / tutorial stack", "computed", "tutorial", 10),
    Compared("remembered search / Datasette FTS", "search", "datasette search", 30),
    *(Compared(f"remembered {name} / bare ASGI", name, f"bare {name}", 0.9) for name in FOR_PEOPLE),
)


def beside(folder: Path, peers: Path, rounds: int, seconds: int) -> dict[str, Any]:
    """Rates of all, and the medians of the ratios of paired rounds."""
    rates: dict[str, list[Rate]] = {}
    with _targets(folder, peers) as targets:
        for target in targets.values():
            wrk(*target, seconds=1)
        for _ in range(rounds):
            for name, target in targets.items():
                rates.setdefault(name, []).append(wrk(*target, seconds=seconds))
    return {
        "answers per second": {
            name: statistics.median(rate.per_second for rate in found) for name, found in rates.items()
        },
        "ms of processor": {name: statistics.median(rate.cpu for rate in found) for name, found in rates.items()},
        "ratios": [
            {
                "what": each.what,
                "target": each.least,
                "ratio": statistics.median(
                    ours.per_second / theirs.per_second
                    for ours, theirs in zip(rates[each.ours], rates[each.theirs], strict=True)
                ),
                "by processor": min(rate.cpu for rate in rates[each.theirs])
                / max(min(rate.cpu for rate in rates[each.ours]), 1e-9),
            }
            for each in COMPARED
        ],
    }


@contextmanager
def _targets(folder: Path, peers: Path) -> Iterator[dict[str, Target]]:
    article = loaded(folder)
    database = Path(article["SIC_DATABASE_URL"].removeprefix("sqlite:///"))
    rows = _with_words(database, folder / "rows.db")
    python = peers / "bin" / "python"
    uvicorn: list[str | Path] = [
        python,
        "-m",
        "uvicorn",
        "--no-access-log",
        "--no-server-header",
        "--log-level",
        "warning",
    ]
    datasette: list[str | Path] = [python, "-m", "datasette", "serve", "--immutable", rows]
    with ExitStack() as running:

        def sic(**env: str) -> Server:
            return running.enter_context(Server(article | {"SIC_ACCESS_LOG": "off"} | env, patience=90))

        def ours(server: Server, path: str) -> Target:
            assert server.process is not None
            return Target(server.process.pid, server.url + path)

        def theirs(command: list[str | Path], path: str, env: dict[str, str] | None = None) -> Target:
            pid, url = running.enter_context(peer(command, path, env))
            return Target(pid, url + path)

        remembered = sic()

        def bare(path: str, file: str) -> Target:
            recorded = _record(remembered.client.get(path, headers={"Accept-Encoding": "identity"}), folder / file)
            return theirs([*uvicorn, "tests.benchmarks.peers.bare:app"], "/", {"RECORDED": str(recorded)})

        yield {
            "bare": bare(PAGE, "page.json"),
            "remembered": ours(remembered, PAGE),
            "logged": ours(sic(SIC_ACCESS_LOG="on"), PAGE),
            "computed": ours(sic(SIC_ANSWER_CACHE_BYTES="0"), PAGE),
            "tutorial": theirs(
                [*uvicorn, "tests.benchmarks.peers.tutorial:app"],
                "/claims?limit=20&type=causal",
                {"DATABASE": str(database)},
            ),
            "datasette": theirs(datasette, DATASETTE),
            "datasette as it comes": theirs(datasette, DATASETTE_AS_IT_COMES),
            "search": ours(remembered, SEARCH),
            "datasette search": theirs(datasette, DATASETTE_SEARCH),
            **{f"bare {name}": bare(path, f"{name}.html") for name, path in FOR_PEOPLE.items()},
            **{name: ours(remembered, path) for name, path in FOR_PEOPLE.items()},
        }


def _record(answer: httpx.Response, path: Path) -> Path:
    path.write_bytes(answer.content)
    kept = [(name, value) for name, value in answer.headers.multi_items() if name != "date"]
    path.with_suffix(".headers.json").write_text(json.dumps(kept))
    return path


def _with_words(database: Path, rows: Path) -> Path:
    """The same rows with SQLite's full-text index over what sic searches of a claim."""
    with sqlite3.connect(database) as source, sqlite3.connect(rows) as copy:
        source.backup(copy)
        copy.execute(
            "CREATE VIRTUAL TABLE claim_fts USING"
            " fts5(statement, quote, content='claim', content_rowid='sequence', tokenize='porter')"
        )
        copy.execute("INSERT INTO claim_fts(claim_fts) VALUES ('rebuild')")
        copy.commit()
    return rows
