"""Several writers at once, and a worker of several that is killed.

`-s` prints rows of the table in docs/reliability.md.
"""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.corpus import write
from tests.server import Server, filled, sic
from tests.under_load import Load, records, row, within


def documents_of(server: Server) -> frozenset[str]:
    """Asked again while it is 503: loads take all processors, and what waits for more than 2 s is refused for now."""
    answers = [server.client.get("/v1/documents?limit=100")]

    def answered() -> bool:
        if answers[-1].status_code == 503 and "retry-after" in answers[-1].headers:
            answers.append(server.client.get("/v1/documents?limit=100"))
            return False
        return True

    within(20, answered)
    assert answers[-1].status_code == 200, answers[-1].text
    return frozenset(each["id"] for each in answers[-1].json()["data"])


def outcomes(now: frozenset[str], earlier: frozenset[str], left: list[str]) -> set[frozenset[str]]:
    """What may be published once these are done, in any order: a document is loaded, or None rolls back."""
    if not left:
        return {now}
    found = set()
    for at, step in enumerate(left):
        rest = left[:at] + left[at + 1 :]
        found |= outcomes(earlier, now, rest) if step == "rollback" else outcomes(now | {step}, now, rest)
    return found


def test_two_loads_and_a_rollback_at_once_are_done_one_after_the_other(database_url: str, tmp_path: Path) -> None:
    write(tmp_path / "packages", 200, 4, 4)
    packages = {path.name: path for path in sorted((tmp_path / "packages").iterdir()) if path.is_dir()}
    first, second, third, fourth = packages
    env = filled({"SIC_DATABASE_URL": database_url, "SIC_INDEX_DIR": str(tmp_path / "index")}, packages[first])
    assert sic("load", packages[second], env=env).returncode == 0
    with Server(env) as server:
        held = records(server)
        began = documents_of(server)
        with Load([server], threads=1) as load:
            commands: list[tuple[str | Path, ...]] = [
                ("load", packages[third]),
                ("load", packages[fourth]),
                ("rollback",),
            ]
            with ThreadPoolExecutor(3) as threads:
                done = list(threads.map(lambda command: sic(*command, env=env), commands))
            finished = time.monotonic()
            assert [each.returncode for each in done] == [0, 0, 0], [each.stderr for each in done]
            ids = sorted(documents_of(server) | began)
            possible = outcomes(began, frozenset({first}), [third, fourth, "rollback"])
            within(10, lambda: documents_of(server) in possible)
            took = time.monotonic() - finished
        assert ids
        kind = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
        fault = f"two loads and a rollback at once, {kind}"
        row(fault, "three processes", 3, load, took, "–", " until what an order of them gives is served")
        assert load.statuses.keys() <= {200, 503}  # loads take all processors; what waits for more than 2 s is 503
        assert load.statuses[200]
        assert held
        with Server(env) as again:
            assert documents_of(again) == documents_of(server)


def test_a_worker_of_two_that_is_killed_takes_its_own_requests_alone(
    own: dict[str, str], claims: frozenset[str]
) -> None:
    """As when memory runs out. Who is connected to it has to ask again; new connections go to the other."""
    with Server(own | {"SIC_WORKERS": "2"}) as server, Load([server], threads=4) as load:
        within(60, lambda: server.output.count('"body": "ready"') == 2 and load.requests > 50)
        assert server.process is not None
        listed = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True)
        os.kill(int(listed.stdout.split()[0]), signal.SIGKILL)
        began = time.monotonic()
        within(60, lambda: server.output.count('"body": "ready"') >= 3)
        took = time.monotonic() - began
        lost = len(claims - records(server))
    row("one worker of two killed", "SIGKILL", 1, load, took, lost, " until there were two again")
    cut = sum(load.statuses.pop(status) for status in list(load.statuses) if not isinstance(status, int))
    assert cut <= 4
    assert load.unnoticed()
    assert not lost
