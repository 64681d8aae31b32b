"""Building and running the image without a Docker engine: debootstrap, buildah, podman and runc, as root."""

import os
import ssl
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.server import ROOT

BASE = "localhost/sic-test-base:bookworm"
IMAGE = "localhost/sic-test:latest"
PODMAN = ("podman", "--storage-driver", "overlay", "--cgroup-manager", "cgroupfs", "--runtime", "runc")
HARDENED = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"),
)
ENVIRONMENT = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}


def run(*command: str | Path, patience: float = 600, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(word) for word in command],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=patience,
        check=False,
    )
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def podman(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return run(*PODMAN, *arguments, check=check)


def make_base() -> None:
    """A small Debian with Python, kept in podman's storage. It takes this machine's certificates and pip settings:
    they decide where packages come from, and never enter the repository."""
    if podman("image", "exists", BASE, check=False).returncode == 0:
        return
    with tempfile.TemporaryDirectory(prefix="sic-base-") as folder:
        root = Path(folder)
        packages = "--include=python3,python3-venv,python3-pip,ca-certificates"
        run("debootstrap", "--variant=minbase", packages, "bookworm", root)
        if authorities := ssl.get_default_verify_paths().cafile:
            (root / "etc/ssl/certs/ca-certificates.crt").write_bytes(Path(authorities).read_bytes())
        if (settings := Path("/etc/pip.conf")).exists():
            (root / "etc/pip.conf").write_bytes(settings.read_bytes())
        with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as archive:
            subprocess.run(
                [*PODMAN, "import", "-", BASE], stdin=archive.stdout, env=ENVIRONMENT, check=True, capture_output=True
            )


def build() -> None:
    make_base()
    run(
        *("buildah", "--storage-driver", "overlay", "bud", "--layers", "--isolation", "chroot", "--format", "docker"),
        *("--build-arg", f"BASE={BASE}", "--tag", IMAGE, ROOT),
    )


class Container:
    """`with Container("none") as c`: the image running hardened on that network, removed at the end."""

    def __init__(self, network: str, command: Sequence[str] = ()) -> None:
        self.network, self.command = network, command
        self.name = f"sic-test-{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> Self:
        podman("run", "--detach", "--name", self.name, *HARDENED, "--network", self.network, IMAGE, *self.command)
        return self

    def python(self, program: str, check: bool = True) -> str:
        """What the program prints, run by the image's own Python inside the container."""
        return podman("exec", self.name, "python", "-c", program, check=check).stdout

    def healthy(self) -> bool:
        return podman("healthcheck", "run", self.name, check=False).returncode == 0

    def wait_healthy(self, patience: float = 20) -> None:
        deadline = time.monotonic() + patience
        while not self.healthy():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the container did not get healthy:\n{self.logs}")
            time.sleep(0.2)

    @property
    def logs(self) -> str:
        done = podman("logs", self.name, check=False)
        return done.stdout + done.stderr

    @property
    def exit_code(self) -> int:
        return int(podman("wait", self.name).stdout)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        podman("rm", "--force", "--time", "0", self.name, check=False)
