"""What records share: the public shapes of sources, links, quantities, pages, and how they are made from rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Column, Connection, Integer, Select, Table, literal_column, select, union_all

from api.content.database import rows
from api.content.statements import Statement, among
from api.params.accepts import ID

Record = dict[str, Any]
Id = Annotated[str, Field(pattern=f"^{ID}$")]


class Shape(BaseModel):
    """A public answer; its keys are always present unless it says otherwise."""

    # Answers are built as plain dicts: a shape is a description, and needs no validator until somebody asks for one.
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Utf16(Shape):
    """The same span in UTF-16 code units, for JavaScript's `slice`."""

    start: int
    end: int


class Source(Shape):
    """The words a record rests on (W3C Web Annotation, text quote and text position selectors)."""

    document: Id
    section: Id
    quote: str = Field(description="Exactly text[start:end] of the canonical text.")
    start: int = Field(description="Offset in Unicode code points.", ge=0)
    end: int = Field(description="Offset in Unicode code points, exclusive.", ge=1)
    utf16: Utf16
    prefix: str = Field(description="Up to 32 code points before the quote.")
    suffix: str = Field(description="Up to 32 code points after the quote.")
    href: str = Field(description="Path of the span: everything that rests on these words.")


class Links(Shape):
    self: str
    text: str | None = Field(description="Path of the words themselves, as plain text; null without a source.")
    spans: str | None = Field(description="Path of everything that rests on these words; null without a source.")


class Quantity(Shape):
    """A number the text gives. A range stays a range; a bound it does not give is null."""

    text: str = Field(description="The text's own words.")
    value: float | int | None
    min: float | int | None
    max: float | int | None
    min_exclusive: bool = Field(description='True for "more than".')
    approximate: bool
    unit: str | None
    of: str | None = Field(description="The counted noun phrase, verbatim.")


class Highlight(Shape):
    field: str = Field(description="Dotted path of the string in the record.")
    start: int = Field(description="Code points into that string.")
    end: int
    utf16: Utf16


class Extras(Shape):
    """Keys that are there only when the question asks for them."""

    included: dict[str, Any] = Field(
        default={}, description="With include=: a record, null, or {data, total, href}, under the name asked for."
    )
    highlights: list[Highlight] = Field(
        default=[], description="With highlight=true: ranges in the record's own strings."
    )


class FacetValue(Shape):
    value: str = Field(description="As the filter of the same name takes it.")
    count: int = Field(description="The total of the question behind href.")
    selected: bool
    href: str


class ListMeta(Shape):
    total: int = Field(description="Exact number of records that match.")
    limit: int
    snapshot: str
    corrected: list[dict[str, str]] = Field(
        default=[], description="Words read as others: {from, to}. Only with q, when a word occurs nowhere."
    )


class ListLinks(Shape):
    self: str
    first: str
    next: str | None
    prev: str | None


T = TypeVar("T")


class Page(Shape, Generic[T]):
    data: list[T]
    meta: ListMeta
    facets: dict[str, list[FacetValue]] = Field(default={}, description="With facets=.")
    links: ListLinks


class OneMeta(Shape):
    snapshot: str


class OneLinks(Shape):
    self: str


class One(Shape, Generic[T]):
    data: T
    meta: OneMeta
    links: OneLinks


@dataclass(frozen=True)
class Reader:
    """A connection to the snapshot, and the prefix of every path in the answer."""

    connection: Connection
    root: str

    def rows(self, statement: Statement, **values: Any) -> Sequence[Any]:
        return rows(self.connection, statement, **values)

    def lists(self, owners: Sequence[int], *links: tuple[Any, Any]) -> list[dict[int, list[str]]]:
        """For each (owner column, listed column) of link tables: owner to its list. One statement."""
        found: list[dict[int, list[str]]] = [{} for _ in links]
        if not owners:
            return found
        for which, owner, _, listed in sorted(map(tuple, self.rows(_listed(links), owners=owners))):
            found[which].setdefault(owner, []).append(listed)
        return found

    def source(
        self,
        document: str,
        section: str,
        quote: str,
        start: int,
        end: int,
        u_start: int,
        u_end: int,
        prefix: str,
        suffix: str,
    ) -> Record:
        return {
            "document": document,
            "section": section,
            "quote": quote,
            "start": start,
            "end": end,
            "utf16": {"start": u_start, "end": u_end},
            "prefix": prefix,
            "suffix": suffix,
            "href": f"{self.root}/v1/documents/{document}/spans?end={end}&start={start}",
        }

    def links(self, path: str, id: str, document: str, start: int, end: int) -> Record:
        words = f"{self.root}/v1/documents/{document}"
        return {
            "self": f"{self.root}{path}/{id}",
            "text": f"{words}/text?end={end}&start={start}",
            "spans": f"{words}/spans?end={end}&start={start}",
        }


@cache
def _listed(links: tuple[tuple[Any, Any], ...]) -> Statement:
    parts = [
        select(literal_column(str(which), Integer), owner, owner.table.c.ordinal, listed).where(among(owner, "owners"))
        for which, (owner, listed) in enumerate(links)
    ]
    return union_all(*parts) if len(parts) > 1 else parts[0]


def source_columns(table: Any) -> tuple[Any, ...]:
    """The columns that Reader.source takes, in its order."""
    return (
        table.document,
        table.section,
        table.quote,
        table.start,
        table.end,
        table.utf16_start,
        table.utf16_end,
        table.prefix,
        table.suffix,
    )


@dataclass(frozen=True)
class OneOther:
    """An include that is a single record: the id of it stands under `key` of the record (dotted)."""

    kind: str
    key: str


@dataclass(frozen=True)
class NamedOthers:
    """An include that is a list: the ids of its records stand under `key` of the record."""

    kind: str
    key: str


@dataclass(frozen=True)
class Others:
    """An include that is a list: the records of `kind` whose column `owner` holds this one's id.

    Where the two are linked by a third table, `owner` and `listed` are its columns; `listed` holds their ids.
    """

    kind: str
    owner: Any
    parameter: str  # of their own list, that asks for the same records; "id" lists them
    listed: Any = None


Include = OneOther | NamedOthers | Others


@dataclass(frozen=True)
class Kind:
    """A kind of record: how it is read, shown, sorted, faceted, and what may be included."""

    name: str
    plural: str
    table: Table
    every: Select[Any]  # all of them; sequence, rank and id are its first columns
    present: Callable[[Reader, Sequence[Any]], list[Record]]
    shape: type[Shape]
    filters: tuple[str, ...] = ("document",)
    facets: tuple[str, ...] = ("document",)
    sorts: tuple[str, ...] = ("position", "id")
    includes: Mapping[str, Include] = field(default_factory=dict)
    sourced: bool = True

    @property
    def path(self) -> str:
        return f"/v1/{self.plural}"

    @cached_property
    def _by_sequence(self) -> Select[Any]:
        return self._among(self.table.c.sequence)

    @cached_property
    def _by_id(self) -> Select[Any]:
        return self._among(self.table.c.id)

    def _among(self, column: Column[Any]) -> Select[Any]:
        return self.every.where(among(column, "wanted")).order_by(self.table.c.sequence)

    def by_sequence(self, reader: Reader, sequences: Iterable[int]) -> dict[int, Record]:
        """Records by their sequence; one statement, and what `present` needs."""
        wanted = sorted(set(sequences))
        if not wanted:
            return {}
        rows = reader.rows(self._by_sequence, wanted=wanted)
        return {row[0]: record for row, record in zip(rows, self.present(reader, rows), strict=True)}

    def by_id(self, reader: Reader, ids: Iterable[str]) -> dict[str, Record]:
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = reader.rows(self._by_id, wanted=wanted)
        return {row[2]: record for row, record in zip(rows, self.present(reader, rows), strict=True)}


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    return kind


def listing_any(statement: Select[Any], sequence: Any, owner: Any, listed: Any, values: Sequence[str]) -> Select[Any]:
    """Only records whose list holds one of the values.

    A single value is a join, so that a page is read in the order of the link table's index.
    """
    if len(values) == 1:
        return statement.join(owner.table, owner == sequence).where(listed == values[0])
    return statement.where(sequence.in_(select(owner).where(listed.in_(values))))
