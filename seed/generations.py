"""Where content is published: the next generation is built beside the one being read, and takes its place in one step.

On SQLite a generation is a file, and the step a rename. On PostgreSQL it is a schema, and the step one UPDATE.
What was not published is never read, and the next writer drops it.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from sqlalchemy import Connection, Table
from sqlmodel import Session, select

from api.model.tables import Document, Snapshot
from seed import schema
from seed.faults import Unusable
from seed.indexing import Opener

Dialect = Literal["sqlite", "postgresql"]
KEEP_SECONDS = 60  # how long a superseded generation stays for those still reading it


class Current(NamedTuple):
    """What is published: the revision of its schema, its snapshot, and its documents with their digests."""

    revision: str | None
    snapshot: str | None
    documents: dict[str, str]


class Next(Protocol):
    """A generation that nobody reads yet."""

    connection: Connection

    def fill(self, merged: sqlite3.Connection, table: Table, select: str) -> None: ...
    def complete(self, index_text: Callable[[Opener], None]) -> None:
        """Indexes, references checked, statistics; the text is indexed meanwhile, on connections of its own."""

    def publish(self) -> None: ...


class Store(Protocol):
    dialect: Dialect

    def locked(self, waiting: Callable[[], None], clear: bool = True) -> AbstractContextManager[None]:
        """One writer at a time; `waiting` is called if there is another. `clear` drops what nobody reads any more."""

    def opener(self) -> Opener | None:
        """Opens the published generation; None where nothing is published."""

    def earlier(self) -> Opener | None:
        """Opens the generation that was published before it, while it is there."""

    def publish_earlier(self) -> None:
        """Publishes that generation again, in one step; the one it replaces is then the earlier one."""

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows of the published generation, streamed."""

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder for staging, on the disk that the content goes to if it is on this machine."""

    def next(self) -> AbstractContextManager[Next]: ...
    def copy(self) -> AbstractContextManager[Next]:
        """The next generation as a copy of the published one, its schema included."""


NOTHING = Current(None, None, {})


def current(opener: Opener | None) -> Current:
    """What a generation holds; of one with another schema than this release's, only the revision."""
    if opener is None:
        return NOTHING
    with opener() as connection, Session(connection) as session:
        revision = schema.revision_of(connection)
        if revision is None or revision != schema.head():
            return Current(revision, None, {})
        documents = dict(session.exec(select(Document.id, Document.digest)).all())
        return Current(revision, session.exec(select(Snapshot.id)).first(), documents)


def readable(opener: Opener | None) -> Current:
    """What a generation holds. Raises Unusable where it has another schema than this release's."""
    content = current(opener)
    refuse_newer(content.revision)
    if content.revision not in (None, schema.head()):
        raise Unusable(f"the content is of revision {content.revision}, not {schema.head()}; run `sic migrate` first")
    return content


def refuse_newer(revision: str | None) -> None:
    if revision is not None and not schema.known(revision):
        raise Unusable(
            f"the content is of revision {revision}, newer than {schema.head()}, the last that this release"
            " knows; use the release that wrote it"
        )


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
