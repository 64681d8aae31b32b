"""What operators see: log lines, metrics, traces, and what stops a start."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import anyio
import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.main import create_app
from api.settings import Settings
from tests.server import ROOT, Server, free_port, sic
from tests.under_load import within

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+')


def lines(server: Server) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.output.splitlines()]


def test_every_line_is_json_and_every_request_has_one(environment: dict[str, str]) -> None:
    named = {"User-Agent": "sic-test/1", "Accept-Encoding": "identity"}
    with Server(environment) as server:
        for _ in range(2):
            page = server.client.get("/v1/claims?limit=1", headers=named | {"X-Request-Id": "mine"})
        server.client.get('/v1/claims/%22%0A"?x=%0A', headers={"X-Request-Id": "strange"})
        server.client.post("/v1", headers={"X-Request-Id": "written"})
        snapshot = server.client.get("/readyz").json()["snapshot"]
        within(20, lambda: '"written"' in server.output)  # they are written in order, four times a second
        logged = {line["sic.request_id"]: line for line in lines(server) if "sic.request_id" in line}
        first, second = [line for line in lines(server) if line.get("sic.request_id") == "mine"]
    assert first == first | {
        "severity_text": "INFO",
        "event.name": "http.server.request",
        "http.request.method": "GET",
        "http.route": "/v1/claims",
        "http.response.status_code": 200,
        "http.response.body.size": len(page.content),
        "url.path": "/v1/claims",
        "url.query": "limit=1",
        "client.address": "127.0.0.1",
        "user_agent.original": "sic-test/1",
        "sic.snapshot": snapshot,
        "sic.remembered": False,
    }
    assert second == first | {name: second[name] for name in ("timestamp", "http.server.request.duration")} | {
        "sic.remembered": True
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(first["timestamp"]))
    assert 0 < float(str(first["http.server.request.duration"])) < 5
    assert logged["strange"]["http.response.status_code"] == 422
    assert logged["written"]["http.response.status_code"] == 405


def test_the_access_log_can_be_turned_off(environment: dict[str, str]) -> None:
    with Server(environment | {"SIC_ACCESS_LOG": "off"}) as server:
        server.client.get("/v1/claims", headers={"X-Request-Id": "mine"})
        server.stop()  # what waits to be written is written then
        assert "mine" not in server.output


def test_a_failure_is_one_line_of_json_under_its_request_id(faulty: Server) -> None:
    answer = faulty.client.get("/fault", headers={"X-Request-Id": "broken-1"})
    assert (answer.status_code, answer.json()["request_id"]) == (500, "broken-1")
    assert "planted" not in answer.text
    deadline = time.monotonic() + 20
    while not (found := [line for line in faulty.output.splitlines() if "broken-1" in line and "ZeroDivision" in line]):
        assert time.monotonic() < deadline, faulty.output
    line = json.loads(found[0])
    assert (line["severity_text"], line["body"], line["url.path"]) == ("ERROR", "request failed", "/fault")


def metrics(text: str) -> dict[str, float]:
    """Samples by name and labels; every line is one, or a comment."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            assert SAMPLE.fullmatch(line), line
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def test_metrics_count_what_was_answered(environment: dict[str, str]) -> None:
    with Server(environment) as server:
        for _ in range(3):
            page = server.client.get("/v1/actors?limit=2", headers={"Accept-Encoding": "identity"})
        server.client.request("PROPFIND", "/v1/actors")
        server.client.get("/nothing/here")
        answer = server.client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert answer.headers["cache-control"] == "no-store"
        found = metrics(answer.text)
        snapshot = server.client.get("/readyz").json()["snapshot"]
    assert found['sic_requests_total{method="GET",route="/v1/actors",status="200"}'] == 3
    assert found['sic_requests_total{method="other",route="(none)",status="405"}'] == 1
    assert found['sic_requests_total{method="GET",route="(none)",status="404"}'] == 1
    for name in ("first_byte", "response"):
        for remembered, number in (("true", 2), ("false", 1)):
            labels = f'remembered="{remembered}",route="/v1/actors"'
            assert found[f"sic_{name}_seconds_count{{{labels}}}"] == number
            assert found[f'sic_{name}_seconds_bucket{{le="+Inf",{labels}}}'] == number
    assert found['sic_response_bytes_total{route="/v1/actors"}'] == 3 * len(page.content)
    assert found[f'sic_snapshot_info{{snapshot="{snapshot}"}}'] == 1
    assert found["sic_ready"] == 1
    file = Path(environment["SIC_DATABASE_URL"].removeprefix("sqlite:///"))
    assert found["sic_snapshot_published_timestamp_seconds"] == pytest.approx(file.stat().st_mtime, abs=1)
    assert found["sic_database_connections_max"] == 8
    assert found["process_resident_memory_bytes"] > 10_000_000
    assert any(name.startswith("sic_build_info{") for name in found)


def test_metrics_may_have_a_port_of_their_own(environment: dict[str, str]) -> None:
    port = free_port()
    with Server(environment | {"SIC_METRICS_PORT": str(port)}) as server:
        assert server.client.get("/metrics").status_code == 404
        own = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
        assert metrics(own.text)["sic_ready"] == 1
        assert httpx.get(f"http://127.0.0.1:{port}/v1", trust_env=False).status_code == 404


def test_fastapi_traces_a_request(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The spans that an operator's exporter gets: named by route, under the caller's trace."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    edge = create_app(Settings(access_log="off"))
    trace.set_tracer_provider(provider)
    caller = "0af7651916cd43dd8448eb211c80319c"

    async def ask() -> int:
        edge.serving.refresh()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://test") as client:
            headers = {"traceparent": f"00-{caller}-b7ad6b7169203331-01"}
            return (await client.get("/v1/claims/none", headers=headers)).status_code

    assert anyio.run(ask) == 404
    edge.serving.close()
    spans = exporter.get_finished_spans()
    [whole] = [span for span in spans if span.name == "GET /v1/claims/{id}"]
    assert whole.context is not None
    assert f"{whole.context.trace_id:032x}" == caller
    assert (whole.attributes or {})["http.response.status_code"] == 404


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SIC_DATABASE_URL", "mysql://root:hunter2@h/db", "postgresql://"),
        ("SIC_DATABASE_URL", "postgresql://u:hunter2@h:nonsense/db?sslmod=x", "libpq does not understand"),
        ("SIC_ROOT_PATH", "sic/", "begins with '/'"),
        ("SIC_PUBLIC_URL", "sic.example", "https://"),
        ("SIC_ACCESS_LOG", "yes", "'on' or 'off'"),
        ("SIC_MAX_CONCURRENCY", "0", "greater than or equal to 1"),
        ("SIC_THREADS", "many", "integer"),
        ("SIC_METRICS_PORT", "99999", "65535"),
    ],
)
def test_a_setting_that_is_wrong_stops_the_start_with_one_line(name: str, value: str, told: str) -> None:
    done = sic("serve", "--port", "0", env={name: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"sic: set {name}: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hunter2" not in done.stderr


def test_a_setting_that_is_unknown_is_named_with_the_nearest(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sic.db'}"
    done = sic("migrate", env={"SIC_DATABASE_URL": url, "SIC_TREADS": "4"})
    assert done.returncode == 0
    assert done.stderr == "sic: SIC_TREADS is not a setting; did you mean SIC_THREADS?\n"


def test_a_port_that_is_taken_stops_the_start(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = sic("serve", "--port", port, env=environment)
        assert done.returncode != 0
        assert "address already in use" in done.stderr
        done = sic("serve", "--port", "0", env=environment | {"SIC_METRICS_PORT": port})
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("sic: ")
        assert "SIC_METRICS_PORT" in done.stderr


def test_metrics_follow_the_rules_of_prometheus(environment: dict[str, str]) -> None:
    """Names, units and HELP, by promtool of Debian's package prometheus."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    with Server(environment) as server:
        for path in ("/v1/claims", "/v1/claims", "/v1/claims.csv", "/nowhere", "/v1/claims?limt=1"):
            server.client.get(path)
        text = server.client.get("/metrics").text
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_every_metric_has_help_and_is_in_the_docs(environment: dict[str, str]) -> None:
    with Server(environment) as server:
        text = server.client.get("/metrics").text
    documented = (ROOT / "docs" / "operating.md").read_text()
    names = re.findall(r"^# TYPE (\S+) ", text, re.M)
    assert len(names) > 25
    for name in names:
        assert re.search(rf"^# HELP {name} \S", text, re.M), name
        assert name in documented or name.startswith("process_"), name


@pytest.mark.parametrize("stdout", [">/dev/full", ">&-", "| sleep 0.1"], ids=["full", "closed", "nobody reads"])
def test_an_access_log_that_cannot_be_written_costs_one_warning(stdout: str, environment: dict[str, str]) -> None:
    """And no answer, no time and no traceback."""
    port = free_port()
    command = f"exec {sys.executable} -m api serve --port {port} {stdout}"
    if stdout.startswith("|"):
        command = f"{sys.executable} -m api serve --port {port} {stdout}"
    process = subprocess.Popen(
        ["sh", "-c", command],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        within(20, lambda: ready(url))
        for _ in range(4):
            for _ in range(20):
                assert httpx.get(url + "/v1/claims", trust_env=False).status_code == 200
            time.sleep(0.3)
        within(20, lambda: lost_lines(url) >= 60)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=15)
    logged = [json.loads(line) for line in errors.decode().splitlines()]
    [warning] = [line for line in logged if line["severity_text"] in ("WARNING", "ERROR")]
    assert "access log" in warning["body"]


def lost_lines(url: str) -> float:
    return metrics(httpx.get(url + "/metrics", trust_env=False).text)["sic_access_log_lost_lines_total"]


def ready(url: str) -> bool:
    try:
        return httpx.get(url + "/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_a_reader_of_the_log_that_sleeps_stops_nobody(environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=writing,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        url = f"http://127.0.0.1:{port}"
        within(20, lambda: ready(url))
        with httpx.Client(base_url=url, trust_env=False) as client:
            for _ in range(600):  # more than a pipe holds
                assert client.get(f"/v1/claims?limit=1&q={'y' * 300}", timeout=10).status_code == 200
    finally:
        process.kill()
        process.wait()
        os.close(reading)
