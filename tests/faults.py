"""What the tests of faults share."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server import Server

NOT_NOTICED = "not noticed"


def readiness(server: Server) -> tuple[int, dict[str, str]]:
    answer = server.client.get("/readyz")
    return answer.status_code, answer.json()["down"]


def refused_for_now(server: Server, path: str) -> bool:
    answer = server.client.get(path)
    return answer.status_code == 503 and answer.headers["retry-after"].isdigit()


def file_of(env: dict[str, str]) -> Path:
    return Path(env["SIC_DATABASE_URL"].removeprefix("sqlite:///"))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "sic-test", folder], check=False)
    if mounted.returncode:
        pytest.skip("a file system of its own can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
