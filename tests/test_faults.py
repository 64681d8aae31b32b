"""What goes wrong in operation, made to go wrong: refused with a reason, 503 with recovery by itself, or not noticed.

docs/reliability.md has the table; `-s` prints its rows. Loads that are killed have tests/test_killed_loads.py.
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.benchmarks.corpus import write
from tests.databases import emptied, published
from tests.postgres import Postgres, postgres
from tests.server import PACKAGE, ROOT, Server, filled, loaded, sic
from tests.under_load import Load, records, row, within

NOT_NOTICED = "not noticed"


def readiness(server: Server) -> tuple[int, dict[str, str]]:
    answer = server.client.get("/readyz")
    return answer.status_code, answer.json()["down"]


def refused_for_now(server: Server, path: str) -> bool:
    answer = server.client.get(path)
    return answer.status_code == 503 and answer.headers["retry-after"].isdigit()


@pytest.fixture
def own(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """A database of this test's own, a copy of the article's."""
    file = tmp_path / "sic.db"
    shutil.copy(environment["SIC_DATABASE_URL"].removeprefix("sqlite:///"), file)
    return {"SIC_DATABASE_URL": f"sqlite:///{file}"}


@pytest.fixture(scope="session")
def claims(served: Server) -> frozenset[str]:
    """Those of the article."""
    return records(served)


def file_of(env: dict[str, str]) -> Path:
    return Path(env["SIC_DATABASE_URL"].removeprefix("sqlite:///"))


# The loader


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "sic-test", folder], check=False)
    if mounted.returncode:
        pytest.skip("a file system of its own can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own can be mounted by root only")
def test_a_load_onto_a_full_disk_is_refused_and_changes_nothing(documents: tuple[Path, Path], tmp_path: Path) -> None:
    base, other = documents
    with small_disk(tmp_path / "disk", "32m") as disk:
        env = {"SIC_DATABASE_URL": f"sqlite:///{disk / 'sic.db'}"}
        for command in (("migrate",), ("load", base)):
            assert sic(*command, env=env).returncode == 0
        before = (disk / "sic.db").read_bytes()
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 150_000))
        with Server(env) as server:
            held = records(server)
            with Load([server], threads=1) as load:
                done = sic("load", other, env=env)
            assert done.returncode == 1
            assert done.stderr.startswith("sic: ")
            assert "full" in done.stderr or "No space" in done.stderr
            assert "nothing was changed" in done.stderr
            assert done.stderr.count("\n") == 1
            assert (disk / "sic.db").read_bytes() == before
            assert {path.name for path in disk.iterdir()} <= {
                "sic.db",
                "sic.db.lock",
                "sic.db.index",
                "sic.db.previous",
                "filler",
            }
            lost = len(held - records(server))
        row("disk full", "a load where 150 kB are free", 1, load, NOT_NOTICED, lost, "; the load says why, exit 1")
        assert load.statuses.keys() == {200}
        assert held
        assert not lost


def test_a_load_whose_files_may_not_grow_is_refused_and_changes_nothing(
    own: dict[str, str], claims: frozenset[str]
) -> None:
    before = file_of(own).read_bytes()
    with Server(own) as server:
        with Load([server], threads=1) as load:
            done = subprocess.run(
                [sys.executable, "-m", "tests.limited", "unload", "karabakh"],
                cwd=ROOT,
                env=os.environ | own | {"LIMIT_FSIZE": "8192"},
                capture_output=True,
                text=True,
                check=False,
            )
        lost = len(claims - records(server))
    assert done.returncode == 1
    assert done.stderr.endswith("nothing was changed\n")
    assert file_of(own).read_bytes() == before
    row("files may not grow", "`RLIMIT_FSIZE` of 8 kB", 1, load, NOT_NOTICED, lost, "; the load says why, exit 1")
    assert load.statuses.keys() == {200}
    assert not lost


# The database


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


@pytest.mark.parametrize(("kind", "told"), DAMAGES.items())
def test_a_database_that_cannot_be_served_is_named_until_it_is_mended(
    kind: str, told: str, own: dict[str, str], claims: frozenset[str]
) -> None:
    file = file_of(own)
    spare = Path(shutil.copy(file, file.with_name("spare.db")))
    damaged(kind, file)
    with Server(own, ready="/livez") as server, Load([server], threads=1) as load:
        within(30, lambda: told in readiness(server)[1].get("database", ""))
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


@pytest.mark.parametrize(("kind", "told"), DAMAGES.items())
def test_what_is_served_is_kept_when_what_replaces_it_cannot_be(
    kind: str, told: str, own: dict[str, str], claims: frozenset[str]
) -> None:
    file = file_of(own)
    spare = Path(shutil.copy(file, file.with_name("spare.db")))
    with Server(own) as server, Load([server], threads=1) as load:
        if kind == "missing":
            file.unlink()
        else:
            damaged(kind, spare)
            spare.replace(file)
        within(30, lambda: told in readiness(server)[1].get("database", ""))
        seen = load.requests
        within(30, lambda: load.requests >= seen + 50)
        assert readiness(server)[0] == 200
        lost = len(claims - records(server))
    row(f"database {kind}", "renamed over it while serving", 1, load, NOT_NOTICED, lost)
    assert load.statuses.keys() == {200}
    assert not lost


def test_a_file_that_is_written_into_is_no_longer_served(own: dict[str, str], claims: frozenset[str]) -> None:
    """Nothing but a rename replaces content; what was mixed from two states would be a lie."""
    file = file_of(own)
    whole = file.read_bytes()
    with Server(own | {"SIC_ANSWER_CACHE_BYTES": "0"}) as server, Load([server], threads=1) as load:
        with file.open("r+b") as stream:
            stream.write(whole[: len(whole) // 2])
            stream.truncate()
        within(30, lambda: readiness(server)[0] == 503)
        assert "cut off" in readiness(server)[1]["database"]
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
            row("PostgreSQL says nothing", "SIGSTOP, then SIGCONT", 1, load, took, lost)
            assert load.refused_for_now()
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


# The index


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Content of which an index of some size is kept in a directory."""
    folder = tmp_path_factory.mktemp("indexed")
    write(folder / "packages", 2500, 2, 4)
    return loaded(folder, folder / "packages")


def claims_in(env: dict[str, str]) -> frozenset[str]:
    with closing(sqlite3.connect(file_of(env))) as connection:
        return frozenset(id for (id,) in connection.execute("SELECT id FROM claim"))


@pytest.mark.parametrize("fault", ["missing", "file missing", "file cut off", "manifest damaged", "not writable"])
def test_an_index_that_is_damaged_is_built_anew(fault: str, indexed: dict[str, str], tmp_path: Path) -> None:
    source = file_of(indexed)
    file = Path(shutil.copy(source, tmp_path / "sic.db"))
    root = Path(shutil.copytree(f"{source}.index", f"{file}.index"))
    directory = newest_directory(root)
    data = largest_file(directory)
    if fault == "missing":
        shutil.rmtree(directory)
    elif fault == "file missing":
        data.unlink()
    elif fault == "file cut off":
        os.truncate(data, data.stat().st_size // 2)
    elif fault == "manifest damaged":
        (directory / "manifest.json").write_text("{")
    else:
        shutil.rmtree(root)
        root.write_text("a file where a directory should be: nothing can be written, not even by root")
    with Server({"SIC_DATABASE_URL": f"sqlite:///{file}"}, ready="/livez") as server:
        with Load([server], threads=1) as load:
            took = within(60, lambda: readiness(server)[0] == 200)
            lost = len(claims_in(indexed) - records(server))
        assert server.client.get("/v1/search?q=actor").status_code == 200
        assert server.client.get("/v1/claims?q=the&facets=type").json()["meta"]["total"] >= 0
        warnings = [line for line in map(json.loads, server.output.splitlines()) if "memory" in line.get("body", "")]
        gauge = "sic_index_in_memory 1.0" in server.client.get("/metrics").text.splitlines()
    row(f"index {fault}", "at the start", 1, load, took, lost)
    assert load.refused_for_now()
    assert not lost
    assert gauge == (fault == "not writable")
    if fault == "not writable":
        [warning] = warnings
        assert warning["severity_text"] == "WARNING"
        assert "SIC_INDEX_DIR" in warning["body"]
        assert warning["directory"] == str(root)
        assert "File exists" in warning["reason"] or "Not a directory" in warning["reason"]
    else:
        assert not warnings


def newest_directory(root: Path) -> Path:
    return max((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns)


def largest_file(directory: Path) -> Path:
    return max((path for path in directory.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("fault", ["deleted", "a file of it deleted"])
def test_an_index_that_goes_while_it_is_served_is_not_noticed(
    fault: str, own: dict[str, str], claims: frozenset[str]
) -> None:
    """It stays mapped; who starts next builds it anew."""
    with Server(own) as server, Load([server], threads=1) as load:
        directory = newest_directory(Path(f"{file_of(own)}.index"))
        before = server.client.get("/v1/search?q=war&limit=50").json()
        if fault == "deleted":
            shutil.rmtree(directory)
        else:
            max(
                (path for path in directory.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
            ).unlink()
        time.sleep(1)
        after = server.client.get("/v1/search?q=war&limit=50&offset=0").json()
        assert [hit["id"] for hit in after["data"]] == [hit["id"] for hit in before["data"]]
        assert after["meta"]["total"] == before["meta"]["total"] > 0
        with Server(own) as second:
            assert second.client.get("/v1/search?q=war&limit=50").json()["data"] == before["data"]
        lost = len(claims - records(server))
    row(f"index {fault}", "while serving", 1, load, NOT_NOTICED, lost)
    assert load.statuses.keys() == {200}
    assert not lost


def test_an_index_of_other_content_under_this_snapshots_name_is_not_used(
    own: dict[str, str], indexed: dict[str, str]
) -> None:
    with closing(sqlite3.connect(file_of(own))) as connection:
        (snapshot,) = connection.execute("SELECT id FROM snapshot").fetchone()
    other = newest_directory(Path(f"{file_of(indexed)}.index"))
    before, dash, format = other.name.partition("-")
    mine = Path(f"{file_of(own)}.index") / f"{snapshot}{dash}{format}"
    shutil.copytree(other, mine)
    (mine / "manifest.json").write_text((mine / "manifest.json").read_text().replace(before, snapshot))
    with Server(own, patience=60) as server:
        listed = server.client.get("/v1/claims?type=causal").json()
        assert listed["meta"]["total"] == len(server.client.get("/v1/claims.jsonl?type=causal").text.splitlines())
        assert "other records" in server.output


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own can be mounted by root only")
def test_an_index_directory_that_is_full_while_serving_is_done_without(
    documents: tuple[Path, Path], tmp_path: Path
) -> None:
    """A load that writes there is refused; content that another publishes gets its index in memory."""
    base, other = documents
    with small_disk(tmp_path / "indexes", "32m") as disk:
        env = loaded(tmp_path, base)
        with Server(env | {"SIC_INDEX_DIR": str(disk)}) as server:
            held = records(server)
            before = server.client.get("/readyz").json()["snapshot"]
            (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 20_000))
            with Load([server], threads=1) as load:
                done = sic("load", other, env=env | {"SIC_INDEX_DIR": str(disk)})
                assert done.returncode == 1
                assert done.stderr.startswith("sic: the text index cannot be written")
                assert done.stderr.endswith("nothing was changed\n")
                assert done.stderr.count("\n") == 1
                assert server.client.get("/readyz").json()["snapshot"] == before
                assert sic("load", other, env=env).returncode == 0  # its index has a directory beside the file
                took = within(30, lambda: server.client.get("/readyz").json()["snapshot"] != before)
                assert server.client.get("/v1/search?q=actor").status_code == 200
            assert "sic_index_in_memory 1.0" in server.client.get("/metrics").text.splitlines()
            assert "SIC_INDEX_DIR" in server.output
            lost = len(held - records(server))
    row("index directory full", "20 kB left, then a load", 1, load, took, lost, " until the new content is served")
    assert load.statuses.keys() == {200}
    assert held
    assert not lost


# Several writers and several processes


def documents_of(server: Server) -> frozenset[str]:
    return frozenset(each["id"] for each in server.client.get("/v1/documents?limit=100").json()["data"])


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
        within(10, lambda: load.requests > 50)
        assert server.process is not None
        listed = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True)
        os.kill(int(listed.stdout.split()[0]), signal.SIGKILL)
        began = time.monotonic()
        within(20, lambda: server.output.count('"body": "ready"') >= 3)
        took = time.monotonic() - began
        lost = len(claims - records(server))
    row("one worker of two killed", "SIGKILL", 1, load, took, lost, " until there were two again")
    cut = sum(count for status, count in load.statuses.items() if not isinstance(status, int))
    assert set(filter(lambda status: isinstance(status, int), load.statuses)) == {200}
    assert cut <= 4
    assert not lost


# Clients and descriptors


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def descriptors(server: Server) -> int:
    assert server.process is not None
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def gone(client: socket.socket) -> bool:
    """Waits for the server to say something; True if it hung up instead."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def asked(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()


def test_a_client_that_does_not_finish_its_question_is_hung_up_on(served: Server) -> None:
    with connected(served) as slow, connected(served) as silent, Load([served], threads=1) as load:
        began = time.monotonic()
        slow.sendall(b"GET /v1 HTTP/1.1\r\nHost: te")
        assert gone(silent)
        assert gone(slow)
        took = time.monotonic() - began
        assert 5 < took < 15
    row("a slow client", "half a question, and none", 2, load, NOT_NOTICED, "–", f"; hung up on after {took:.1f} s")
    assert load.statuses.keys() == {200}


def test_clients_that_leave_in_the_middle_cost_nothing(indexed: dict[str, str]) -> None:
    with Server(indexed | {"SIC_MAX_CONCURRENCY": "8"}) as server:
        before = descriptors(server)
        with Load([server], threads=1) as load:
            for turn in range(40):
                with connected(server) as client:
                    client.sendall(
                        asked(f"/v1/claims.jsonl?type=factual&x{turn}=") if turn % 9 == 8 else asked("/v1/claims.jsonl")
                    )
                    assert client.recv(500).startswith(b"HTTP/1.1 ")
        took = within(30, lambda: descriptors(server) <= before + 2)
        assert server.client.get("/v1/claims?limit=7").status_code == 200
        assert '"severity_text": "ERROR"' not in server.output
    row("a client leaves mid-stream", "after 500 bytes of a file", 40, load, took, "–", " until no descriptor was left")
    assert load.refused_for_now()


def test_readers_that_take_nothing_do_not_keep_their_places(indexed: dict[str, str]) -> None:
    """Each holds one of the places for answers until it is cut off; meanwhile others are asked to come back."""
    places = 4
    with Server(indexed | {"SIC_MAX_CONCURRENCY": str(places)}) as server, ExitStack() as stack:
        for _ in range(places):
            client = stack.enter_context(connected(server))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.sendall(asked("/v1/claims.jsonl") * 40)

        def files() -> list[str]:
            lines = server.client.get("/metrics").text.splitlines()
            return [line for line in lines if line.startswith("sic_requests_total") and '"/v1/claims"' in line]

        def stuck() -> bool:
            before = files()
            time.sleep(1)
            return files() == before

        within(60, stuck)
        with Load([server], threads=1) as load:
            assert server.client.get("/livez").status_code == 200
            took = within(60, lambda: server.client.get("/v1/claims?limit=9").status_code == 200)
    row("readers that take nothing", "all 4 of 4 places for answers held", places, load, took, "–")
    assert load.refused_for_now()


def test_a_thousand_connections_are_all_answered(served: Server) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(connected(served)) for _ in range(1000)]
        with Load([served], threads=1) as load:
            began = time.monotonic()
            for client in connections:
                client.sendall(asked("/v1/claims?limit=2"))
            answers = [client.recv(100) for client in connections]
            took = time.monotonic() - began
    load.statuses[200] += (well := sum(answer.startswith(b"HTTP/1.1 200 ") for answer in answers))
    row("1,000 connections", "at once, each with a question", 1000, load, NOT_NOTICED, "–", f"; all in {took:.2f} s")
    assert well == 1000
    assert load.statuses.keys() == {200}


def told(client: socket.socket) -> str:
    client.settimeout(0.2)
    try:
        return "answered" if client.recv(100).startswith(b"HTTP/1.1 200 ") else "hung up on"
    except TimeoutError:
        return "left waiting"
    except ConnectionResetError:
        return "hung up on"


def test_a_process_without_descriptors_recovers_by_itself(own: dict[str, str], claims: frozenset[str]) -> None:
    """Connections that it holds go on; those that it cannot take it hangs up on, for a proxy to try another process."""
    with Server(own | {"LIMIT_NOFILE": "80"}, module="tests.limited") as server, Load([server], threads=1) as load:
        within(5, lambda: load.requests > 0)
        with ExitStack() as stack:
            crowd = [stack.enter_context(connected(server)) for _ in range(150)]
            for client in crowd:
                with suppress(OSError):
                    client.sendall(asked("/v1/claims?limit=2"))
            within(10, lambda: load.requests > 20)
            outcomes = Counter(map(told, crowd))
            assert server.process is not None
            assert server.process.poll() is None

        def answered() -> bool:
            with connected(server) as client:
                client.settimeout(2)
                client.sendall(asked("/v1/claims?limit=11"))
                try:
                    return client.recv(100).startswith(b"HTTP/1.1 200 ")
                except OSError:
                    return False

        took = within(30, answered)
        assert readiness(server)[0] == 200
        lost = len(claims - records(server))
    others = "; of the 150 " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    row("descriptors exhausted", "150 connections, `RLIMIT_NOFILE` of 80", 1, load, took, lost, others)
    assert outcomes["answered"] < 80
    assert load.refused_for_now()
    assert not lost


def test_beyond_its_concurrency_it_sheds(own: dict[str, str], claims: frozenset[str]) -> None:
    with Server(own | {"SIC_MAX_CONCURRENCY": "2", "SIC_ACCESS_LOG": "off"}) as server:
        with Load([server], threads=12, pause=0, path="/v1/claims?include=actors,places,relations&") as load:
            within(30, lambda: load.statuses[503] > 20 and load.statuses[200] > 20)
            assert [server.client.get(path).status_code for path in ("/livez", "/readyz", "/metrics")] == [200] * 3
        took = within(5, lambda: server.client.get("/v1/claims?limit=3").status_code == 200)
        lost = len(claims - records(server))
    row("asked more than it takes on", "12 clients, `SIC_MAX_CONCURRENCY=2`", 1, load, took, lost)
    assert load.refused_for_now()
    assert not lost
