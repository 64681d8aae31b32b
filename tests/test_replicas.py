"""A primary, a standby that follows it, and two API processes: what users notice when one of them goes.

Everything is bounded in time; what was measured is in docs/reliability.md.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.postgres import Postgres, servers
from tests.server import PACKAGE, Server, sic

QUIET = {"SIC_ACCESS_LOG": "off"}


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
    folder = tmp_path_factory.mktemp("replicas")
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


class Load:
    """`with Load(servers) as load`: asks new questions of every server all the time, and keeps what was answered."""

    def __init__(self, asked: list[Server], threads: int = 4) -> None:
        self.statuses: Counter[int | str] = Counter()
        self.worst = 0.0
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(asked[number % len(asked)].url, number))
            for number in range(threads)
        ]

    def _ask(self, url: str, number: int) -> None:
        with httpx.Client(base_url=url, timeout=10, trust_env=False) as client:
            for turn in range(1_000_000):
                if self._stop.is_set():
                    return
                began = time.monotonic()
                try:
                    # Every question is a new one: nothing of it is remembered.
                    answer = client.get(f"/v1/claims?offset={turn % 200}&limit={turn % 7 + 1}&q=the+{number}x{turn}")
                    self.statuses[answer.status_code] += 1
                except httpx.TransportError as error:
                    self.statuses[type(error).__name__] += 1
                self.worst = max(self.worst, time.monotonic() - began)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def within(seconds: float, holds: Callable[[], bool]) -> float:
    """Seconds until it held."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def ready(server: Server) -> dict[str, object]:
    answer = server.client.get("/readyz")
    told: dict[str, object] = answer.json() | {"code": answer.status_code}
    return told


def is_ready(server: Server) -> bool:
    return ready(server)["code"] == 200


def is_down(server: Server) -> bool:
    return "database" in str(ready(server).get("down"))


def test_reading_goes_on_when_the_primary_is_killed(deployment: Deployment, processes: list[Server]) -> None:
    try:
        with Load(processes) as load:
            time.sleep(1)
            deployment.primary.stop("immediate")
            time.sleep(3)
        print("primary killed:", dict(load.statuses), f"worst {load.worst:.3f} s")
        assert set(load.statuses) == {200}
        assert load.statuses[200] > 100
        assert all(ready(server)["code"] == 200 for server in processes)
    finally:
        deployment.primary.start()


def test_reading_moves_to_the_primary_when_the_standby_is_killed(
    deployment: Deployment, processes: list[Server]
) -> None:
    try:
        with Load(processes) as load:
            time.sleep(1)
            deployment.standby.stop("immediate")
            time.sleep(3)
        print("standby killed:", dict(load.statuses), f"worst {load.worst:.3f} s")
        assert set(load.statuses) == {200}
    finally:
        deployment.standby.start()


def test_a_load_on_the_primary_reaches_every_process(deployment: Deployment, processes: list[Server]) -> None:
    before = {ready(server)["snapshot"] for server in processes}
    assert len(before) == 1
    try:
        with Load(processes) as load:
            deployment.publish("unload", "karabakh")
            [(after,)] = deployment.primary.execute(
                "SELECT id FROM sic_g"
                + str(deployment.primary.execute("SELECT max(number) FROM sic.generation")[0][0])
                + ".snapshot"
            )
            took = within(5, lambda: {ready(server)["snapshot"] for server in processes} == {after})
        print("new snapshot everywhere:", dict(load.statuses), f"{took:.2f} s after the load returned")
        assert set(load.statuses) == {200}
        assert {after} != before
    finally:
        deployment.publish("load", PACKAGE)


def test_a_standby_that_lags_is_served_as_it_is(deployment: Deployment, processes: list[Server]) -> None:
    [before] = {ready(server)["snapshot"] for server in processes}
    deployment.standby.execute("SELECT pg_wal_replay_pause()")
    try:
        deployment.publish("unload", "karabakh")
        time.sleep(1.5)
        assert [ready(server)["snapshot"] for server in processes] == [before] * 2
        assert [ready(server)["code"] for server in processes] == [200] * 2
        assert processes[0].client.get("/v1/claims?limit=1").json()["meta"]["snapshot"] == before
    finally:
        deployment.standby.execute("SELECT pg_wal_replay_resume()")
    took = within(5, lambda: all(ready(server)["snapshot"] != before for server in processes))
    print(f"followed {took:.2f} s after the standby did")
    deployment.publish("load", PACKAGE)
    within(5, lambda: all(ready(server)["snapshot"] == before for server in processes))


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
            newest = within(10, lambda: ready(server)["snapshot"] != served)
            reached = ready(server)["snapshot"]
            with Load([server]) as load:
                time.sleep(2)
            assert set(load.statuses) == {200}, load.statuses
            assert ready(server)["snapshot"] == reached, newest
    finally:
        deployment.standby.stop("fast")
        if "recovery_min_apply_delay=1h" in deployment.standby.settings:
            deployment.standby.settings.remove("recovery_min_apply_delay=1h")
        deployment.standby.start()
        deployment.standby.caught_up(deployment.primary)


@pytest.mark.parametrize("order", ["api first", "databases first"])
def test_everything_may_be_started_in_any_order(deployment: Deployment, order: str) -> None:
    primary, standby = deployment.primary, deployment.standby
    for database in (standby, primary):
        database.stop("fast")
    if order == "databases first":
        primary.start()
        standby.start()
    with Server(deployment.reader, ready="/livez") as first, Server(deployment.reader, ready="/livez") as second:
        if order == "api first":
            for server in (first, second):
                within(5, partial(is_down, server))
                answer = server.client.get("/v1/claims")
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
                assert server.client.get("/livez").status_code == 200
            standby.start()
            primary.start()
        took = [within(15, partial(is_ready, server)) for server in (first, second)]
        print(f"{order}: ready {max(took):.2f} s after the databases")
        assert first.client.get("/v1/claims?limit=3").content == second.client.get("/v1/claims?limit=3").content
        primary.stop("immediate")
        standby.stop("immediate")
        within(5, lambda: ready(first)["code"] == 503)
        assert first.client.get("/v1/claims?limit=3").status_code == 200  # remembered
        assert first.client.get("/v1/claims?limit=4").status_code == 503
        primary.start()
        took = [within(15, partial(is_ready, server)) for server in (first, second)]
        print(f"both killed: ready {max(took):.2f} s after the primary")
        standby.start()
        assert first.client.get("/v1/claims?limit=4").status_code == 200


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
