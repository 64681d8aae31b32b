"""Content replaced again and again under load: every answer is whole, of one snapshot, and says which."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.server.unavailable import OVERLOADED
from tests.benchmarks.corpus import write
from tests.server import Server, loaded, sic
from tests.under_load import within

QUESTIONS = (
    "/v1/claims?limit=100&include=actors",
    "/v1/claims?limit=50&offset=30&facets=type,actor",
    "/v1/claims?type=causal&limit=20",
    "/v1/events?limit=100",
    "/v1/actors?limit=100",
    "/v1/search?q=roads&limit=20&facets=kind",
    "/v1/documents/d00000/spans",
    "/v1/claims.jsonl",
    "/v1",
)
ASKING = 6  # threads


@dataclass
class Swapped:
    loads: int = 0
    answers: int = 0
    snapshots: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)  # what went wrong, if anything


def swapping(folder: Path, loads: int, claims: int = 300) -> Swapped:
    """Loads two contents in turns while threads ask; compares each answer with that of its snapshot at rest."""
    variants = [folder / "a", folder / "b"]
    expected: dict[tuple[str, str], bytes] = {}
    for seed, packages in enumerate(variants):
        write(packages, claims, 2, seed)
        home = folder / f"alone-{seed}"
        home.mkdir()
        with Server(loaded(home, packages), patience=90) as server:
            snapshot = server.client.get("/v1").json()["meta"]["snapshot"]
            for question in QUESTIONS:
                expected[snapshot, question] = server.client.get(question).content
    home = folder / "swapped"
    home.mkdir()
    env = loaded(home, variants[0])
    swapped = Swapped()
    done = threading.Event()
    with Server(env | {"SIC_ACCESS_LOG": "off", "SIC_ANSWER_CACHE_BYTES": "200000"}, patience=90) as server:
        threads = [threading.Thread(target=_ask, args=(server.url, expected, swapped, done)) for _ in range(ASKING)]
        for thread in threads:
            thread.start()
        for number in range(loads):
            loading = sic("load", variants[(number + 1) % 2], env=env)
            if loading.returncode:
                swapped.failed.append(loading.stderr)
            swapped.loads += 1
        try:
            within(30, lambda: len(swapped.snapshots) == min(loads + 1, len(variants)))
            done.wait(1)  # until the last is served
        finally:
            done.set()
            for thread in threads:
                thread.join()
    return swapped


def _ask(url: str, expected: dict[tuple[str, str], bytes], swapped: Swapped, done: threading.Event) -> None:
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        while not done.is_set():
            for question in QUESTIONS:
                try:
                    answer = client.get(question)
                except httpx.HTTPError as error:
                    swapped.failed.append(f"{question}: {error!r}")
                    continue
                if answer.status_code == 503 and answer.json()["detail"] == OVERLOADED:
                    continue  # it waited 2 s for a processor; loads take them all
                swapped.answers += 1
                if answer.status_code != 200:
                    swapped.failed.append(f"{question}: {answer.status_code} {answer.text[:300]}")
                    continue
                label = _labelled(answer)
                swapped.snapshots.add(label)
                if answer.content != expected.get((label, question)):
                    swapped.failed.append(f"{question}: not what snapshot {label} answers")


def _labelled(answer: httpx.Response) -> str:
    """The snapshot that an answer says it was made from: in `meta`, or in the name of a file."""
    named = answer.headers.get("content-disposition")
    if named:
        return str(named).rpartition("-")[2].partition(".")[0]
    return str(answer.json()["meta"]["snapshot"])
