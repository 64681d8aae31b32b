"""Generations as files: the database's path names one finished file, which is never written again."""

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, Table, create_engine

from api.search.store import sync
from seed import schema
from seed.faults import Unusable
from seed.generations import Dialect, Next, sorting_in
from seed.indexing import Opener
from seed.stage import quoted
from seed.staged import names


class SqliteStore:
    dialect: Dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        if str(path) in ("", ":memory:"):
            raise Unusable("content in memory would be lost; set SIC_DATABASE_URL to sqlite:///a/file.db")
        self.path = path.resolve()
        self._next = self.path.with_name(self.path.name + ".next")
        self._earlier = self.path.with_name(self.path.name + ".previous")
        self._scratch = self.path.with_name(self.path.name + ".stage")

    @contextmanager
    def locked(self, waiting: Callable[[], None], clear: bool = True) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(self.path.name + ".lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            if clear:
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

    def opener(self) -> Opener | None:
        return partial(_reading, self.path) if self.path.exists() and self.path.stat().st_size else None

    def earlier(self) -> Opener | None:
        return partial(_reading, self._earlier) if self._earlier.exists() else None

    def publish_earlier(self) -> None:
        published = self._next.with_suffix(".now")
        published.unlink(missing_ok=True)
        published.hardlink_to(self.path)
        self._earlier.replace(self.path)
        published.replace(self._earlier)
        sync(self.path.parent)

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        with closing(_immutable(self.path)) as connection:
            yield from connection.execute(query)

    @contextmanager
    def next(self) -> Iterator[Next]:
        try:
            building = _NextFile(self._next, self.path, self._earlier)
            schema.upgrade(building.connection)
            building.strip()
            yield building
        finally:
            self._clear()

    @contextmanager
    def copy(self) -> Iterator[Next]:
        try:
            shutil.copyfile(self.path, self._next)
            yield _NextFile(self._next, self.path, self._earlier)
        finally:
            self._clear()


class _NextFile:
    def __init__(self, path: Path, published: Path, earlier: Path) -> None:
        self._path = path
        self._published = published
        self._earlier = earlier
        self._indexes: list[str] = []
        self.connection = _opened(path)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "threads = 3"):
            self.connection.exec_driver_sql(f"PRAGMA {pragma}")
        self.connection.commit()

    def strip(self) -> None:
        """Indexes cost less when they are made at the end; what makes them is kept as the migrations wrote it."""
        indexes = self.connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        for name, ddl in indexes.all():
            self.connection.exec_driver_sql(f'DROP INDEX "{name}"')
            self._indexes.append(ddl)
        self.connection.commit()

    def fill(self, merged: sqlite3.Connection, table: Table, select: str) -> None:
        if not any(row[1] == "target" for row in merged.execute("PRAGMA database_list")):
            merged.execute("ATTACH ? AS target", (str(self._path),))
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
                merged.execute(f"PRAGMA target.{pragma}")
        merged.execute(f'INSERT INTO target."{table.name}" ({quoted(names(table))}) {select}')

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
        sync(self._path)
        self._keep_published()
        self._path.replace(self._published)
        sync(self._published.parent)

    def _keep_published(self) -> None:
        """Another name for the same file, so that it can be published again; not every file system has that."""
        self._earlier.unlink(missing_ok=True)
        with suppress(OSError):
            self._earlier.hardlink_to(self._published)


def _immutable(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


def _reading(path: Path) -> Connection:
    return create_engine("sqlite://", creator=partial(_immutable, path), poolclass=NullPool).connect()


def _opened(path: Path) -> Connection:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool).connect()
