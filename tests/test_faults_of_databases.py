"""A database is missing, damaged, away or slow: 503 with recovery by itself, or not noticed.

`-s` prints rows of the table in docs/reliability.md.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.databases import emptied, published
from tests.faults import NOT_NOTICED, file_of, readiness, refused_for_now
from tests.postgres import Postgres, postgres
from tests.server import PACKAGE, Server, filled, sic
from tests.under_load import Load, records, row, within


def damaged(kind: str, file: Path) -> None:
    whole = file.read_bytes()
    if kind == "missing":
        file.unlink()
    elif kind == "empty":
        file.write_bytes(b"")
    elif kind == "truncated":
        file.write_bytes(whole[: len(whole) // 2])
    elif kind == "not a database":
        file.write_bytes(b"PK\3\4" * 1000)
    else:
        revision = "0000" if kind == "older" else "0099"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            connection.commit()


DAMAGES = {
    "missing": "no database file",
    "empty": "is empty",
    "truncated": "is cut off",
    "not a database": "is not one of SQLite",
    "older": "run `sic migrate`",
    "newer": "start the release that made it",
}


@pytest.mark.parametrize(("kind", "reason"), DAMAGES.items())
def test_a_database_that_cannot_be_served_is_named_until_it_is_mended(
    kind: str, reason: str, own: dict[str, str], claims: frozenset[str]
) -> None:
    file = file_of(own)
    spare = Path(shutil.copy(file, file.with_name("spare.db")))
    damaged(kind, file)
    with Server(own, ready="/livez") as server, Load([server], threads=1) as load:
        within(30, lambda: reason in readiness(server)[1].get("database", ""))
        assert readiness(server)[0] == 503
        assert str(file.parent) not in server.client.get("/readyz").text
        goes_on_without_answers(server)
        spare.replace(file)
        took = within(30, lambda: readiness(server)[0] == 200)
        lost = len(claims - records(server))
    row(f"database {kind}", "at the start; then mended", 1, load, took, lost)
    assert load.refused_for_now()
    assert not lost


def goes_on_without_answers(server: Server) -> None:
    assert refused_for_now(server, "/v1/claims")
    assert server.client.get("/livez").status_code == 200
    assert server.client.get("/docs").status_code == 200


@pytest.mark.parametrize(("kind", "reason"), DAMAGES.items())
def test_what_is_served_is_kept_when_what_replaces_it_cannot_be(
    kind: str, reason: str, own: dict[str, str], claims: frozenset[str]
) -> None:
    file = file_of(own)
    spare = Path(shutil.copy(file, file.with_name("spare.db")))
    with Server(own) as server, Load([server], threads=1) as load:
        if kind == "missing":
            file.unlink()
        else:
            damaged(kind, spare)
            spare.replace(file)
        within(30, lambda: reason in readiness(server)[1].get("database", ""))
        seen = load.requests
        within(30, lambda: load.requests >= seen + 50)
        assert readiness(server)[0] == 200
        lost = len(claims - records(server))
    row(f"database {kind}", "renamed over it while serving", 1, load, NOT_NOTICED, lost)
    assert load.unnoticed()
    assert not lost


def test_a_file_that_is_written_into_is_no_longer_served(own: dict[str, str], claims: frozenset[str]) -> None:
    """Nothing but a rename replaces content; what was mixed from two states would be a lie."""
    file = file_of(own)
    whole = file.read_bytes()
    with Server(own | {"SIC_ANSWER_CACHE_BYTES": "0"}) as server, Load([server], threads=1) as load:
        with file.open("r+b") as stream:
            stream.write(whole[: len(whole) // 2])
            stream.truncate()
        within(30, lambda: "cut off" in readiness(server)[1].get("database", ""))
        assert readiness(server)[0] == 503
        time.sleep(0.2)
        file.write_bytes(whole)
        took = within(30, lambda: readiness(server)[0] == 200)
        lost = len(claims - records(server))
    row("database written into in place", "cut in half, then whole again", 1, load, took, lost)
    assert load.refused_for_now()
    assert not lost


def test_postgresql_may_be_away_at_the_start_and_later(tmp_path: Path, claims: frozenset[str]) -> None:
    with postgres() as database:
        owner = {"SIC_DATABASE_URL": database.url(), "SIC_INDEX_DIR": str(tmp_path / "index")}
        for command in (("migrate",), ("load", PACKAGE)):
            assert sic(*command, env=owner).returncode == 0
        database.stop()
        with Server(owner | {"SIC_DATABASE_URL": database.reader}, ready="/livez") as server:
            with Load([server], threads=1) as load:
                within(30, lambda: readiness(server) == (503, {"database": "the database cannot be read"}))
                goes_on_without_answers(server)
                database.start()
                took = within(30, lambda: readiness(server)[0] == 200)
                lost = len(claims - records(server))
            row("PostgreSQL unreachable", "at the start; then started", 1, load, took, lost)
            assert load.refused_for_now()
            assert server.client.get("/v1/claims").status_code == 200

            with Load([server], threads=1) as load:
                database.stop()
                within(30, lambda: readiness(server)[0] == 503)
                tag = server.client.get("/v1/claims").headers["etag"]  # remembered
                assert server.client.head("/v1/claims").status_code == 200
                assert server.client.get("/v1/claims", headers={"If-None-Match": tag}).status_code == 304
                assert refused_for_now(server, "/v1/claims?limit=7")
                database.start()
                took = within(30, lambda: readiness(server)[0] == 200)
                assert server.client.get("/v1/claims?limit=7").status_code == 200
                lost += len(claims - records(server))
            row("PostgreSQL gone and back", "`pg_ctl stop -m immediate`", 1, load, took, lost)
            assert load.refused_for_now()

            with Load([server], threads=1) as load:
                [pid] = (database.data / "postmaster.pid").read_text().splitlines()[:1]
                listed = subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True, check=True).stdout
                for process in listed.split():
                    os.kill(int(process), signal.SIGSTOP)
                try:  # it holds its connections, and says nothing
                    within(30, lambda: readiness(server) == (503, {"database": "it does not answer"}))
                    assert refused_for_now(server, "/v1/claims?limit=8")
                    assert server.client.get("/v1/claims").status_code == 200  # remembered
                finally:
                    for process in listed.split():
                        os.kill(int(process), signal.SIGCONT)
                took = within(30, lambda: readiness(server)[0] == 200)
                lost += len(claims - records(server))
                assert server.client.get("/v1/claims?limit=8").status_code == 200
            row("PostgreSQL says nothing", "SIGSTOP, then SIGCONT", 1, load, took, lost)
            assert load.refused_for_now()
            assert load.worst < 12  # SIC_REQUEST_SECONDS, and the wait for a thread
            assert not lost


def test_a_statement_that_takes_too_long_is_cut_off(
    postgresql: Postgres, tmp_path: Path, claims: frozenset[str]
) -> None:
    """Here it waits for a lock that nobody of sic takes; what needs no such statement goes on."""
    url = emptied(postgresql)
    env = filled({"SIC_DATABASE_URL": url, "SIC_INDEX_DIR": str(tmp_path / "index")})
    env |= {"SIC_DATABASE_URL": postgresql.reader, "SIC_STATEMENT_TIMEOUT_MS": "500"}
    with Server(env) as server, Load([server], threads=1) as load:
        with psycopg.connect(url) as holding:
            holding.execute(f"LOCK TABLE {published(url)}.claim IN ACCESS EXCLUSIVE MODE".encode())
            assert refused_for_now(server, "/v1/claims?limit=3")
            assert server.client.get("/v1/actors").status_code == 200
            assert readiness(server) == (200, {})
            within(30, lambda: load.statuses[503] >= 3)
        took = within(5, lambda: server.client.get("/v1/claims?limit=3").status_code == 200)
        lost = len(claims - records(server))
    row("a statement takes too long", "a table locked, `SIC_STATEMENT_TIMEOUT_MS=500`", 1, load, took, lost)
    assert load.refused_for_now()
    assert not lost
