"""What goes wrong in operation, made to go wrong: refused with a reason, 503 with recovery by itself, or not noticed.

docs/reliability.md has the table. SIC_ variables are settings; FAULTS=long makes the long run (20 killed loads).
"""

import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.corpus import write
from tests.postgres import postgres
from tests.server import PACKAGE, ROOT, Server, loaded, sic

LONG = os.environ.get("FAULTS") == "long"
KILLS = 20 if LONG else 4


def within(seconds: float, holds: Callable[[], bool]) -> float:
    """Seconds until it held."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


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


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that takes a while to load."""
    folder = tmp_path_factory.mktemp("other") / "packages"
    write(folder, 1500, 1, 3)
    return folder


def file_of(env: dict[str, str]) -> Path:
    return Path(env["SIC_DATABASE_URL"].removeprefix("sqlite:///"))


def unloading(env: dict[str, str]) -> None:
    done = sic("unload", "karabakh", env=env)
    assert done.returncode == 0, done.stderr


# The loader


def killed_loads(env: dict[str, str], package: Path, snapshot: Callable[[], str]) -> None:
    """Kills loads at random moments; content is that of before or that of after, and the next load succeeds."""
    began = time.monotonic()
    before = snapshot()
    assert sic("load", package, env=env).returncode == 0
    took = time.monotonic() - began
    after = snapshot()
    assert after != before
    assert sic("unload", "d00000", env=env).returncode == 0
    assert snapshot() == before
    chance = random.Random(11)
    seen = []
    for _ in range(KILLS):
        load = subprocess.Popen(
            [sys.executable, "-m", "api", "load", str(package)],
            cwd=ROOT,
            env=os.environ | env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0, took))
        os.killpg(load.pid, signal.SIGKILL)
        load.wait()
        seen.append(snapshot())
        assert seen[-1] in (before, after)
        if seen[-1] == after:
            assert sic("unload", "d00000", env=env).returncode == 0
    print(f"killed {KILLS}: {seen.count(before)} old, {seen.count(after)} new")
    assert sic("load", package, env=env).returncode == 0
    assert snapshot() == after


@pytest.fixture(scope="module")
def disjoint(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An empty database: the generated package and the article declare the same topics with other words."""
    env = {"SIC_DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('disjoint') / 'sic.db'}"}
    assert sic("migrate", env=env).returncode == 0
    return env


def test_a_load_that_is_killed_leaves_old_or_new_content(disjoint: dict[str, str], other: Path) -> None:
    def snapshot() -> str:
        with closing(sqlite3.connect(f"{file_of(disjoint).as_uri()}?mode=ro", uri=True)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            return str(connection.execute("SELECT id FROM snapshot").fetchone()[0])

    with Server(disjoint) as server:
        killed_loads(disjoint, other, snapshot)
        within(30, lambda: server.client.get("/v1").json()["data"]["snapshot"] == snapshot())
        assert readiness(server) == (200, {})


def test_a_load_into_postgresql_that_is_killed_leaves_old_or_new_content(other: Path, tmp_path: Path) -> None:
    with postgres() as database:
        env = {"SIC_DATABASE_URL": database.url(), "SIC_INDEX_DIR": str(tmp_path / "index")}
        assert sic("migrate", env=env).returncode == 0

        def snapshot() -> str:
            [(number,)] = database.execute("SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL")
            return str(database.execute(f"SELECT id FROM sic_g{number}.snapshot")[0][0])

        with Server(env) as server:
            killed_loads(env, other, snapshot)
            within(30, lambda: server.client.get("/v1").json()["data"]["snapshot"] == snapshot())
        [(leftovers,)] = database.execute("SELECT count(*) FROM sic.generation WHERE published_at IS NULL")
        assert leftovers == 0


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
def test_a_load_onto_a_full_disk_is_refused_and_changes_nothing(other: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "16m") as disk:
        env = {"SIC_DATABASE_URL": f"sqlite:///{disk / 'sic.db'}"}
        assert sic("migrate", env=env).returncode == 0
        before = (disk / "sic.db").read_bytes()
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 150_000))
        with Server(env) as server:
            done = sic("load", other, env=env)
            assert done.returncode == 1
            assert done.stderr.startswith("sic: ")
            assert "full" in done.stderr or "No space" in done.stderr
            assert "nothing was changed" in done.stderr
            assert done.stderr.count("\n") == 1
            assert (disk / "sic.db").read_bytes() == before
            assert {path.name for path in disk.iterdir()} <= {"sic.db", "sic.db.lock", "sic.db.index", "filler"}
            assert server.client.get("/v1/claims?limit=3").status_code == 200


def test_a_load_whose_files_may_not_grow_is_refused_and_changes_nothing(own: dict[str, str]) -> None:
    before = file_of(own).read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "tests.limited", "unload", "karabakh"],
        cwd=ROOT,
        env=os.environ | own | {"LIMIT_FSIZE": "8192"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith("nothing was changed\n")
    assert file_of(own).read_bytes() == before


# The database


def served_after_mending(server: Server, mend: Callable[[], object]) -> float:
    assert refused_for_now(server, "/v1/claims")
    assert server.client.get("/livez").status_code == 200
    assert server.client.get("/docs").status_code == 200
    mend()
    took = within(30, lambda: readiness(server)[0] == 200)
    assert server.client.get("/v1/claims").status_code == 200
    return took


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
    kind: str, told: str, own: dict[str, str]
) -> None:
    file = file_of(own)
    spare = Path(shutil.copy(file, file.with_name("spare.db")))
    damaged(kind, file)
    with Server(own, ready="/livez") as server:
        within(30, lambda: told in readiness(server)[1].get("database", ""))
        assert readiness(server)[0] == 503
        assert str(file.parent) not in server.client.get("/readyz").text
        took = served_after_mending(server, lambda: spare.replace(file))
        print(f"{kind}: ready {took:.2f} s after it was mended")


@pytest.mark.parametrize(("kind", "told"), DAMAGES.items())
def test_what_is_served_is_kept_when_what_replaces_it_cannot_be(kind: str, told: str, own: dict[str, str]) -> None:
    file = file_of(own)
    spare = Path(shutil.copy(file, file.with_name("spare.db")))
    with Server(own) as server:
        if kind == "missing":
            file.unlink()
        else:
            damaged(kind, spare)
            spare.replace(file)
        within(30, lambda: told in readiness(server)[1].get("database", ""))
        assert readiness(server)[0] == 200
        assert server.client.get("/v1/claims?limit=7").status_code == 200


def test_a_file_that_is_written_into_is_no_longer_served(own: dict[str, str]) -> None:
    """Nothing but a rename replaces content; what was mixed from two states would be a lie."""
    file = file_of(own)
    whole = file.read_bytes()
    with Server(own) as server:
        with file.open("r+b") as stream:
            stream.write(whole[: len(whole) // 2])
            stream.truncate()
        within(30, lambda: readiness(server)[0] == 503)
        assert "cut off" in readiness(server)[1]["database"]
        file.write_bytes(whole)
        within(30, lambda: readiness(server)[0] == 200)
        assert server.client.get("/v1/claims?limit=7").status_code == 200


def test_postgresql_may_be_away_at_the_start_and_later(tmp_path: Path) -> None:
    with postgres() as database:
        owner = {"SIC_DATABASE_URL": database.url(), "SIC_INDEX_DIR": str(tmp_path / "index")}
        for command in (("migrate",), ("load", PACKAGE)):
            assert sic(*command, env=owner).returncode == 0
        database.stop()
        with Server(owner | {"SIC_DATABASE_URL": database.reader}, ready="/livez") as server:
            within(30, lambda: readiness(server) == (503, {"database": "the database cannot be read"}))
            print(f"at the start: ready after {served_after_mending(server, database.start):.2f} s")
            database.stop()
            within(30, lambda: readiness(server)[0] == 503)
            assert server.client.get("/v1/claims").status_code == 200  # remembered
            assert refused_for_now(server, "/v1/claims?limit=7")
            database.start()
            print(f"gone and back: ready after {within(30, lambda: readiness(server)[0] == 200):.2f} s")
            assert server.client.get("/v1/claims?limit=7").status_code == 200

            [pid] = (database.data / "postmaster.pid").read_text().splitlines()[:1]
            children = subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True, check=True).stdout.split()
            for process in children:
                os.kill(int(process), signal.SIGSTOP)
            try:  # it holds its connections, and says nothing
                within(30, lambda: readiness(server) == (503, {"database": "it does not answer"}))
                began = time.monotonic()
                assert refused_for_now(server, "/v1/claims?limit=8")
                assert time.monotonic() - began < 1
                assert server.client.get("/v1/claims").status_code == 200  # remembered
            finally:
                for process in children:
                    os.kill(int(process), signal.SIGCONT)
            print(f"silent and back: ready after {within(30, lambda: readiness(server)[0] == 200):.2f} s")


# The index


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Content of which an index of some size is kept in a directory."""
    folder = tmp_path_factory.mktemp("indexed")
    write(folder / "packages", 2500, 2, 4)
    return loaded(folder, folder / "packages")


@pytest.mark.parametrize("fault", ["missing", "file missing", "file cut off", "manifest damaged", "not writable"])
def test_an_index_that_is_damaged_is_built_anew(fault: str, indexed: dict[str, str], tmp_path: Path) -> None:
    source = file_of(indexed)
    file = Path(shutil.copy(source, tmp_path / "sic.db"))
    root = Path(shutil.copytree(f"{source}.index", f"{file}.index"))
    directory = max((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns)
    data = max((path for path in directory.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
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
    began = time.monotonic()
    with Server({"SIC_DATABASE_URL": f"sqlite:///{file}"}, patience=60) as server:
        print(f"index {fault}: ready {time.monotonic() - began:.2f} s after the start")
        assert server.client.get("/v1/search?q=actor").status_code == 200
        assert server.client.get("/v1/claims?q=the&facets=type").json()["meta"]["total"] >= 0


def test_an_index_of_other_content_under_this_snapshots_name_is_not_used(
    own: dict[str, str], indexed: dict[str, str]
) -> None:
    with closing(sqlite3.connect(file_of(own))) as connection:
        (snapshot,) = connection.execute("SELECT id FROM snapshot").fetchone()
    kept = [path for path in Path(f"{file_of(indexed)}.index").iterdir() if path.is_dir()]
    other = max(kept, key=lambda path: path.stat().st_mtime_ns)
    before, dash, format = other.name.partition("-")
    mine = Path(f"{file_of(own)}.index") / f"{snapshot}{dash}{format}"
    shutil.copytree(other, mine)
    (mine / "manifest.json").write_text((mine / "manifest.json").read_text().replace(before, snapshot))
    with Server(own, patience=60) as server:
        listed = server.client.get("/v1/claims?type=causal").json()
        assert listed["meta"]["total"] == len(
            server.client.get("/v1/claims?type=causal&format=jsonl").text.splitlines()
        )
        assert "other records" in server.output


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
    with connected(served) as slow, connected(served) as silent:
        began = time.monotonic()
        slow.sendall(b"GET /v1 HTTP/1.1\r\nHost: te")
        assert served.client.get("/v1").status_code == 200
        assert gone(silent)
        assert gone(slow)
        assert 5 < time.monotonic() - began < 15


def test_clients_that_leave_in_the_middle_cost_nothing(indexed: dict[str, str]) -> None:
    with Server(indexed | {"SIC_MAX_CONCURRENCY": "8"}) as server:
        before = descriptors(server)
        for turn in range(40):
            with connected(server) as client:
                client.sendall(
                    asked(f"/v1/claims?format=jsonl&type=factual&x{turn}=")
                    if turn % 9 == 8
                    else asked("/v1/claims?format=jsonl")
                )
                assert client.recv(500).startswith(b"HTTP/1.1 ")
        within(30, lambda: descriptors(server) <= before + 2)
        assert server.client.get("/v1/claims?limit=7").status_code == 200
        assert '"level": "error"' not in server.output


def test_readers_that_take_nothing_do_not_keep_their_places(indexed: dict[str, str]) -> None:
    """Each holds one of the places for answers until it is cut off; meanwhile others are asked to come back."""
    places = 4
    with Server(indexed | {"SIC_MAX_CONCURRENCY": str(places)}) as server:
        stuck = [connected(server) for _ in range(places)]
        try:
            for client in stuck:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                client.sendall(asked("/v1/claims?format=jsonl") * 40)
            time.sleep(1)
            assert server.client.get("/livez").status_code == 200
            took = within(60, lambda: server.client.get("/v1/claims?limit=9").status_code == 200)
            print(f"readers that take nothing: places free after {took:.1f} s")
        finally:
            for client in stuck:
                client.close()


def test_a_thousand_connections_are_all_answered(served: Server) -> None:
    connections = [connected(served) for _ in range(1000)]
    try:
        began = time.monotonic()
        for client in connections:
            client.sendall(asked("/v1/claims?limit=2"))
        answers = [client.recv(100) for client in connections]
        print(f"1,000 connections: all answered in {time.monotonic() - began:.2f} s")
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)
    finally:
        for client in connections:
            client.close()


def test_a_process_without_descriptors_recovers_by_itself(own: dict[str, str]) -> None:
    with Server(own | {"LIMIT_NOFILE": "80"}, module="tests.limited") as server:
        assert server.client.get("/v1/claims?limit=2").status_code == 200
        crowd = []
        try:
            for _ in range(150):
                crowd.append(connected(server))
                crowd[-1].sendall(asked("/v1/claims?limit=2"))
            time.sleep(1)
            assert server.process is not None
            assert server.process.poll() is None
        finally:
            for client in crowd:
                client.close()

        def answered() -> bool:
            with connected(server) as client:
                client.settimeout(2)
                client.sendall(asked("/v1/claims?limit=11"))
                try:
                    return client.recv(100).startswith(b"HTTP/1.1 200 ")
                except OSError:
                    return False

        print(f"descriptors exhausted: answers again after {within(30, answered):.2f} s")
        assert readiness(server)[0] == 200
