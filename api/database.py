"""Reading one published generation: engines that cannot write, pinned to the generation they were opened on.

On SQLite a generation is a file. It is opened immutable, and all connections are opened at once, so that they
stay on that file after a load renames the next one over its path. On PostgreSQL a generation is a schema.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from api.settings import Settings

REVISION = "0001"  # the migration that this code reads; a test holds it to the newest one


class DatabaseUnavailable(Exception):
    """The content cannot be read now; the message says why and what would mend it, without secrets."""


@dataclass(frozen=True)
class Generation:
    """Identity of what is published: changes with every load, and only then."""

    token: tuple[int, ...]


class Database:
    """A published generation, open for reading."""

    def __init__(self, engine: Engine, generation: Generation) -> None:
        self.engine, self.generation = engine, generation

    def connect(self) -> Connection:
        return self.engine.connect()

    def close(self) -> None:
        self.engine.dispose()


def published(settings: Settings, probe: Engine | None = None) -> Generation:
    """Which generation is published now. Cheap: a stat, or one statement on `probe`."""
    if path := sqlite_path(settings.database_url):
        try:
            seen = path.stat()
        except OSError:
            raise DatabaseUnavailable("no database file; run `sic migrate` and `sic load`") from None
        return Generation((seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_size))
    assert probe is not None
    try:
        with probe.connect() as connection:
            number = connection.execute(
                text("SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL")
            ).scalar()
    except DBAPIError as error:
        raise DatabaseUnavailable(_reason(error)) from None
    if number is None:
        raise DatabaseUnavailable("nothing is published; run `sic migrate` and `sic load`")
    return Generation((number,))


def open_database(settings: Settings, generation: Generation) -> Database:
    """Open that generation for reading. Raises DatabaseUnavailable."""
    path = sqlite_path(settings.database_url)
    engine = _sqlite(path, settings.threads) if path else _postgresql(settings, f"sic_g{generation.token[0]}")
    try:
        held = [engine.connect() for _ in range(settings.threads if path else 1)]
        try:
            revision = held[0].execute(text("SELECT version_num FROM alembic_version")).scalar()
        finally:
            for connection in held:
                connection.close()
        if path and published(settings) != generation:
            raise DatabaseUnavailable("the content was replaced while it was being opened")
        if revision != REVISION:
            raise DatabaseUnavailable(f"the schema is {revision}, this release reads {REVISION}; run `sic migrate`")
    except DBAPIError as error:
        engine.dispose()
        raise DatabaseUnavailable(_reason(error)) from None
    except DatabaseUnavailable:
        engine.dispose()
        raise
    return Database(engine, generation)


def probe_engine(settings: Settings) -> Engine | None:
    """One connection of its own for the poll, so that a busy pool never delays it."""
    return None if sqlite_path(settings.database_url) else _postgresql(settings, None, size=1)


def sqlite_path(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _sqlite(path: Path, size: int) -> Engine:
    engine = create_engine(
        f"sqlite:///file:{quote(str(path.resolve()))}?mode=ro&immutable=1&uri=true",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_reset_on_return=None,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA mmap_size=1073741824")

    return engine


def _postgresql(settings: Settings, schema: str | None, size: int | None = None) -> Engine:
    url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    options = [
        "-c default_transaction_read_only=on",
        f"-c statement_timeout={settings.statement_timeout_ms}",
        *([f"-c search_path={schema}"] if schema else []),
    ]
    query: dict[str, Any] = {"connect_timeout": "3", "application_name": "sic"} | dict(url.query)
    return create_engine(
        url.set(query=query),
        pool_size=size or settings.threads,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",
        connect_args={"options": " ".join(options)},
    )


def _reason(error: DBAPIError) -> str:
    """What a driver says, cut to its first line: no SQL, no parameters."""
    with suppress(AttributeError, IndexError):
        return f"the database cannot be read: {str(error.orig).strip().splitlines()[0]}"
    return "the database cannot be read"
