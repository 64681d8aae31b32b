"""deploy/kubernetes and deploy/sic.service: valid, and saying what the service and its image say."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from api.server.process import FINISHING_SECONDS
from api.settings import Settings, unknown_settings
from tests.server import ROOT

MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
VERSIONS = ("1.27", "1.31", kubernetes_validate.latest_version())
UNIT = ROOT / "deploy" / "sic.service"
SCORE = 1.1  # of 10, where 0 is a service that can do nothing; docs/operating.md says it


def manifest(name: str) -> Any:
    return yaml.safe_load((ROOT / "deploy" / "kubernetes" / f"{name}.yaml").read_text())


def pod(name: str) -> Any:
    return manifest(name)["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_manifests_are_what_kubernetes_takes(path: Path, version: str) -> None:
    kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)


def test_a_misspelt_probe_would_be_refused() -> None:
    deployment = manifest("deployment")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    container["livenesProbe"] = container.pop("livenessProbe")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, VERSIONS[-1], strict=True)


def test_settings_are_those_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    [load] = pod("load-job")["containers"]
    for values in (manifest("configmap")["data"], {each["name"]: each.get("value", "") for each in load["env"]}):
        assert not list(unknown_settings(values))
        for name, value in values.items():
            monkeypatch.setenv(name, value)
    Settings()


@pytest.mark.parametrize("name", ["deployment", "load-job"])
def test_pods_have_no_rights_and_a_read_only_root(name: str) -> None:
    spec = pod(name)
    [container] = spec["containers"]
    [user] = re.findall(r"^USER (\d+):\d+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == int(user)
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"].keys() == {"requests", "limits"}
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}


def test_the_image_is_that_of_this_release() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for name in ("deployment", "load-job"):
        [container] = pod(name)["containers"]
        assert container["image"] == f"sic:{version}"


def test_a_pod_is_given_the_time_that_it_takes_to_end() -> None:
    spec = pod("deployment")
    [container] = spec["containers"]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    drain = float(manifest("configmap")["data"]["SIC_DRAIN_SECONDS"])
    readiness = container["readinessProbe"]
    assert spec["terminationGracePeriodSeconds"] > pause + drain + FINISHING_SECONDS
    assert drain > readiness["periodSeconds"] * readiness["failureThreshold"]


def test_services_and_budgets_select_the_pods_that_answer() -> None:
    labels = manifest("deployment")["spec"]["template"]["metadata"]["labels"]
    [container] = pod("deployment")["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for selector in (
        manifest("deployment")["spec"]["selector"]["matchLabels"],
        manifest("service")["spec"]["selector"],
        manifest("poddisruptionbudget")["spec"]["selector"]["matchLabels"],
    ):
        assert selector == labels
        assert selector.items() - manifest("load-job")["spec"]["template"]["metadata"]["labels"].items()
    assert [port["targetPort"] for port in manifest("service")["spec"]["ports"]] == ["http"]
    assert container["args"][-1] == str(ports["http"])
    assert manifest("configmap")["data"]["SIC_METRICS_PORT"] == str(ports["metrics"])
    assert manifest("poddisruptionbudget")["spec"]["minAvailable"] < manifest("deployment")["spec"]["replicas"]


def test_secrets_are_named_as_they_are_asked_for() -> None:
    held = manifest("secret.example")["stringData"].keys()
    for name in ("deployment", "load-job"):
        [container] = pod(name)["containers"]
        asked = [each["valueFrom"]["secretKeyRef"] for each in container["env"] if "valueFrom" in each]
        assert {each["key"] for each in asked} <= held
        assert {each["name"] for each in asked} == {manifest("secret.example")["metadata"]["name"]}


def test_the_unit_is_as_closed_as_the_docs_say() -> None:
    command = [
        "systemd-analyze",
        "security",
        "--offline=true",
        "--no-pager",
        f"--threshold={SCORE * 10:.0f}",
        str(UNIT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    [score] = re.findall(r"Overall exposure level for sic.service: ([\d.]+)", done.stdout)
    assert done.returncode == 0, done.stdout
    assert float(score) <= SCORE
    assert f"exposure level of {score}" in (ROOT / "docs" / "operating.md").read_text()


def test_systemd_knows_every_word_of_the_unit(tmp_path: Path) -> None:
    """A misspelt setting would be a warning in a log, and no protection."""
    copy = tmp_path / "sic.service"
    copy.write_text(re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", UNIT.read_text()))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "sic.service" in line] == []
    copy.write_text(copy.read_text().replace("ProtectHome=", "ProtectHouse="))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert "ProtectHouse" in done.stderr


def test_the_unit_waits_as_long_as_a_process_may_take() -> None:
    [timeout] = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert int(timeout) > FINISHING_SECONDS + 10
