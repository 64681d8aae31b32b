"""What package-lock.json names, for tests that need programs of npm's world."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def node(*command: str | Path, stdin: bytes = b"", **environment: str) -> str:
    env = os.environ | environment
    done = subprocess.run(command, cwd=HERE, env=env, input=stdin, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def install() -> Path:
    """The folder of the packages, installed once for each state of the lock."""
    folder = HERE / "node_modules"
    lock, stamp = HERE / "package-lock.json", folder / "package-lock.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        node("npm", "ci", "--silent")
        shutil.copy(lock, stamp)
    return folder
