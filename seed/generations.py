"""Where content is published: the next generation is built beside the one being read, and takes its place in one step.

On SQLite a generation is a file, and the step a rename. On PostgreSQL it is a schema, and the step one UPDATE.
What was not published is never read, and is dropped by whoever writes next.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection
from sqlalchemy import text as statement

from seed import schema
from seed.apart import Opener

KEEP_SECONDS = 60  # how long a superseded generation stays for those still reading it


class Current(NamedTuple):
    """What is published: the revision of its schema, its snapshot, and its documents with their digests."""

    revision: str | None
    snapshot: str | None
    documents: dict[str, str]


class Next(Protocol):
    """A generation that nobody reads yet."""

    connection: Connection

    def fill(self, merged: sqlite3.Connection, table: str, columns: list[str], select: str) -> None: ...
    def complete(self, index_text: Callable[[Opener], None]) -> None:
        """Indexes, references checked, statistics; the text is indexed meanwhile, on connections of its own."""

    def publish(self) -> None: ...


class Store(Protocol):
    collected: str  # the database's aggregate that makes a JSON array

    def locked(self, waiting: Callable[[], None]) -> AbstractContextManager[None]:
        """One writer at a time; `waiting` is called if there is another."""

    def current(self) -> Current | None: ...
    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows of the published generation, streamed."""

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder for staging, on the disk that the content goes to if it is on this machine."""

    def next(self) -> AbstractContextManager[Next]: ...
    def copy(self) -> AbstractContextManager[Next]:
        """The next generation as a copy of the published one, its schema included."""


def current_of(connection: Connection) -> Current | None:
    revision = schema.revision_of(connection)
    if revision is None:
        return None
    if revision != schema.head():
        return Current(revision, None, {})
    snapshot = connection.execute(statement("SELECT id FROM snapshot")).scalar()
    rows = connection.execute(statement("SELECT id, digest FROM document")).all()
    documents = {str(name): str(digest) for name, digest in rows}
    return Current(revision, snapshot, documents)


@contextmanager
def sorting_in(folder: Path) -> Iterator[None]:
    """SQLite spills its sorts there, not to a system folder that may be small."""
    before = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SQLITE_TMPDIR"]
        else:
            os.environ["SQLITE_TMPDIR"] = before
