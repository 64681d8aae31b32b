"""The image, built and run for real: read-only, unprivileged, without network, ended in time."""

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.container.podman import IMAGE, Container, build, podman
from tests.server import free_port

GET = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000{path}', timeout=5).read().decode())"
PRIVILEGES = "print(open('/proc/self/status').read())"
WRITE = """
import os, pathlib
for folder in ('/', '/srv', '/srv/sic', '/srv/sic/var', '/etc', '/usr', '/home'):
    try:
        (pathlib.Path(folder) / 'written').write_text('x')
    except OSError:
        continue
    print(folder)
"""


@pytest.fixture(scope="session", autouse=True)
def image() -> None:
    build()


@pytest.fixture(scope="session")
def isolated() -> Iterator[Container]:
    with Container("none") as container:
        container.wait_healthy()
        yield container


@pytest.fixture(scope="session")
def outside() -> Iterator[httpx.Client]:
    """A client on this machine of a container that shares its loopback interface."""
    port = free_port()
    with (
        Container("host", ("serve", "--host", "127.0.0.1", "--port", str(port))),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        wait_ready(client)
        yield client


def wait_ready(client: httpx.Client, patience: float = 20) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, "the container did not get ready"
        time.sleep(0.05)


def test_it_serves_the_article_without_any_network(isolated: Container) -> None:
    index = json.loads(isolated.python(GET.format(path="/v1")))
    claims = json.loads(isolated.python(GET.format(path="/v1/claims?limit=5")))
    found = json.loads(isolated.python(GET.format(path="/v1/search?q=refugees")))
    assert index["data"]["counts"]["documents"] == 1
    assert len(claims["data"]) == 5
    assert found["meta"]["total"] > 0


def test_it_runs_without_privileges(isolated: Container) -> None:
    status = dict(line.split(":\t", 1) for line in isolated.python(PRIVILEGES).splitlines() if ":\t" in line)
    assert set(status["Uid"].split()) == {"10001"}
    assert set(status["Gid"].split()) == {"10001"}
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"


def test_nothing_of_it_can_be_written(isolated: Container) -> None:
    assert isolated.python(WRITE) == ""


def test_the_image_says_how_its_health_is_asked(isolated: Container) -> None:
    assert isolated.healthy()
    [told] = json.loads(podman("image", "inspect", IMAGE).stdout)
    assert told["Healthcheck"]["Test"][0] == "CMD"
    assert told["Config"]["User"] == "10001:10001"


def test_an_unhealthy_one_is_reported() -> None:
    """Nothing listens on the port that the health check asks."""
    with Container("none", ("serve", "--host", "127.0.0.1", "--port", "8001")) as container:
        container.python("print()")
        assert not container.healthy()


@pytest.mark.parametrize(
    ("path", "status", "media_type"),
    [
        ("/livez", 200, "application/json"),
        ("/readyz", 200, "application/json"),
        ("/v1", 200, "application/json"),
        ("/v1/documents/karabakh/text", 200, "text/plain"),
        ("/v1/claims?include=actors,places&facets=type", 200, "application/json"),
        ("/v1/claims.csv", 200, "text/csv"),
        ("/v1/claims.jsonl", 200, "application/jsonl"),
        ("/v1/claims.jsonld", 200, "application/ld+json"),
        ("/v1/events?date_from=1988&date_to=1994", 200, "application/json"),
        ("/v1/obstacles?include=positions", 200, "application/json"),
        ("/v1/search?q=lachin", 200, "application/json"),
        ("/v1/suggest?q=aze", 200, "application/json"),
        ("/openapi.json", 200, "application/json"),
        ("/docs", 200, "text/html"),
        ("/v1/claims?limt=3", 422, "application/problem+json"),
        ("/v1/claims/karabakh.nothing", 404, "application/problem+json"),
        ("/nothing", 404, "application/problem+json"),
    ],
)
def test_it_answers_from_outside(path: str, status: int, media_type: str, outside: httpx.Client) -> None:
    answer = outside.get(path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, media_type)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert outside.head(path).status_code == status


def test_it_cannot_be_written_from_outside(outside: httpx.Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = outside.request(method, "/v1/claims")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_sigterm_finishes_what_was_asked_and_ends_in_ten_seconds() -> None:
    port = free_port()
    with (
        Container("host", ("serve", "--host", "127.0.0.1", "--port", str(port))) as container,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        wait_ready(client)
        with (
            socket.create_connection(("127.0.0.1", port)) as idle,
            client.stream("GET", "/v1/claims.jsonl") as stream,
        ):
            began = time.monotonic()
            podman("kill", "--signal", "TERM", container.name)
            lines = list(stream.iter_lines())
            assert container.exit_code == 0, container.logs
            took = time.monotonic() - began
            assert idle.recv(1) == b""
        assert all(json.loads(line)["kind"] == "claim" for line in lines)
        assert took < 10
