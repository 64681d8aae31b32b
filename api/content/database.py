"""Reading one published generation: engines that cannot write, pinned to the generation they were opened on.

On SQLite a generation is a file. It is opened immutable, and all connections are opened at once, so that they
stay on that file after a load renames the next one over its path. On PostgreSQL a generation is a schema, the same
on every server that has it; a server that lacks it is passed over.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from api import deadline
from api.settings import Settings

MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"
REVISION = max(path.name for path in MIGRATIONS.glob("[0-9]*.py")).partition("_")[0]  # the newest: this code reads it
NEWEST = (
    "SELECT number, extract(epoch FROM published_at)::float FROM sic.generation"
    " WHERE published_at IS NOT NULL ORDER BY number DESC LIMIT 1"
)
IS_PUBLISHED = "SELECT 1 FROM sic.generation WHERE published_at IS NOT NULL AND number = "
PROGRESS = 10_000  # instructions of SQLite between two looks at the deadline: a fraction of a millisecond
MISSING_TABLE, MISSING_SCHEMA, DENIED = "42P01", "3F000", "42501"  # PostgreSQL's error codes
CANCELED = "57014"  # by its statement_timeout


class DatabaseUnavailable(Exception):
    """The content cannot be read now. The message is public and says how to mend it; `detail` is for logs."""

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.detail = detail


@dataclass(frozen=True)
class Generation:
    """Identity of what is published: changes with every load, and only then."""

    token: tuple[int, ...]
    published_at: float = field(default=0.0, compare=False)  # Unix time; of a file, when it was written

    def precedes(self, other: "Generation") -> bool:
        """Whether it is an older one of the same PostgreSQL; SQLite's files have no order."""
        return len(self.token) == 1 and self.token < other.token

    def overwrites(self, other: "Generation") -> bool:
        """Whether it is the same file with other bytes: written into instead of replaced."""
        return len(self.token) > 1 and self.token[:2] == other.token[:2] and self != other


class Database:
    """A published generation, open for reading."""

    def __init__(self, engine: Engine, generation: Generation) -> None:
        self.engine, self.generation = engine, generation

    def connect(self) -> Connection:
        return self.engine.connect()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on a connection of its own."""
        with self.engine.connect() as connection:
            yield Session(connection)

    def scan(self) -> Connection:
        """For reading whole tables row by row: PostgreSQL gives a cursor only within a transaction."""
        connection = self.connect()
        if self.engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    def answers(self) -> bool:
        """Whether it can be read now."""
        try:
            with self.connect() as connection:
                connection.execute(text("SELECT 1"))
        except PoolTimeoutError:  # every connection is at work
            return True
        except DBAPIError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def published(settings: Settings, probe: Engine | None = None) -> Generation:
    """The generation that is published now: one stat, or one statement on `probe`. Raises DatabaseUnavailable."""
    if path := sqlite_path(settings.database_url):
        try:
            status = path.stat()
        except OSError as error:
            raise DatabaseUnavailable("no database file; run `sic migrate` and `sic load`", str(error)) from None
        return Generation((status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size), status.st_mtime)
    assert probe is not None
    try:
        with probe.connect() as connection:
            newest = connection.execute(text(NEWEST)).first()
    except DBAPIError as error:
        raise _unavailable(error) from None
    if newest is None:
        raise DatabaseUnavailable("nothing is published; run `sic migrate` and `sic load`")
    return Generation((newest[0],), newest[1])


def open_database(settings: Settings, generation: Generation) -> Database:
    """Open that generation for reading. Raises DatabaseUnavailable."""
    path = sqlite_path(settings.database_url)
    if path:
        _refuse_unfinished(path)
    engine = _sqlite(path, settings.threads) if path else _postgresql(settings, generation.token[0])
    try:
        connections = [engine.connect() for _ in range(settings.threads if path else 1)]
        try:
            revision = connections[0].execute(text("SELECT version_num FROM alembic_version")).scalar()
        finally:
            for connection in connections:
                connection.close()
        if path and published(settings) != generation:
            raise DatabaseUnavailable("the content was replaced while it was being opened")
        if revision != REVISION:
            mend = "run `sic migrate`" if str(revision) < REVISION else "start the release that made it, or a newer one"
            raise DatabaseUnavailable(f"the schema is of revision {revision}, this release reads {REVISION}; {mend}")
    except DBAPIError as error:
        engine.dispose()
        raise _unavailable(error) from None
    except DatabaseUnavailable:
        engine.dispose()
        raise
    return Database(engine, generation)


def probe_engine(settings: Settings) -> Engine | None:
    """One connection of its own for the poll, so that a busy pool never delays it."""
    return None if sqlite_path(settings.database_url) else _postgresql(settings, None)


def sqlite_path(url: str) -> Path | None:
    """The file of a sqlite URL. libpq's lists of hosts are not for SQLAlchemy to read."""
    return Path(make_url(url).database or "") if url.startswith("sqlite") else None


def _refuse_unfinished(path: Path) -> None:
    """Raises DatabaseUnavailable where the file is not whole; SQLite notices only when it reads what is missing.

    The header is of fixed form: https://www.sqlite.org/fileformat2.html#the_database_header
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
        length = path.stat().st_size
    except OSError as error:
        raise DatabaseUnavailable("the database file cannot be read", str(error)) from None
    if length == 0:
        raise DatabaseUnavailable("the database file is empty; run `sic migrate` and `sic load`")
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        raise DatabaseUnavailable("the database file is not one of SQLite; run `sic load` on a new one")
    page = int.from_bytes(header[16:18], "big")
    expected = (65_536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if length < expected:
        raise DatabaseUnavailable(f"the database file is cut off: {length} bytes of {expected}; put back a whole one")


def _sqlite(path: Path, size: int) -> Engine:
    engine = create_engine(
        f"sqlite:///file:{quote(str(path.resolve()))}?mode=ro&immutable=1&uri=true",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_reset_on_return=None,
        pool_use_lifo=True,  # the connection that was used last has its pages in the processor's cache
        json_deserializer=from_json,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")  # and no mmap_size: a mapped page that is gone ends the process
        connection.set_progress_handler(_interrupted, PROGRESS)

    return engine


def _interrupted() -> bool:
    """Whether to interrupt the statement; SQLite calls this in the thread that runs it."""
    current = deadline.CURRENT.get()
    return current is not None and current.over()


def _postgresql(settings: Settings, number: int | None) -> Engine:
    """A pool for a generation, or a single connection that looks at what is published.

    Connections are made by libpq itself, which knows several hosts and how to choose among them.
    """
    from psycopg import Connection as Driver
    from psycopg import OperationalError
    from psycopg.conninfo import conninfo_to_dict

    conninfo = conninfo_to_dict(settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1))
    several = "," in str(conninfo.get("host") or conninfo.get("hostaddr") or "")
    options = [
        str(conninfo.get("options") or ""),
        "-c default_transaction_read_only=on",
        f"-c statement_timeout={settings.statement_timeout_ms}",
        "-c jit=off",  # compiling costs more than any statement here
        f"-c search_path={'pg_catalog' if number is None else f'sic_g{number}'}",
    ]
    parameters: dict[str, Any] = {
        "connect_timeout": "3",
        "application_name": "sic",
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "3",
        "tcp_user_timeout": "10000",
        "target_session_attrs": "prefer-standby" if several else "any",
        **conninfo,
        "options": " ".join(options).strip(),
    }

    def connect() -> Driver[Any]:
        for preferred in ({}, {"target_session_attrs": "primary"}) if several else ({},):
            connection: Driver[Any] = Driver.connect(**(parameters | preferred), autocommit=True)
            if number is None or connection.execute(f"{IS_PUBLISHED}{int(number)}".encode()).fetchone():
                return connection
            connection.close()
        raise OperationalError(f"no server at hand has generation {number}")

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=1 if number is None else settings.threads,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",
    )
    _bound_statements(engine, settings.statement_timeout_ms)
    return engine


def _bound_statements(engine: Engine, most: int) -> None:
    """A statement may take what is left of its request's time, in half seconds, and never more than `most` ms.

    To set it takes a round trip. It is set only where the connection has another timeout, that is, when the request has
    waited or computed for half a second before.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def _bound(connection: Connection, cursor: Any, *_: Any) -> None:
        current = deadline.CURRENT.get()
        if current is None:
            return
        timeout = min(most, max(1, ceil(current.left * 2)) * 500)
        if connection.info.get("statement_timeout", most) != timeout:
            cursor.connection.execute(f"SET statement_timeout = {timeout}")
            connection.info["statement_timeout"] = timeout


def _unavailable(error: DBAPIError) -> DatabaseUnavailable:
    """The driver's message names hosts, users and paths, so that it goes only into `detail`, for the log."""
    detail = None
    with suppress(AttributeError, IndexError):
        detail = str(error.orig).strip().splitlines()[0]
    state = getattr(error.orig, "sqlstate", None)
    if state in (MISSING_TABLE, MISSING_SCHEMA):
        return DatabaseUnavailable("nothing is published; run `sic migrate` and `sic load`", detail)
    if state == DENIED:
        return DatabaseUnavailable("the role may not read the content; see SIC_READER_ROLE", detail)
    return DatabaseUnavailable("the database cannot be read", detail)
