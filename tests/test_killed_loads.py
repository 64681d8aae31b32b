"""A load that is killed, whenever it is, leaves the content of before or that of after, and the next one succeeds.

What can be seen from outside divides a load: files and rows appear, at last the new content. Loads are killed right
after each of these changes, and at random moments between them, more of them late. FAULTS=long kills 20.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.postgres import Postgres, postgres
from tests.server import ROOT, Server, sic
from tests.under_load import Load, records, row, within

KILLS = 20 if os.environ.get("FAULTS") == "long" else 4
POLL = 0.001


class Seen(NamedTuple):
    """What anybody may see of a load while it runs."""

    published: object
    files: frozenset[str]
    other: object = None


class Change(NamedTuple):
    seconds: float
    published: bool


@dataclass
class Target:
    """A database that is loaded into, and how it is looked at."""

    env: dict[str, str]
    look: Callable[[], Seen]
    snapshot: Callable[[], str]
    settled: Callable[[], bool]  # whether nothing of a killed load is still at work


Moment = Callable[[float, list[Change]], bool]  # whether it has come, after so many seconds and these changes
Choice = Callable[[float, int], Moment]  # of a load that takes so many seconds, in the so-manieth attempt


def done(*command: str | Path, env: dict[str, str]) -> None:
    ended = sic(*command, env=env)
    assert ended.returncode == 0, ended.stderr


def started(env: dict[str, str], package: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "api", "load", str(package)],
        cwd=ROOT,
        env=os.environ | env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def followed(target: Target, package: Path, moment: Moment | None) -> tuple[list[Change], float, bool]:
    """Loads, killed with all its processes at the moment. What changed, seconds, whether it was killed in time."""
    before = seen = target.look()
    changes: list[Change] = []
    began = time.monotonic()
    load = started(target.env, package)
    while load.poll() is None:
        now, seconds = target.look(), time.monotonic() - began
        if now != seen:
            changes.append(Change(seconds, now.published != before.published))
            seen = now
        if moment is not None and moment(seconds, changes):
            os.killpg(load.pid, signal.SIGKILL)
            load.wait()
            break
        time.sleep(POLL)
    seconds = time.monotonic() - began
    within(30, target.settled)
    return changes, seconds, load.returncode == -signal.SIGKILL


def after_change(number: int) -> Choice:
    """Two looks may miss what happened between them: a load that ended before the change was seen is killed earlier."""
    return lambda _took, attempt: lambda _seconds, changes: len(changes) >= max(1, number - attempt)


def at(share: float) -> Choice:
    return lambda took, attempt: lambda seconds, _changes: seconds >= share * took * 0.98**attempt


def published(_took: float, _attempt: int) -> Moment:
    return lambda _seconds, changes: bool(changes) and changes[-1].published


def moments(changes: list[Change], took: float) -> list[tuple[str, Choice]]:
    """The first is just before it is published as far as can be seen, the second just after; random ones are shares
    of the time that a load takes, which changes with what else the machine does."""
    before = [change for change in changes if not change.published]
    assert len(before) < len(changes)
    chosen = [("last seen before", after_change(len(before))), ("published", published)]
    step = max(1, round(2 * len(before) / KILLS))
    chosen += [(f"change {number}", after_change(number)) for number in range(1, len(before), step)][: KILLS // 2 - 2]
    chance = random.Random(11)
    while len(chosen) < KILLS:
        late = len(chosen) % 2 == 0
        share = chance.uniform(before[-1].seconds / took if late else 0, 1)
        chosen.append(("random, late" if late else "random", at(share)))
    return chosen


def killed_loads(target: Target, documents: tuple[Path, Path], told: str) -> None:
    base, package = documents
    done("load", base, env=target.env)
    before = target.snapshot()
    changes, took, _ = followed(target, package, None)
    after = target.snapshot()
    assert after != before
    undo = ("unload", package.name)
    done(*undo, env=target.env)
    assert target.snapshot() == before
    found: list[tuple[float, float, str, str]] = []
    with Server(target.env | {"SIC_ACCESS_LOG": "off"}) as server:
        held = records(server)
        with Load([server], threads=1) as load:
            for name, chosen in moments(changes, took):
                for attempt in range(20):  # one that had ended by itself is no kill, but tells how long it takes
                    _, seconds, in_time = followed(target, package, chosen(took, attempt))
                    left = target.snapshot()
                    assert left in (before, after)
                    if left == after:
                        done(*undo, env=target.env)
                    if in_time:
                        found.append((seconds, took, name, "old" if left == before else "new"))
                        break
                    took = seconds
            began = time.monotonic()
            done("load", package, env=target.env)
            again = time.monotonic() - began
            assert target.snapshot() == after
            within(30, lambda: server.client.get("/readyz").json()["snapshot"] == after)
        assert server.client.get("/readyz").json()["down"] == {}
        lost = len(held - records(server))
    for seconds, whole, name, outcome in sorted(found):
        print(f"killed after {seconds:.2f} of some {whole:.2f} s ({name}): {outcome}")
    outcomes = [outcome for *_, outcome in found]
    old, new = outcomes.count("old"), outcomes.count("new")
    outcome = f"{old} old, {new} new, none between; the next load took {again:.1f} s"
    row(f"load killed, {told}", f"SIGKILL, of some {took:.1f} s", len(found), load, outcome, lost)
    assert load.unnoticed()
    assert len(found) == KILLS
    assert old
    assert new
    assert not lost


def names(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir()) if folder.exists() else frozenset()


def test_a_load_that_is_killed_leaves_old_or_new_content(documents: tuple[Path, Path], tmp_path: Path) -> None:
    file, index = tmp_path / "content" / "sic.db", tmp_path / "index"
    env = {"SIC_DATABASE_URL": f"sqlite:///{file}", "SIC_INDEX_DIR": str(index)}
    done("migrate", env=env)

    def snapshot() -> str:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            return str(connection.execute("SELECT id FROM snapshot").fetchone()[0])

    def look() -> Seen:
        return Seen(file.stat().st_ino, names(file.parent) | names(index))

    killed_loads(Target(env, look, snapshot, lambda: True), documents, "SQLite")
    assert names(file.parent) == {file.name, f"{file.name}.lock", f"{file.name}.previous"}


LOOK = """
SELECT (SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL),
       (SELECT count(*) FROM sic.generation WHERE published_at IS NULL),
       (SELECT count(*) FROM pg_catalog.pg_indexes WHERE schemaname LIKE 'sic\\_g%')
"""


def newest(database: Postgres) -> str:
    [(number,)] = database.execute("SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL")
    return str(database.execute(f"SELECT id FROM sic_g{number}.snapshot")[0][0])


def no_writer(database: Postgres) -> bool:
    """A server goes on for a moment after its client was killed."""
    others = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = 'sic_owner'"
    return database.execute(f"SELECT count(*) {others} AND application_name <> 'looking'") == [(1,)]  # who asks


def of(database: Postgres, folder: Path) -> dict[str, str]:
    """Written by the owner, served as the role that reads."""
    return {
        "SIC_DATABASE_URL": database.reader,
        "SIC_LOAD_DATABASE_URL": database.url(),
        "SIC_READER_ROLE": "sic_reader",
        "SIC_INDEX_DIR": str(folder / "index"),
    }


def test_a_load_into_postgresql_that_is_killed_leaves_old_or_new_content(
    documents: tuple[Path, Path], tmp_path: Path
) -> None:
    with postgres() as database:
        env = of(database, tmp_path)
        done("migrate", env=env)
        with psycopg.connect(database.url(), autocommit=True, application_name="looking") as connection:

            def look() -> Seen:
                row = connection.execute(LOOK).fetchone()
                assert row is not None
                return Seen(row[0], names(tmp_path / "index"), row[1:])

            target = Target(env, look, lambda: newest(database), lambda: no_writer(database))
            killed_loads(target, documents, "PostgreSQL")
        assert database.execute("SELECT count(*) FROM sic.generation WHERE published_at IS NULL") == [(0,)]


WAIT_AT_COMMIT = """
CREATE FUNCTION sic.wait() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER wait AFTER UPDATE ON sic.generation DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION sic.wait();
"""


LOCKS = {
    "before it publishes": "LOCK TABLE sic.generation IN SHARE MODE",
    "in its commit": "SELECT pg_advisory_xact_lock(7)",
}


def killed_while_held_up(database: Postgres, env: dict[str, str], package: Path, where: str) -> str:
    """Held up by a lock of this test's, so that it is killed nowhere else. The snapshot that is left."""
    before = newest(database)
    load = started(env, package)
    with psycopg.connect(database.url(), application_name="looking") as holding:
        begun = "SELECT 1 FROM sic.generation WHERE published_at IS NULL"
        within(60, lambda: database.execute(begun) != [])
        holding.execute(LOCKS[where].encode())
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'sic_owner'"
        within(60, lambda: database.execute(waiting) != [])
        os.killpg(load.pid, signal.SIGKILL)
        load.wait()
        assert newest(database) == before
    within(30, lambda: no_writer(database))
    left = newest(database)
    outcome = "old" if left == before else "new"
    row(f"load killed {where}, PostgreSQL", "SIGKILL while a lock holds it up", 1, None, outcome, "–")
    return left


def test_a_load_into_postgresql_may_be_killed_while_it_publishes(documents: tuple[Path, Path], tmp_path: Path) -> None:
    base, package = documents
    with postgres() as database:
        env = of(database, tmp_path)
        done("migrate", env=env)
        done("load", base, env=env)
        before = newest(database)
        assert killed_while_held_up(database, env, package, "before it publishes") == before
        database.execute(WAIT_AT_COMMIT)
        assert killed_while_held_up(database, env, package, "in its commit") != before
        database.execute("DROP FUNCTION sic.wait CASCADE")
        done("unload", package.name, env=env)
        assert newest(database) == before
