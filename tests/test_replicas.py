"""A primary, a standby that follows it, and two API processes: what users notice when one of them goes.

Everything is bounded in time; what was measured is in docs/reliability.md.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.postgres import Postgres, servers
from tests.server import PACKAGE, Server, sic
from tests.under_load import Load, records, row, within

QUIET = {"SIC_ACCESS_LOG": "off"}
NOT_NOTICED = "not noticed"


class Deployment:
    """What compose.yaml describes, without its proxy."""

    def __init__(self, primary: Postgres, standby: Postgres, folder: Path) -> None:
        self.primary, self.standby = primary, standby
        self.owner = {"SIC_DATABASE_URL": primary.url(), "SIC_INDEX_DIR": str(folder / "index")}
        hosts = f"127.0.0.1:{standby.port},127.0.0.1:{primary.port}"
        url = f"postgresql://sic_reader:reader@{hosts}/sic?target_session_attrs=prefer-standby"
        self.reader = QUIET | {"SIC_DATABASE_URL": url}

    def publish(self, *command: str | Path) -> None:
        done = sic(*command, env=self.owner)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("replicas")) as made:
        yield made


@contextmanager
def deployed(folder: Path) -> Iterator[Deployment]:
    with servers("primary", "standby") as (primary, standby):
        primary.create()
        made = Deployment(primary, standby, folder)
        made.publish("migrate")
        made.publish("load", PACKAGE)
        standby.follow(primary)
        standby.caught_up(primary)
        yield made


@pytest.fixture
def processes(deployment: Deployment) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Server(deployment.reader)) for _ in range(2)]


def ready(server: Server) -> dict[str, object]:
    answer = server.client.get("/readyz")
    told: dict[str, object] = answer.json() | {"code": answer.status_code}
    return told


def is_ready(server: Server) -> bool:
    return ready(server)["code"] == 200


def is_down(server: Server) -> bool:
    return "database" in str(ready(server).get("down"))


def lost(held: frozenset[str], processes: list[Server]) -> int:
    """Claims that were there before, and that a process does not give."""
    return sum(len(held - records(server)) for server in processes)


def test_reading_goes_on_when_the_primary_is_killed(deployment: Deployment, processes: list[Server]) -> None:
    held = records(processes[0])
    try:
        with Load(processes) as load:
            time.sleep(1)
            deployment.primary.stop("immediate")
            time.sleep(3)
        assert all(ready(server)["code"] == 200 for server in processes)
        missing = lost(held, processes)
    finally:
        deployment.primary.start()
    row("primary killed, standby left", "`pg_ctl stop -m immediate`", 1, load, NOT_NOTICED, missing)
    assert load.unnoticed()
    assert load.requests > 100
    assert held
    assert not missing


def test_reading_moves_to_the_primary_when_the_standby_is_killed(
    deployment: Deployment, processes: list[Server]
) -> None:
    held = records(processes[0])
    try:
        with Load(processes) as load:
            time.sleep(1)
            deployment.standby.stop("immediate")
            time.sleep(3)
        missing = lost(held, processes)
    finally:
        deployment.standby.start()
    note = "; an interrupted statement is asked of the other"
    row("standby killed, primary left", "`pg_ctl stop -m immediate`", 1, load, NOT_NOTICED, missing, note)
    assert load.unnoticed()
    assert not missing


def test_a_load_on_the_primary_reaches_every_process(deployment: Deployment, processes: list[Server]) -> None:
    before = {ready(server)["snapshot"] for server in processes}
    held = records(processes[0])
    assert len(before) == 1
    try:
        with Load(processes) as load:
            deployment.publish("unload", "karabakh")
            [(after,)] = deployment.primary.execute(
                "SELECT id FROM sic_g"
                + str(deployment.primary.execute("SELECT max(number) FROM sic.generation")[0][0])
                + ".snapshot"
            )
            took = within(20, lambda: {ready(server)["snapshot"] for server in processes} == {after})
        assert {after} != before
    finally:
        deployment.publish("load", PACKAGE)
    within(20, lambda: {ready(server)["snapshot"] for server in processes} == before)
    missing = lost(held, processes)
    note = " until every process is on the new snapshot"
    row("content published on the primary", "unload, and load again", 1, load, took, missing, note)
    assert load.unnoticed()
    assert not missing


def test_a_standby_that_lags_is_served_as_it_is(deployment: Deployment, processes: list[Server]) -> None:
    [before] = {ready(server)["snapshot"] for server in processes}
    held = records(processes[0])
    with Load(processes) as load:
        deployment.standby.execute("SELECT pg_wal_replay_pause()")
        try:
            deployment.publish("unload", "karabakh")
            time.sleep(1.5)
            assert [ready(server)["snapshot"] for server in processes] == [before] * 2
            assert [ready(server)["code"] for server in processes] == [200] * 2
            assert processes[0].client.get("/v1/claims?limit=1").json()["meta"]["snapshot"] == before
            missing = lost(held, processes)
        finally:
            deployment.standby.execute("SELECT pg_wal_replay_resume()")
        took = within(20, lambda: all(ready(server)["snapshot"] != before for server in processes))
    note = " after the standby went on; until then the old snapshot"
    row("standby does not replay", "`pg_wal_replay_pause()` during a load", 1, load, took, missing, note)
    assert load.unnoticed()
    assert not missing
    deployment.publish("load", PACKAGE)
    within(20, lambda: all(ready(server)["snapshot"] == before for server in processes))


def test_nobody_goes_back_to_an_older_snapshot_that_a_standby_shows(deployment: Deployment) -> None:
    """A process that was moved on by the primary stays there when a standby comes back that has not got so far."""
    deployment.standby.caught_up(deployment.primary)
    deployment.standby.execute("SELECT pg_wal_replay_pause()")
    deployment.standby.stop("fast")
    try:
        deployment.publish("unload", "karabakh")
        with Server(deployment.reader) as server:
            served = ready(server)["snapshot"]
            deployment.standby.settings.append("recovery_min_apply_delay=1h")  # it has the old state, and keeps it
            deployment.standby.start()
            deployment.publish("load", PACKAGE)
            within(20, lambda: ready(server)["snapshot"] != served)
            reached = ready(server)["snapshot"]
            held = records(server)
            with Load([server]) as load:
                time.sleep(2)
            missing = lost(held, [server])
            assert ready(server)["snapshot"] == reached
    finally:
        deployment.standby.stop("fast")
        if "recovery_min_apply_delay=1h" in deployment.standby.settings:
            deployment.standby.settings.remove("recovery_min_apply_delay=1h")
        deployment.standby.start()
        deployment.standby.caught_up(deployment.primary)
    row("an older standby comes back", "beside a newer primary", 1, load, NOT_NOTICED, missing)
    assert load.unnoticed()
    assert held
    assert not missing


@pytest.mark.parametrize("order", ["api first", "databases first", "standby first"])
def test_everything_may_be_started_in_any_order(deployment: Deployment, order: str) -> None:
    primary, standby = deployment.primary, deployment.standby
    for database in (standby, primary):
        database.stop("fast")
    if order == "databases first":
        primary.start()
    if order != "api first":
        standby.start()
    with (
        Server(deployment.reader, ready="/livez") as first,
        Server(deployment.reader, ready="/livez") as second,
        Load([first, second], threads=2) as load,
    ):
        if order == "api first":
            for server in (first, second):
                within(20, partial(is_down, server))
                answer = server.client.get("/v1/claims")
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
                assert server.client.get("/livez").status_code == 200
            standby.start()
            primary.start()
        took = max(within(30, partial(is_ready, server)) for server in (first, second))
        if order == "standby first":
            primary.start()
        held = records(first)
        assert first.client.get("/v1/claims?limit=3").content == second.client.get("/v1/claims?limit=3").content
        missing = lost(held, [first, second])
    row("everything restarted", order, 1, load, took, missing)
    assert load.refused_for_now()
    assert held
    assert not missing


def test_processes_come_back_with_their_databases(deployment: Deployment, processes: list[Server]) -> None:
    primary, standby = deployment.primary, deployment.standby
    first = processes[0]
    held = records(first)
    assert first.client.get("/v1/claims?limit=3").status_code == 200
    with Load(processes, threads=2) as load:
        primary.stop("immediate")
        standby.stop("immediate")
        within(20, lambda: ready(first)["code"] == 503)
        assert first.client.get("/v1/claims?limit=3").status_code == 200  # remembered
        assert first.client.get("/v1/claims?limit=4").status_code == 503
        primary.start()
        took = max(within(30, partial(is_ready, server)) for server in processes)
        standby.start()
        assert first.client.get("/v1/claims?limit=4").status_code == 200
        missing = lost(held, processes)
    row("primary and standby killed", "`pg_ctl stop -m immediate` of both, primary back", 1, load, took, missing)
    assert load.refused_for_now()
    assert not missing


@pytest.mark.parametrize("killed", [0, 1])
def test_a_process_that_is_killed_leaves_the_other_serving(
    killed: int, deployment: Deployment, processes: list[Server]
) -> None:
    """They share nothing: what one of them does when it dies is not seen by who asks the other."""
    held = records(processes[0])
    gone, left = processes[killed], processes[1 - killed]
    with Load([left], threads=2) as load:
        time.sleep(0.5)
        gone.stop(signal.SIGKILL)
        with Server(deployment.reader, port=gone.port, ready="/livez") as again:
            took = within(30, partial(is_ready, again))
            missing = lost(held, [left, again])
    row(f"API process {killed + 1} of 2 killed", "SIGKILL, started again", 1, load, took, missing)
    assert load.unnoticed()
    assert not missing


def test_a_standby_that_is_promoted_is_read_and_written(tmp_path: Path) -> None:
    """The primary is gone for good; content is published on what was its standby. A primary that comes back beside it,
    which must not happen, is not read by processes that have got further."""
    with deployed(tmp_path) as own, ExitStack() as stack:
        processes = [stack.enter_context(Server(own.reader)) for _ in range(2)]
        held = records(processes[0])
        [before] = {ready(server)["snapshot"] for server in processes}
        with Load(processes) as load:
            time.sleep(0.5)
            own.primary.stop("immediate")
            time.sleep(0.5)
            own.standby.run("pg_ctl", "--pgdata", own.standby.data, "--wait", "promote")
            missing = lost(held, processes)
            owner = own.owner | {"SIC_DATABASE_URL": own.standby.url()}
            assert sic("unload", "karabakh", env=owner).returncode == 0
            took = within(20, lambda: all(ready(server)["snapshot"] != before for server in processes))
            own.primary.start()
            time.sleep(2)
            assert all(ready(server)["snapshot"] != before for server in processes)
        note = " until content that was published on it is served"
        row("a standby is promoted", "primary killed, `pg_ctl promote`, a load", 1, load, took, missing, note)
        assert load.unnoticed()
        assert held
        assert not missing


def test_the_role_that_serves_cannot_write(deployment: Deployment) -> None:
    import psycopg

    number = deployment.primary.execute("SELECT max(number) FROM sic.generation")[0][0]
    for setting in ("on", "off"):  # even when it says that it wants to
        with psycopg.connect(deployment.primary.reader, autocommit=True) as connection:
            connection.execute(f"SET default_transaction_read_only = {setting}".encode())
            for statement in (
                f"DELETE FROM sic_g{number}.claim",
                f"UPDATE sic_g{number}.claim SET statement = ''",
                f"INSERT INTO sic_g{number}.alembic_version VALUES ('x')",
                f"DROP SCHEMA sic_g{number} CASCADE",
                "UPDATE sic.generation SET published_at = NULL",
                "CREATE TABLE public.mine (id int)",
                "CREATE SCHEMA mine",
                "COPY (SELECT 1) TO PROGRAM 'true'",
                "SELECT pg_read_file('/etc/passwd')",
            ):
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                    connection.execute(statement.encode())
