"""Clients that are slow, leave, take nothing or come in crowds, and a process that runs out of descriptors.

`-s` prints rows of the table in docs/reliability.md.
"""

import socket
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.connections import connected, request
from tests.faults import NOT_NOTICED, readiness
from tests.server import Server
from tests.under_load import Load, records, row, within


def descriptors(server: Server) -> int:
    assert server.process is not None
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def gone(client: socket.socket) -> bool:
    """Waits for the server to say something; True if it hung up instead."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_client_that_does_not_finish_its_question_is_hung_up_on(served: Server) -> None:
    began = time.monotonic()
    with connected(served) as slow, connected(served) as silent, Load([served], threads=1) as load:
        slow.sendall(b"GET /v1 HTTP/1.1\r\nHost: te")
        assert gone(silent)
        assert gone(slow)
        took = time.monotonic() - began
        assert 5 < took < 15
    row("a slow client", "half a question, and none", 2, load, NOT_NOTICED, "–", f"; hung up on after {took:.1f} s")
    assert load.unnoticed()


def test_clients_that_leave_in_the_middle_cost_nothing(indexed: dict[str, str]) -> None:
    with Server(indexed | {"SIC_MAX_CONCURRENCY": "8"}) as server:
        before = descriptors(server)
        with Load([server], threads=1) as load:
            for turn in range(40):
                with connected(server) as client:
                    client.sendall(
                        request(f"/v1/claims.jsonl?type=factual&x{turn}=")
                        if turn % 9 == 8
                        else request("/v1/claims.jsonl")
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
            client.sendall(request("/v1/claims.jsonl") * 40)

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
                client.sendall(request("/v1/claims?limit=2"))
            answers = [client.recv(100) for client in connections]
            took = time.monotonic() - began
    load.statuses[200] += (well := sum(answer.startswith(b"HTTP/1.1 200 ") for answer in answers))
    row("1,000 connections", "at once, each with a question", 1000, load, NOT_NOTICED, "–", f"; all in {took:.2f} s")
    assert well == 1000
    assert load.unnoticed()


def outcome(client: socket.socket) -> str:
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
        within(20, lambda: load.requests > 0)
        with ExitStack() as stack:
            crowd = [stack.enter_context(connected(server)) for _ in range(150)]
            for client in crowd:
                with suppress(OSError):
                    client.sendall(request("/v1/claims?limit=2"))
            within(20, lambda: load.requests > 20)
            outcomes = Counter(map(outcome, crowd))
            assert server.process is not None
            assert server.process.poll() is None

        def answered() -> bool:
            with connected(server) as client:
                client.settimeout(2)
                client.sendall(request("/v1/claims?limit=11"))
                try:
                    return client.recv(100).startswith(b"HTTP/1.1 200 ")
                except OSError:
                    return False

        took = within(30, answered)
        assert readiness(server)[0] == 200
        lost = len(claims - records(server))
    others = "; of the 150 " + ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
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
