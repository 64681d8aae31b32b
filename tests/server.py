"""Real servers for tests: the command line, started as a process of its own on a free loopback port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "seed" / "karabakh"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def sic(
    *arguments: str | Path, env: Mapping[str, str] | None = None, root: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run one `sic` command to its end, of the code at `root`."""
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        cwd=root,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )


def filled(env: dict[str, str], *packages: Path) -> dict[str, str]:
    """The same environment, its database migrated and loaded."""
    for done in (sic("migrate", env=env), sic("load", *(packages or (PACKAGE,)), env=env)):
        assert done.returncode == 0, done.stderr
    return env


def loaded(folder: Path, *packages: Path) -> dict[str, str]:
    """Environment of a server on a new SQLite database in `folder`, migrated and loaded."""
    return filled({"SIC_DATABASE_URL": f"sqlite:///{folder / 'sic.db'}"}, *packages)


class Server:
    """`with Server(env) as server`: serving once the body runs (`server.url`, `server.client`), ended with it.

    `module` is run as `python -m module serve --host … --port …`, of the code at `root`, by the command `under`.
    Raises RuntimeError with what the process wrote when it does not get ready in `patience` seconds.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        module: str = "api",
        port: int | None = None,
        ready: str = "/readyz",
        patience: float = 60,
        root: Path = ROOT,
        under: Sequence[str] = (),
    ) -> None:
        self.env, self.module, self.ready, self.patience = dict(env), module, ready, patience
        self.root, self.under = root, under
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe nobody reads would stop the server

    @property
    def output(self) -> str:
        """All whole lines that the process wrote so far, both streams."""
        file = self._output.fileno()  # the process writes at the offset of this file, so it must not be moved
        written = os.pread(file, os.fstat(file).st_size, 0)
        return written[: written.rfind(b"\n") + 1].decode(errors="replace")

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [*self.under, sys.executable, "-m", self.module, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
            cwd=self.root,
            env=os.environ | self.env,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        deadline = time.monotonic() + self.patience
        while True:
            try:
                if self.client.get(self.ready).status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                output = self.output
                self._output.close()
                raise RuntimeError(f"the server did not get ready (exit {self.process.returncode}):\n{output}")
            time.sleep(0.02)

    def stop(self, sent: signal.Signals = signal.SIGTERM, patience: float = 15) -> int:
        """Send a signal, wait, and give the exit code; killed when it outlives `patience` seconds."""
        assert self.process is not None
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(sent)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._output.close()


def refused(response: httpx.Response, slug: str | None = None, status: int = 422) -> list[dict[str, Any]]:
    """The errors of a problem."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    if slug is not None:
        assert problem["type"] == f"/problems/{slug}"
    errors: list[dict[str, Any]] = problem.get("errors", [])
    assert all(list(error) == ["parameter", "detail", "allowed", "did_you_mean"] for error in errors)
    assert all(error["allowed"] is None or isinstance(error["allowed"], list) for error in errors)
    return errors
