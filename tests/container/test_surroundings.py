"""What a process cannot see coming: a clock that jumps, and names that are found slowly or not at all."""

import json
import os
import shutil
import socket
import struct
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.postgres import postgres
from tests.server import PACKAGE, Server, filled, sic
from tests.under_load import Load, records, row, within

LIBRARIES = (Path(f"/usr/lib/{os.uname().machine}-linux-gnu/faketime/libfaketimeMT.so.1"),)
NAME_SERVER = "127.0.0.53"
IN_PRIVATE = 'mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf'


@pytest.mark.parametrize("jump", [3600, -3600], ids=["forward", "back"])
def test_a_clock_that_jumps_an_hour_is_not_noticed(jump: int, environment: dict[str, str], tmp_path: Path) -> None:
    """Also not by new content, deadlines or the end; the log has the clock's time."""
    file = Path(shutil.copy(environment["SIC_DATABASE_URL"].removeprefix("sqlite:///"), tmp_path / "sic.db"))
    env = {"SIC_DATABASE_URL": f"sqlite:///{file}"}
    clock = tmp_path / "clock"
    clock.write_text("+0")
    faked = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    [library] = LIBRARIES
    assert library.exists()
    with Server(env | faked | {"LD_PRELOAD": str(library), "NO_FAKE_STAT": "1"}) as server:
        held = records(server)
        before = server.client.get("/readyz").json()["snapshot"]
        with Load([server], threads=2) as load:
            time.sleep(0.5)
            clock.write_text(f"{jump:+}")
            time.sleep(1.5)
            missing = len(held - records(server))
            assert sic("unload", "karabakh", env=env).returncode == 0
            took = within(5, lambda: server.client.get("/readyz").json()["snapshot"] != before)
            time.sleep(0.5)
        assert server.client.get("/v1/claims?limit=1").status_code == 200
        lines = [json.loads(line) for line in server.output.splitlines() if '"http.server.request"' in line]
        seconds = [time.mktime(time.strptime(line["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")) for line in lines]
        assert max(abs(b - a) for a, b in pairwise(seconds)) == pytest.approx(3600, abs=5)
        assert all(0 <= line["http.server.request.duration"] < 10 for line in lines)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10
    way = "forward" if jump > 0 else "back"
    row(
        f"the clock jumps an hour {way}",
        "libfaketime",
        1,
        load,
        "not noticed",
        missing,
        f"; a load is served after {took:.2f} s",
    )
    assert load.unnoticed()
    assert not missing


class Names:
    """A name server that knows `database` as 127.0.0.1, and says so after `delay` seconds; None: never."""

    def __init__(self) -> None:
        self.delay: float | None = 0.0
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((NAME_SERVER, 53))
        self._socket.settimeout(0.2)
        self._done = Event()
        self._thread = Thread(target=self._serve)

    def _serve(self) -> None:
        while not self._done.is_set():
            try:
                query, client = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            self.asked += 1
            if self.delay is not None:
                Thread(target=self._answer, args=(query, client, self.delay), daemon=True).start()

    def _answer(self, query: bytes, client: tuple[str, int], delay: float) -> None:
        self._done.wait(delay)
        end = query.index(b"\0", 12) + 5
        (kind,) = struct.unpack("!H", query[end - 4 : end - 2])
        answers = [b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1"] if kind == 1 else []
        header = query[:2] + struct.pack("!HHHHH", 0x8580, 1, len(answers), 0, 0)
        if not self._done.is_set():
            self._socket.sendto(header + query[12:end] + b"".join(answers), client)

    def __enter__(self) -> "Names":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def names() -> Iterator[Names]:
    with Names() as names:
        yield names


def test_names_that_are_found_slowly_hold_up_new_connections_alone(names: Names, tmp_path: Path) -> None:
    """The database's host is a name. While nobody says its address, connections that are there go on."""
    (tmp_path / "resolv.conf").write_text(f"nameserver {NAME_SERVER}\noptions timeout:2 attempts:1\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: dns\n")
    under = ("unshare", "--mount", "sh", "-euc", f'{IN_PRIVATE} && exec "$@"', str(tmp_path))
    with postgres() as database:
        owner = filled({"SIC_DATABASE_URL": database.url(), "SIC_INDEX_DIR": str(tmp_path / "index")}, PACKAGE)
        named = database.reader.replace("127.0.0.1", "database.test")
        names.delay = 1.5
        with Server(owner | {"SIC_DATABASE_URL": named}, ready="/livez", under=under, patience=30) as server:
            started = time.monotonic()
            assert server.client.get("/livez").elapsed.total_seconds() < 1
            within(30, lambda: server.client.get("/readyz").status_code == 200)
            began = time.monotonic() - started
            held = records(server)
            assert names.asked
            with Load([server], threads=2) as load:
                time.sleep(1)
                names.delay = None
                time.sleep(4)
                assert server.client.get("/readyz").status_code == 200
                missing = len(held - records(server))
            note = f"; ready {began:.1f} s after the start"
            row(
                "slow DNS",
                "each name takes 1.5 s; then none is answered for 4 s",
                1,
                load,
                "not noticed",
                missing,
                note,
            )
            # A pool makes connections as they are needed; whoever needs a new one is asked to come back.
            assert load.refused_for_now()
            assert load.statuses[200] > 20 * load.statuses[503]
            assert held
            assert not missing
            with Load([server], threads=1, pause=0.1) as load:
                database.stop()
                database.start()
                within(30, lambda: server.client.get("/readyz").status_code == 503)
                within(30, lambda: load.statuses[503] >= 2)
                assert server.client.get("/livez").status_code == 200
                names.delay = 0.0
                took = within(30, lambda: server.client.get("/readyz").status_code == 200)
                missing = len(held - records(server))
            row("no DNS and a new PostgreSQL", "no name is answered, restart; then it is", 1, load, took, missing)
            assert load.refused_for_now()
            assert not missing
