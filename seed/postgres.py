"""Generations as schemas, sic_g1, sic_g2 …: the table sic.generation says which are published."""

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, NullPool, Table, create_engine

from api.model import metadata
from seed import schema
from seed.faults import Unusable
from seed.generations import KEEP_SECONDS, Dialect, Next, sorting_in
from seed.indexing import Opener
from seed.staged import names

PUBLISHED = """
SELECT 'sic_g' || number FROM sic.generation
WHERE published_at IS NOT NULL AND to_regnamespace('sic_g' || number) IS NOT NULL ORDER BY number DESC LIMIT 2
"""


class PostgresStore:
    dialect: Dialect = "postgresql"

    def __init__(self, url: str, reader_role: str | None) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._reader = reader_role

    def _connect(self) -> psycopg.Connection[Any]:
        return _connected(self._url)

    @contextmanager
    def locked(self, waiting: Callable[[], None], clear: bool = True) -> Iterator[None]:
        key = int.from_bytes(hashlib.sha256(b"sic load").digest()[:8], "big", signed=True)
        with self._connect() as lock:
            lock.autocommit = True
            if (encoding := lock.info.parameter_status("server_encoding")) != "UTF8":
                raise Unusable(f"the database is in {encoding}, where offsets are not code points; make one in UTF8")
            row = lock.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
            if not (row and row[0]):
                waiting()
                lock.execute("SELECT pg_advisory_lock(%s)", (key,))
            schema.control_table(lock.execute)
            if clear:
                self._clear(lock)
            yield

    def _clear(self, connection: psycopg.Connection[Any]) -> None:
        """Drops what was never published, and what was superseded so long ago that nobody reads it."""
        stale = connection.execute(
            "SELECT number FROM sic.generation g WHERE published_at IS NULL OR EXISTS (SELECT FROM sic.generation later"
            " WHERE later.number > g.number AND later.published_at < now() - make_interval(secs => %s))",
            (KEEP_SECONDS,),
        ).fetchall()
        for (number,) in stale:
            with suppress(psycopg.errors.LockNotAvailable):
                connection.execute("SET lock_timeout = '2s'")
                connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(f"sic_g{number}")))
                connection.execute("DELETE FROM sic.generation WHERE number = %s", (number,))
        connection.execute("RESET lock_timeout")

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="sic-") as folder, sorting_in(Path(folder)):
            yield Path(folder)

    def _published(self) -> list[str]:
        """The published schema and the one before it, if they exist."""
        with self._connect() as connection:
            if connection.execute("SELECT to_regclass('sic.generation')").fetchone() == (None,):
                return []
            return [name for (name,) in connection.execute(PUBLISHED)]

    def opener(self) -> Opener | None:
        return partial(_opened, self._url, published[0]) if (published := self._published()) else None

    def earlier(self) -> Opener | None:
        return partial(_opened, self._url, published[1]) if len(published := self._published()) > 1 else None

    def publish_earlier(self) -> None:
        """Under a new number, since a reader never goes back to a lower one."""
        earlier = self._published()[1]
        with self._connect() as connection:
            row = connection.execute("SELECT max(number) + 1 FROM sic.generation").fetchone()
            number = row[0] if row else 1
            rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(earlier), sql.Identifier(f"sic_g{number}")))
            connection.execute(
                "UPDATE sic.generation SET number = %s, published_at = now() WHERE number = %s",
                (number, int(earlier.removeprefix("sic_g"))),
            )

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        with self._connect() as connection:
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self._published()[0])))
            with connection.cursor(name="retained") as cursor:
                cursor.itersize = 10_000
                cursor.execute(query.encode())
                yield from cursor

    @contextmanager
    def next(self) -> Iterator[Next]:
        with self._building() as building:
            schema.upgrade(building.connection)
            building.strip()
            yield building

    @contextmanager
    def copy(self) -> Iterator[Next]:
        with self._building() as building:
            building.copy_from(self._published()[0])
            yield building

    @contextmanager
    def _building(self) -> "Iterator[_NextSchema]":
        with _opened(self._url) as connection:
            building = _NextSchema(connection, self._url, self._reader)
            try:
                yield building
            finally:
                connection.rollback()
                if not building.published:
                    building.drop()


def _connected(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, connect_timeout=10, application_name="sic load")


def _opened(url: str, schema: str | None = None) -> Connection:
    engine = create_engine("postgresql+psycopg://", creator=lambda: _connected(url), poolclass=NullPool)
    connection = engine.connect()
    if schema:
        connection.exec_driver_sql(f'SET search_path TO "{schema}"')
    return connection


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


class _NextSchema:
    """Committed step by step, since the next writer drops unpublished schemas."""

    def __init__(self, connection: Connection, url: str, reader: str | None) -> None:
        self.connection = connection
        self._url = url
        self.published = False
        self._reader = reader
        self._driver = _driver(connection)
        self._after: list[str] = []
        row = self._run(
            "INSERT INTO sic.generation (number) SELECT coalesce(max(number), 0) + 1 FROM sic.generation"
            " RETURNING number"
        )
        self._number = int(row[0][0])
        self._name = f"sic_g{self._number}"
        self._run(f'DROP SCHEMA IF EXISTS "{self._name}" CASCADE')
        self._run(f'CREATE SCHEMA "{self._name}"')
        self._run(f'SET search_path TO "{self._name}"')
        connection.commit()

    def _run(self, query: str) -> list[Any]:
        result = self.connection.exec_driver_sql(query)
        return list(result.all()) if result.returns_rows else []

    def strip(self) -> None:
        """Indexes and references cost less when they are made at the end, from what the migrations wrote."""
        for table, name, definition in self._run(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            f" WHERE contype = 'f' AND connamespace = '{self._name}'::regnamespace ORDER BY 1, 2"
        ):
            self._run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            self._after.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for name, definition in self._run(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)"
            " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            f" WHERE c.relnamespace = '{self._name}'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY 1"
        ):
            self._run(f"DROP INDEX {name}")
            self._after.insert(0, definition)
        self.connection.commit()

    def copy_from(self, before: str) -> None:
        """The tables of the generation before, in its own revision, and their rows."""
        schema.upgrade(self.connection, schema.revision_of(self.connection, before) or schema.head())
        self.strip()
        for table, columns in self._run(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            f" WHERE table_schema = '{before}' AND table_name <> '{schema.VERSION}' GROUP BY 1"
        ):
            self._run(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{before}"."{table}"')
        for ddl in self._after:
            self._run(ddl)
        self._after.clear()
        self.connection.commit()

    def fill(self, merged: sqlite3.Connection, table: Table, select: str) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, names(table)))
        target = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
        with self._driver.cursor() as cursor, cursor.copy(target) as copy:
            for row in merged.execute(select):
                copy.write_row(row)
        self._driver.commit()  # SQLAlchemy's commit() ends only what it began itself

    def complete(self, index_text: Callable[[Opener], None]) -> None:
        with ThreadPoolExecutor(1) as beside:
            indexed = beside.submit(index_text, partial(_opened, self._url, self._name))
            self._run("SET maintenance_work_mem = '256MB'")
            for ddl in self._after:
                self._run(ddl)
            self.connection.commit()
            for table in metadata.tables:
                self._run(f'ANALYZE "{table}"')
            self.connection.commit()
            indexed.result()
        if self._reader:
            role = sql.Identifier(self._reader).as_string(self._driver)
            for name in ("sic", f'"{self._name}"'):
                self._run(f"GRANT USAGE ON SCHEMA {name} TO {role}")
                self._run(f"GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {role}")
        self.connection.commit()

    def publish(self) -> None:
        self.connection.commit()
        self._run(f"UPDATE sic.generation SET published_at = now() WHERE number = {self._number}")
        self.connection.commit()
        self.published = True

    def drop(self) -> None:
        self._run(f'DROP SCHEMA IF EXISTS "{self._name}" CASCADE')
        self._run(f"DELETE FROM sic.generation WHERE number = {self._number}")
        self.connection.commit()
