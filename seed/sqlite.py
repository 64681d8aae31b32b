"""Generations as files: the database's path names one finished file, which is never written again."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine

from seed import schema
from seed.apart import Opener
from seed.faults import Unusable
from seed.generations import Current, Next, current_of, sorting_in
from seed.stage import quoted


class SqliteStore:
    collected = "json_group_array"

    def __init__(self, path: Path) -> None:
        if str(path) in ("", ":memory:"):
            raise Unusable("content in memory would be lost; set SIC_DATABASE_URL to sqlite:///a/file.db")
        self.path = path.resolve()
        self._next = self.path.with_name(self.path.name + ".next")
        self._scratch = self.path.with_name(self.path.name + ".stage")

    @contextmanager
    def locked(self, waiting: Callable[[], None]) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(self.path.name + ".lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._clear()
            yield

    def _clear(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        for ending in ("", "-journal", "-wal", "-shm"):
            Path(f"{self._next}{ending}").unlink(missing_ok=True)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        self._scratch.mkdir(exist_ok=True)
        try:
            with sorting_in(self._scratch):
                yield self._scratch
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _read(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True)

    def current(self) -> Current | None:
        if not self.path.exists() or self.path.stat().st_size == 0:
            return None
        engine = create_engine("sqlite://", creator=self._read, poolclass=NullPool)
        with engine.connect() as connection:
            return current_of(connection)

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        connection = self._read()
        try:
            yield from connection.execute(query)
        finally:
            connection.close()

    @contextmanager
    def next(self) -> Iterator[Next]:
        try:
            building = _NextFile(self._next, self.path)
            schema.upgrade(building.connection)
            building.strip()
            yield building
        finally:
            self._clear()

    @contextmanager
    def copy(self) -> Iterator[Next]:
        try:
            shutil.copyfile(self.path, self._next)
            yield _NextFile(self._next, self.path)
        finally:
            self._clear()


class _NextFile:
    def __init__(self, path: Path, published: Path) -> None:
        self._path = path
        self._published = published
        self._indexes: list[str] = []
        self.connection = _opened(path)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "threads = 3"):
            self.connection.exec_driver_sql(f"PRAGMA {pragma}")
        self.connection.commit()

    def strip(self) -> None:
        """Indexes cost less when they are made at the end; what makes them is kept as the migrations wrote it."""
        found = self.connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        for name, ddl in found.all():
            self.connection.exec_driver_sql(f'DROP INDEX "{name}"')
            self._indexes.append(ddl)
        self.connection.commit()

    def fill(self, merged: sqlite3.Connection, table: str, columns: list[str], select: str) -> None:
        if not any(row[1] == "target" for row in merged.execute("PRAGMA database_list")):
            merged.execute("ATTACH ? AS target", (str(self._path),))
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
                merged.execute(f"PRAGMA target.{pragma}")
        merged.execute(f'INSERT INTO target."{table}" ({quoted(tuple(columns))}) {select}')

    def complete(self, index_text: Callable[[Opener], None]) -> None:
        self.connection.exec_driver_sql("PRAGMA journal_mode = WAL")  # or who reads would wait for who writes
        self.connection.commit()
        with ThreadPoolExecutor(1) as beside:
            indexed = beside.submit(index_text, partial(_opened, self._path))
            for ddl in self._indexes:
                self.connection.exec_driver_sql(ddl)
            self.connection.commit()
            broken = self.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
            if broken:
                raise AssertionError(f"references that lead nowhere: {broken}")
            self.connection.exec_driver_sql("PRAGMA analysis_limit = 2000")
            self.connection.exec_driver_sql("ANALYZE")
            self.connection.commit()
            indexed.result()

    def publish(self) -> None:
        self.connection.close()
        finished = sqlite3.connect(self._path)
        finished.execute("PRAGMA journal_mode = DELETE")
        finished.close()
        _sync(self._path)
        self._path.replace(self._published)
        _sync(self._published.parent)


def _opened(path: Path) -> Connection:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool).connect()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
