"""compose.yaml started for real: what it says is what runs, and goes on when parts of it are started again."""

import json
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.container.compose import Composed, build_stand_ins
from tests.container.podman import ENVIRONMENT, build, podman
from tests.server import ROOT
from tests.under_load import within


@pytest.fixture(scope="module")
def deployment() -> Iterator[Composed]:
    build()
    build_stand_ins()
    with Composed() as deployment:
        within(30, lambda: ready(deployment))
        yield deployment


def ready(deployment: Composed) -> bool:
    time.sleep(PAUSE)
    try:
        return deployment.client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


PAUSE = 0.05  # seconds between questions: the proxy lets one client ask a hundred times a second
asked = iter(range(1_000_000))


def computed(deployment: Composed) -> int:
    """The status of a question that nobody asked before."""
    return deployment.client.get(f"/v1/claims?limit=3&offset={next(asked)}").status_code


def served_by(deployment: Composed, service: str) -> bool:
    """Whether the proxy leads a question to that process."""
    time.sleep(PAUSE)
    question = f"limit=3&offset={next(asked)}"
    deployment.client.get(f"/v1/claims?{question}")
    return f'"{question}"' in podman("logs", deployment.container(service)).stdout


def test_haproxy_takes_its_settings() -> None:
    """Also where the names of the processes are not known yet."""
    haproxy = shutil.which("haproxy", path=ENVIRONMENT["PATH"])
    assert haproxy is not None
    done = subprocess.run(
        [haproxy, "-c", "-f", ROOT / "deploy" / "haproxy.cfg"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "[WARNING]" in line]
    assert all("could not resolve address 'api-" in line for line in warnings), warnings


def test_the_article_is_answered_through_the_proxy(deployment: Composed) -> None:
    assert deployment.client.get("/v1").json()["data"]["counts"]["documents"] == 1
    assert computed(deployment) == 200
    assert deployment.client.get("/metrics").status_code == 404


def test_what_faces_the_outside_runs_without_privileges(deployment: Composed) -> None:
    for service in ("api-1", "api-2", "proxy"):
        [told] = json.loads(podman("inspect", deployment.container(service)).stdout)
        status = podman("exec", deployment.container(service), "cat", "/proc/1/status").stdout
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert told["HostConfig"]["ReadonlyRootfs"] is True
        assert "0" not in fields["Uid"].split()
        assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0
        assert fields["NoNewPrivs"].strip() == "1"


def test_the_standby_is_what_is_read(deployment: Composed) -> None:
    readers = "SELECT pg_is_in_recovery(), count(*) > 0 FROM pg_stat_activity WHERE usename = 'sic_reader'"
    assert deployment.sql("standby", readers) == "t|t"
    assert deployment.sql("primary", "SELECT state FROM pg_stat_replication") == "streaming"


def test_changed_content_reaches_every_process(deployment: Composed) -> None:
    def snapshots() -> set[str]:
        time.sleep(6 * PAUSE)
        return {deployment.client.get("/readyz").json()["snapshot"] for _ in range(6)}

    [before] = snapshots()
    deployment.compose("run", "--rm", "--entrypoint", "python -m api unload karabakh", "load")
    took = within(30, lambda: before not in snapshots())
    print(f"compose, new content: everywhere {took:.1f} s after the load returned")
    deployment.compose("run", "--rm", "load")
    within(30, lambda: snapshots() == {before})


def test_reading_goes_on_without_the_primary(deployment: Composed) -> None:
    deployment.compose("stop", "primary")
    answers = Counter(computed(deployment) for _ in range(50))
    print(f"compose, primary stopped: {dict(answers)}")
    assert set(answers) == {200}
    deployment.compose("start", "primary")
    streaming = "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"
    took = within(150, lambda: deployment.sql("standby", streaming) == "1")
    print(f"compose, primary started again: followed after {took:.1f} s")


def test_a_process_that_is_started_again_is_found_at_its_new_address(deployment: Composed) -> None:
    before = deployment.address("api-1")
    deployment.compose("stop", "api-1")
    assert computed(deployment) == 200
    deployment.compose("start", "api-1")
    assert deployment.address("api-1") != before
    took = within(30, lambda: served_by(deployment, "api-1"))
    print(f"compose, api-1 started again: asked {took:.1f} s later")


def test_one_client_takes_no_more_than_its_share(deployment: Composed) -> None:
    """A hundred requests a second over ten seconds, of which several clients may take their part; then 429."""
    crowd = [socket.create_connection(("127.0.0.1", deployment.port), timeout=10) for _ in range(30)]
    try:
        assert deployment.client.get("/livez").status_code == 200
    finally:
        for client in crowd:
            client.close()
    answer = next(answer for _ in range(5000) if (answer := deployment.client.get("/livez")).status_code == 429)
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/problem+json"
    time.sleep(11)
    assert deployment.client.get("/livez").status_code == 200


def test_processes_see_the_client_and_not_the_proxy(deployment: Composed) -> None:
    """The address is that of the proxy's neighbour, whatever the client wrote."""
    question = f"limit=3&offset={next(asked)}"
    deployment.client.get(f"/v1/claims?{question}", headers={"X-Forwarded-For": "198.51.100.9"})

    def logged() -> list[str]:
        written = "".join(podman("logs", deployment.container(service)).stdout for service in ("api-1", "api-2"))
        return [line for line in written.splitlines() if f'"url.query":"{question}"' in line]

    within(5, lambda: len(logged()) == 1)
    client = json.loads(logged()[0])["client.address"]
    assert client not in {"198.51.100.9", deployment.address("proxy")}
