"""deploy/prometheus and deploy/grafana: rules are unit-tested, and a real Prometheus has every panel."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.server import ROOT, Server, free_port
from tests.under_load import Load, within

PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text())
EXPRESSIONS = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
METRIC = re.compile(r"\b(?:sic|process)_\w+")


def promtool(*arguments: str, cwd: Path = PROMETHEUS, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], cwd=cwd, input=given, capture_output=True, text=True, check=False)


def test_the_settings_and_rules_are_what_prometheus_takes() -> None:
    done = promtool("check", "config", "prometheus.yml")
    assert done.returncode == 0, done.stderr


def test_each_alert_fires_and_stays_silent_when_it_should() -> None:
    done = promtool("test", "rules", "alerts.test.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    tests = yaml.safe_load((PROMETHEUS / "alerts.test.yml").read_text())["tests"]
    names = [rule["alert"] for rule in RULES]
    assert [test["name"] for test in tests] == [
        f"{name} {what}" for name in names for what in ("fires", "stays silent")
    ]


def test_an_alert_that_never_fires_would_be_noticed(tmp_path: Path) -> None:
    """And one that always does."""
    text = (PROMETHEUS / "alerts.yml").read_text()
    (tmp_path / "alerts.test.yml").write_text((PROMETHEUS / "alerts.test.yml").read_text())
    for old, new in (("sic_behind == 1", "sic_behind == 2"), ("sic_ready == 0", "sic_ready >= 0")):
        (tmp_path / "alerts.yml").write_text(text.replace(old, new))
        assert promtool("test", "rules", "alerts.test.yml", cwd=tmp_path).returncode == 1


def test_operators_can_read_what_to_do_about_each_alert() -> None:
    text = (ROOT / "docs" / "operating.md").read_text()
    for rule in RULES:
        assert f"`{rule['alert']}`" in text
        document, _, heading = rule["annotations"]["runbook"].partition("#")
        assert (ROOT / document).read_text().lower().count(f"\n## {heading}\n") == 1


class Monitored:
    def __init__(self, server: Server, metrics: str, url: str) -> None:
        self.server, self.metrics = server, metrics
        self.client = httpx.Client(base_url=url, trust_env=False)

    def ask(self, expression: str) -> list[Any]:
        answer = self.client.get("/api/v1/query", params={"query": expression}).json()
        assert answer["status"] == "success", answer
        found: list[Any] = answer["data"]["result"]
        return found

    def scrapes(self) -> int:
        """That were answered."""
        try:
            found = self.ask("count_over_time(sic_ready[5m])")
        except (httpx.TransportError, ValueError):  # it starts
            return 0
        return int(found[0]["value"][1]) if found else 0


@pytest.fixture(scope="module")
def monitored(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitored]:
    """Two workers under a mixed load, with refusals, 503s and clients that leave, and a Prometheus that looks at them
    every second, with the files of deploy/."""
    folder = tmp_path_factory.mktemp("prometheus")
    port, own = free_port(), free_port()
    settings = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    settings["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    settings["rule_files"] = [str(PROMETHEUS / "alerts.yml")]
    settings["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{port}"]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    env = environment | {"SIC_WORKERS": "2", "SIC_METRICS_PORT": str(port), "SIC_MAX_CONCURRENCY": "2"}
    command = [
        "prometheus",
        "--config.file",
        str(folder / "prometheus.yml"),
        "--storage.tsdb.path",
        str(folder / "data"),
    ]
    command += ["--web.listen-address", f"127.0.0.1:{own}", "--log.level", "warn"]
    with Server(env) as server, (folder / "log").open("wb") as log:
        monitored = Monitored(server, f"http://127.0.0.1:{port}/metrics", f"http://127.0.0.1:{own}")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            within(30, lambda: monitored.scrapes() >= 2)
            with Load([server], threads=8, pause=0.01, path="/v1/claims?include=actors,places&"):
                enough = monitored.scrapes() + 6
                deadline = time.monotonic() + 30
                while monitored.scrapes() < enough and time.monotonic() < deadline:
                    for path in ("/v1/places", "/v1/claims?q=the&facets=type", "/v1/claims.csv", "/nowhere"):
                        server.client.get(path)
                    for spoken in (b"nonsense\r\n\r\n", b"GET /v1/claims.jsonl HTTP/1.1\r\nHost: x\r\n\r\n"):
                        with socket.create_connection(("127.0.0.1", server.port)) as client:
                            client.sendall(spoken)
                    time.sleep(0.1)
            yield monitored
        finally:
            monitored.client.close()
            process.terminate()
            process.wait(20)


def test_promtool_finds_nothing_in_the_metrics(monitored: Monitored) -> None:
    text = httpx.get(monitored.metrics, trust_env=False).text
    done = promtool("check", "metrics", given=text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert 'sic_unavailable_total{reason="places"}' in text
    assert 'sic_refused_total{reason="not-http"}' in text


def test_there_are_panels_for_every_metric(monitored: Monitored) -> None:
    """And none for a metric that does not exist."""
    text = httpx.get(monitored.metrics, trust_env=False).text
    families = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    asked = {
        re.sub(r"_(bucket|sum|count)$", "", name)
        for _, expression in EXPRESSIONS
        for name in METRIC.findall(expression)
    }
    assert asked <= families
    left_out = {"process_virtual_memory_bytes", "sic_remembered_answers"}
    assert families - asked == left_out


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS, ids=[title for title, _ in EXPRESSIONS])
def test_each_panel_shows_something(title: str, expression: str, monitored: Monitored) -> None:
    values = {"$__rate_interval": "1m", "$job": "sic", "$instance": ".*"}
    for variable, value in values.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression
    series = monitored.ask(expression)
    assert series, title
    assert any(value["value"][1] != "NaN" for value in series), series


def test_rules_are_evaluated_without_an_error(monitored: Monitored) -> None:
    def rules() -> list[Any]:
        [group] = monitored.client.get("/api/v1/rules").json()["data"]["groups"]
        found: list[Any] = group["rules"]
        return found

    within(10, lambda: all(rule["health"] == "ok" for rule in rules()))
    assert [rule["name"] for rule in rules()] == [rule["alert"] for rule in RULES]
    firing = {rule["name"] for rule in rules() if rule["state"] == "firing"}
    assert not firing, firing
