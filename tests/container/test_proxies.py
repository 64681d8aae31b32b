"""deploy/nginx.conf and deploy/haproxy.cfg, run for real in front of two processes."""

import json
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import cast

import httpx
import pytest

from tests.container.proxies import Kind, Proxy
from tests.server import Server
from tests.under_load import Load, row, within

TRUSTED = {"SIC_TRUSTED_PROXIES": "127.0.0.1,::1", "SIC_DRAIN_SECONDS": "3"}
METRICS = ["/metrics", "/%6detrics", "/%6Detric%73", "/metrics?x=1", "/metrics/", "//metrics", "/./metrics"]
METRICS += [
    "/v1/../metrics",
    "/%2e/metrics",
    "/%2fmetrics",
    "/metrics%2f",
    "/metrics%3fx",
    "/metrics;x=1",
    "/metrics%00",
]


@pytest.fixture(scope="module")
def servers(environment: dict[str, str]) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Server(environment | TRUSTED)) for _ in range(2)]


@pytest.fixture(scope="module", params=["nginx", "haproxy"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return cast("Kind", request.param)


@pytest.fixture
def proxy(kind: Kind, servers: list[Server], tmp_path: Path) -> Iterator[Proxy]:
    """A new one for each test: what was counted before is forgotten."""
    with Proxy(kind, servers, tmp_path) as proxy:
        yield proxy


@pytest.fixture
def behind_cdn(kind: Kind, servers: list[Server], tmp_path: Path) -> Iterator[Proxy]:
    with Proxy(kind, servers, tmp_path, cdn="127.0.0.0/8") as proxy:
        yield proxy


def logged_client(servers: list[Server], marker: str) -> str:
    """The address in the log line of the request whose query is the marker."""
    found: list[str] = []

    def is_logged() -> bool:
        lines = "".join(server.output for server in servers).splitlines()
        found[:] = [json.loads(line)["client.address"] for line in lines if f'"url.query":"{marker}"' in line]
        return bool(found)

    within(5, is_logged)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("family", ["--ipv4", "--ipv6"])
@pytest.mark.parametrize(("option", "version"), [("--http2", "2"), ("--http1.1", "1.1")])
def test_it_answers_by_tls(family: str, option: str, version: str, proxy: Proxy) -> None:
    written = ("--write-out", "%{http_version} %{http_code} %{content_type}", "--output", "/dev/null")
    assert proxy.curl("/v1", family, option, *written) == f"{version} 200 application/json"
    assert json.loads(proxy.curl("/v1", family, option))["data"]["counts"]["documents"] == 1


def test_many_requests_of_one_http2_connection_are_answered(proxy: Proxy) -> None:
    """Also long files among them, which are whole."""
    told = proxy.curl(
        "/v1/claims?limit=[1-100]", "--http2", "--parallel", "--write-out", "%{http_code}\n", "--output", "/dev/null"
    )
    assert Counter(told.split()) == {"200": 100}
    direct = len(proxy.curl("/v1/claims.jsonl", "--http1.1"))
    assert len(proxy.curl("/v1/claims.jsonl", "--http2")) == direct > 50_000


@pytest.mark.parametrize("path", METRICS)
def test_metrics_are_closed_however_they_are_written(path: str, proxy: Proxy) -> None:
    for option in ("--http2", "--http1.1"):
        told = proxy.curl(path, option, "--write-out", "\n%{http_code}")
        assert "sic_" not in told
        assert told.rsplit("\n", 1)[1] in {"400", "404"}


def test_metrics_are_closed_as_an_absolute_address(proxy: Proxy) -> None:
    for target in (f"https://localhost:{proxy.port}/metrics", f"https://localhost:{proxy.port}/%6detrics"):
        with (
            socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as plain,
            proxy.tls.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            told = b""
            while part := connection.recv(65536):
                told += part
        assert b"sic_" not in told
        assert told.split()[1] in {b"400", b"404"}


def test_four_browsers_behind_one_address_meet_no_limit(proxy: Proxy) -> None:
    """Each opens six connections and asks for forty things at once; all stay open."""
    answers: Counter[int] = Counter()
    with ExitStack() as stack:
        clients = [stack.enter_context(proxy.client()) for _ in range(24)]

        def browse(client: httpx.Client) -> list[int]:
            return [client.get(f"/v1/claims?limit={number % 50 + 1}").status_code for number in range(10)]

        with ThreadPoolExecutor(24) as threads:
            for statuses in threads.map(browse, clients):
                answers.update(statuses)
    assert answers == {200: 240}


def test_a_client_that_asks_too_much_is_told_when_to_come_back(proxy: Proxy) -> None:
    """Also by one connection of HTTP/2."""
    written = (
        "--write-out",
        "%{http_code} %header{retry-after} %header{content-type} %header{access-control-allow-origin}\n",
    )
    told = proxy.curl("/livez?[1-2500]", "--http2", "--parallel", *written, "--output", "/dev/null")
    answers = Counter(told.splitlines())
    refused = "429 10 application/problem+json *"
    assert {line.split()[0] for line in answers} == {"200", "429"}
    assert answers[refused] == sum(count for line, count in answers.items() if line.startswith("429"))
    assert 900 <= answers.total() - answers[refused] <= 2400


def test_the_address_of_the_client_is_the_proxys_word(proxy: Proxy, servers: list[Server]) -> None:
    marker = f"cursor=a{time.monotonic_ns()}"
    proxy.curl(f"/v1/claims?{marker}", "--ipv4", "--header", "X-Forwarded-For: 198.51.100.9")
    assert logged_client(servers, marker) == "127.0.0.1"


def test_behind_a_cdn_the_client_is_the_one_that_it_names(behind_cdn: Proxy, servers: list[Server]) -> None:
    marker = f"cursor=b{time.monotonic_ns()}"
    forged = "X-Forwarded-For: 192.0.2.1, 198.51.100.9"
    behind_cdn.curl(f"/v1/claims?{marker}", "--ipv4", "--header", forged)
    assert logged_client(servers, marker) == "198.51.100.9"


def test_rates_are_counted_by_client_and_ipv6_by_its_network(behind_cdn: Proxy) -> None:
    def ask(address: str, times: int) -> Counter[str]:
        options = ("--http2", "--parallel", "--ipv4", "--header", f"X-Forwarded-For: {address}")
        told = behind_cdn.curl(
            f"/livez?[1-{times}]", *options, "--write-out", "%{http_code}\n", "--output", "/dev/null"
        )
        return Counter(told.split())

    assert ask("2001:db8:1:1::1", 2500)["429"]
    assert ask("2001:db8:1:1:ffff::2", 400)["429"]
    assert ask("2001:db8:1:2::1", 20) == {"200": 20}
    assert ask("198.51.100.1", 20) == {"200": 20}


def test_a_rolling_restart_under_load_loses_no_request(kind: Kind, environment: dict[str, str], tmp_path: Path) -> None:
    """Two processes are started anew one after the other, while HTTP/1.1 and HTTP/2 clients ask all the time."""
    env = environment | TRUSTED | {"SIC_ACCESS_LOG": "off"}
    by_http2: Counter[str] = Counter()
    done = Event()

    def ask_by_http2(proxy: Proxy) -> None:
        options = ("--http2", "--parallel", "--parallel-max", "4", "--write-out", "%{http_code}\n")
        while not done.wait(0.2):
            told = proxy.curl("/v1/claims?limit=[1-8]&include=actors", *options, "--output", "/dev/null")
            by_http2.update(told.split())

    with ExitStack() as stack:
        running = [stack.enter_context(Server(env)) for _ in range(2)]
        proxy = stack.enter_context(Proxy(kind, running, tmp_path))
        asking = stack.enter_context(ThreadPoolExecutor(1)).submit(ask_by_http2, proxy)
        try:
            with Load([proxy.url], threads=3, pause=0.06, verify=proxy.tls) as load:
                for server in running:
                    time.sleep(1)
                    # uvicorn raises the signal again once all is finished
                    assert server.stop() in {0, -signal.SIGTERM}
                    stack.enter_context(Server(env, port=server.port))
                    time.sleep(2)
        finally:
            done.set()
            asking.result()
    load.statuses.update({int(status): count for status, count in by_http2.items()})
    row(f"rolling restart behind {kind}", "SIGTERM and start, one process after the other", 2, load, "not noticed", "–")
    assert load.statuses.keys() == {200}
    assert load.requests > 200
    assert by_http2["200"] > 50


def test_when_no_process_answers_it_says_when_to_come_back(
    kind: Kind, environment: dict[str, str], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        behind = [stack.enter_context(Server(environment)) for _ in range(2)]
        with Proxy(kind, behind, tmp_path) as proxy, proxy.client() as client:
            for server in behind:
                server.stop()
            answer = client.get("/v1/claims?limit=2")
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"] == "2"
            assert answer.headers["access-control-allow-origin"] == "*"
            behind[0] = stack.enter_context(Server(environment, port=behind[0].port))
            within(10, lambda: client.get("/v1/claims?limit=2").status_code == 200)
