"""Several processes on one address, and how they end."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.benchmarks.corpus import write
from tests.connections import connected, request
from tests.server import Server, free_port, loaded, sic
from tests.test_observe import metrics
from tests.under_load import Load, within


def children(server: Server) -> list[int]:
    assert server.process is not None
    listed = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in listed.stdout.split()]


def connections(pid: int) -> int:
    """Sockets of TCP that the process holds. It tells the supervisor of an end before it closes the socket."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed just now
            sockets.add(str(link.readlink()))
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return sum(f"socket:[{fields[9]}]" in sockets for fields in lines)


def runs(pid: int) -> bool:
    """Whether the process has not ended; one that nobody waited for still has an entry."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def hold_at_most(pids: list[int], count: int) -> bool:
    return sum(map(connections, pids)) <= count


def lines(server: Server, body: str) -> list[dict[str, object]]:
    return [line for line in map(json.loads, server.output.splitlines()) if line.get("body") == body]


PLACES = 'sic_requests_total{method="GET",route="/v1/places",status="200"}'


@pytest.fixture(scope="module")
def two(environment: dict[str, str]) -> Iterator[Server]:
    with Server(environment | {"SIC_WORKERS": "2", "SIC_METRICS_PORT": str(free_port())}) as server:
        within(60, lambda: len(lines(server, "ready")) == 2)
        within(60, lambda: len(lines(server, "a worker is ready")) == 2)  # the supervisor knows of both, too
        yield server


def test_each_worker_says_that_it_serves_and_is_ready(two: Server) -> None:
    assert len(lines(two, "serving")) == len(lines(two, "ready")) == 2
    assert len({line["snapshot"] for line in lines(two, "serving")}) == 1
    assert len(lines(two, "listening")) == 1


def test_connections_are_shared_out_evenly(two: Server) -> None:
    """64 at once, 20 times; also when some of them have ended between."""
    workers = children(two)
    assert len(workers) == 2
    for turn in range(20):
        before = {pid: connections(pid) for pid in workers}
        with ExitStack() as stack:
            clients = [stack.enter_context(connected(two)) for _ in range(64)]
            for client in clients:
                client.sendall(request("/livez"))
            assert all(client.recv(20).startswith(b"HTTP/1.1 200") for client in clients)
            if turn % 2:
                for client in clients[:20]:
                    client.close()
                within(20, partial(hold_at_most, workers, sum(before.values()) + 44))
                for _ in range(20):
                    client = stack.enter_context(connected(two))
                    client.sendall(request("/livez"))
                    assert client.recv(20)
            held = [connections(pid) - before[pid] for pid in workers]
            assert sum(held) >= 64
            assert min(held) >= 0.4 * sum(held), held
        within(20, partial(hold_at_most, workers, sum(before.values())))


def test_metrics_are_summed_over_workers(two: Server) -> None:
    url = f"http://127.0.0.1:{two.env['SIC_METRICS_PORT']}/metrics"
    for _ in range(10):
        assert httpx.get(two.url + "/v1/places", trust_env=False).status_code == 200
    expected = {PLACES: 10, "sic_workers": 2, "sic_ready": 1, "sic_database_connections_max": 16}
    within(20, lambda: metrics(httpx.get(url, trust_env=False).text).items() >= expected.items())


def test_without_a_port_of_their_own_every_worker_has_the_metrics_of_all(environment: dict[str, str]) -> None:
    with Server(environment | {"SIC_WORKERS": "2"}) as server:
        within(60, lambda: len(lines(server, "ready")) == 2)
        for _ in range(6):
            httpx.get(server.url + "/v1/places", trust_env=False)
        for _ in range(4):  # an answer may arrive a little before it is counted
            within(20, lambda: metrics(httpx.get(server.url + "/metrics", trust_env=False).text).get(PLACES) == 6)


def test_a_worker_that_is_killed_is_replaced(environment: dict[str, str]) -> None:
    with Server(environment | {"SIC_WORKERS": "2"}) as server:
        within(60, lambda: len(lines(server, "ready")) == 2)
        first, second = children(server)
        os.kill(first, signal.SIGKILL)
        # What was handed to it before it has ended is lost with it.
        within(60, lambda: len(lines(server, "a worker ended and is replaced")) == 1)
        for _ in range(50):
            assert httpx.get(server.url + "/v1/claims?limit=1", trust_env=False).status_code == 200
        within(60, lambda: len(lines(server, "ready")) == 3)
        assert second in children(server)
        assert len(children(server)) == 2
        [line] = lines(server, "a worker ended and is replaced")
        assert line["exit"] == -9


def test_workers_end_when_their_supervisor_is_killed(environment: dict[str, str]) -> None:
    with Server(environment | {"SIC_WORKERS": "2"}) as server:
        within(60, lambda: len(lines(server, "ready")) == 2)
        workers = children(server)
        assert server.process is not None
        server.process.kill()
        within(30, lambda: not any(map(runs, workers)))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_process_that_is_told_to_end_is_unready_first_and_loses_no_request(
    workers: str, environment: dict[str, str]
) -> None:
    """As in a rolling restart: whoever asks goes elsewhere once it is unready, and finds it listening until then."""
    env = environment | {"SIC_DRAIN_SECONDS": "6", "SIC_WORKERS": workers}
    with Server(env) as server:
        within(60, lambda: len(lines(server, "ready")) == int(workers))
        assert server.process is not None
        statuses: Counter[object] = Counter()
        with httpx.Client(base_url=server.url, trust_env=False) as kept:
            assert kept.get("/readyz").status_code == 200
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            responses: list[httpx.Response] = []

            def unready() -> bool:
                responses.append(kept.get("/readyz"))
                return responses[-1].status_code == 503

            within(4, unready)
            assert responses[-1].json()["down"] == {"process": "it is about to end"}
            assert responses[-1].headers["connection"] == "close"
            for _ in range(20):
                for ask in (kept.get, httpx.Client(base_url=server.url, trust_env=False).get):
                    statuses[ask("/v1/claims?limit=2").status_code] += 1
        assert statuses.keys() == {200}
        server.process.wait(20)
        assert time.monotonic() - began > 5.9
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url + "/livez", trust_env=False)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_rolling_restart_under_load_loses_no_request(workers: str, environment: dict[str, str]) -> None:
    """Two servers behind a client that takes the one that is ready, as a proxy does; each is started anew in turn."""
    env = environment | {"SIC_DRAIN_SECONDS": "3", "SIC_WORKERS": workers, "SIC_ACCESS_LOG": "off"}
    ports = [free_port(), free_port()]
    running = [Server(env, port=port).__enter__() for port in ports]
    urls = [server.url for server in running]
    statuses: Counter[object] = Counter()
    ready = dict.fromkeys(urls, True)
    ends = [False]

    def check() -> None:
        while not ends[0]:
            for url in urls:
                try:
                    ready[url] = httpx.get(url + "/readyz", trust_env=False, timeout=2).status_code == 200
                except httpx.TransportError:
                    ready[url] = False
            time.sleep(0.1)

    def ask() -> None:
        with httpx.Client(trust_env=False, timeout=10) as client:
            at = 0
            while not ends[0]:
                at += 1
                url = next((url for url in urls[at % 2 :] + urls if ready[url]), urls[0])
                try:
                    statuses[client.get(f"{url}/v1/claims?limit={at % 50 + 1}").status_code] += 1
                except httpx.TransportError as error:
                    statuses[repr(error)] += 1

    with ThreadPoolExecutor(5) as threads:
        futures = [threads.submit(check), *(threads.submit(ask) for _ in range(4))]
        try:
            for at, port in enumerate(ports):
                running[at].__exit__(None, None, None)
                running[at] = Server(env, port=port).__enter__()
                within(60, partial(ready.__getitem__, urls[at]))
        finally:
            ends[0] = True
            for future in futures:
                future.result()
            for server in running:
                server.__exit__(None, None, None)
    print(f"\n{statuses}")
    assert statuses.keys() == {200}


def test_a_walk_over_workers_never_mixes_two_snapshots(tmp_path: Path) -> None:
    """For at most SIC_POLL_SECONDS after a load workers serve different ones; a walk is then told to start again."""
    write(tmp_path / "packages", 300, 2, 5)
    first, second = sorted(path for path in (tmp_path / "packages").iterdir() if path.is_dir())
    env = loaded(tmp_path, first) | {"SIC_WORKERS": "2", "SIC_POLL_SECONDS": "0.7"}
    with Server(env) as server:
        within(60, lambda: len(lines(server, "ready")) == 2)
        told = Counter[int]()
        for turn in range(6):
            path, snapshots = "/v1/claims?limit=10", set()
            if turn == 1:
                assert sic("load", second, env=env).returncode == 0
            while path:
                response = httpx.get(server.url + path, trust_env=False)
                told[response.status_code] += 1
                if response.status_code == 503 and "retry-after" in response.headers:
                    continue  # beside a load it may wait 2 s for a processor
                if response.status_code != 200:
                    assert response.status_code == 422
                    assert response.json()["type"] == "/problems/stale-cursor"
                    assert response.json()["restart"]
                    break
                snapshots.add(response.json()["meta"]["snapshot"])
                path = response.json()["links"]["next"] or ""
            assert len(snapshots) == 1
        assert told[200] > 50
        with Load([server], threads=2) as load:
            time.sleep(1)
        assert load.unnoticed()
