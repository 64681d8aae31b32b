"""What the tables share: naming, byte-wise text keys, checks, and the columns of every record."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, MetaData, String, Text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from api.model.vocabularies import Term, snake_case

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# SQLite compares text byte by byte; PostgreSQL does so under the collation "C". Sort keys have to agree.
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")

# A table of nothing but keys is its own index on SQLite.
KEYS_ONLY = {"sqlite_with_rowid": False}

metadata = MetaData(naming_convention=NAMES)


def within(column: str, vocabulary: type[Term]) -> CheckConstraint:
    """The CHECK that holds a column to a closed vocabulary."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(term.value) for term in vocabulary)})", name=column)


def key(foreign: str | None = None, **options: Any) -> Any:
    """A text column that is an id, or refers to one."""
    return Field(sa_type=BYTEWISE, foreign_key=foreign, **options)


def term() -> Any:
    """A column of a closed vocabulary, stored as its value."""
    return Field(sa_type=String)


def json() -> Any:
    """A column that holds a JSON value."""
    return Field(sa_column=Column(JSON, nullable=False))


class Content(SQLModel):
    metadata = metadata

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return snake_case(cls.__name__)


class Record(Content):
    """`sequence` and `rank` are assigned at load over the whole snapshot.

    `sequence` is the place in the default order of the record's kind. `rank` is the place in the order of
    (`kind`, `id`), which breaks every tie.
    """

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rank: int = Field(unique=True)
    id: str = key(unique=True)


class Passage(Content):
    """A quote in its text: `quote` is text[start:end] of the document, in code points."""

    document: str = key("document.id")
    section: str = key("section.id")
    quote: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    prefix: str
    suffix: str


class Sourced(Record, Passage):
    """A record that rests on words."""


def sourced(table: str, *more: Any) -> tuple[Any, ...]:
    """Constraints and the span index of a table of sourced records."""
    return (
        CheckConstraint('0 <= start AND start < "end"', name="span"),
        Index(f"ix_{table}_span", "document", "start", "end", "rank"),
        Index(f"ix_{table}_document", "document", "sequence"),
        *more,
    )


def filtered(table: str, *columns: str) -> tuple[Index, ...]:
    """An index for each filter: its records in their default order."""
    return tuple(Index(f"ix_{table}_{name}", name, "sequence") for name in columns)


def columns(model: type[Content]) -> Any:
    """A table's columns, for statements that select some of them."""
    return metadata.tables[str(model.__tablename__)].c
