"""What a kind of record declares. Everything that depends on the kind is derived from it.

Two engines answer a list: SQL gives the rows; the text index gives totals, facets and `q`. Both derive their filters
from the same declaration, so that they cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Column, Integer, Table

from api.model.columns import Content, metadata
from api.model.vocabularies import RecordKind

NONE = "none"  # selects the records where a filter's field is null or empty

Motivation = Literal["describing", "classifying", "highlighting", "linking"]


def table_of(model: type[Content]) -> Table:
    return metadata.tables[str(model.__tablename__)]


def _column(attribute: Any) -> Any:
    """The table's column behind an attribute of a table class."""
    return table_of(attribute.class_).c[attribute.key] if hasattr(attribute, "class_") else attribute


class _OfColumns:
    """A declaration whose attributes of table classes become columns."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            object.__setattr__(self, name, _column(value))


@dataclass(frozen=True)
class OneValue(_OfColumns):
    """A filter on a column of the record's own row, or on an expression of its columns, which is never null.

    A null is selected by `none`. With `filled` the filter is on whether the column has a value.
    """

    column: Any
    filled: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.filled:
            object.__setattr__(self, "column", self.column.is_not(None))

    @property
    def nullable(self) -> bool:
        return isinstance(self.column, Column) and bool(self.column.nullable)


@dataclass(frozen=True)
class ManyValues(_OfColumns):
    """A filter on rows of (owner, value): `owner` holds the record's `key`. A record without rows is `none`."""

    owner: Any
    value: Any
    key: Literal["sequence", "id"] = "sequence"

    nullable = True


Filter = OneValue | ManyValues


@dataclass(frozen=True)
class Period(_OfColumns):
    """The days that a record spans, for `date_from`, `date_to` and `date_match`; a null is an open bound."""

    earliest: Any
    latest: Any


@dataclass(frozen=True)
class Text(_OfColumns):
    """A text that is searched: its column, and its path in the record, where highlights point.

    `owner` names the column that holds the record's `key` where the texts stand in a table of their own; the path then
    has a `*` for the place in the list.
    """

    column: Any
    path: str
    owner: Any = None
    key: Literal["sequence", "id"] = "sequence"


@dataclass(frozen=True)
class IncludeOne:
    """One related record; its id stands under `field` of the record."""

    kind: str
    field: str


@dataclass(frozen=True)
class IncludeNamed:
    """Several related records; their ids stand under `field` of the record."""

    kind: str
    field: str


@dataclass(frozen=True)
class IncludeRelated(_OfColumns):
    """Several related records that refer to this one.

    `owner` holds this record's id. Without `other` it is a column of the related kind's own table; with it, both are
    columns of a table that links the two, and `other` holds the related record's `other_key`. `parameter` is the filter
    of the related kind's list that selects the same records.
    """

    kind: str
    owner: Any
    parameter: str
    other: Any = None
    other_key: Literal["sequence", "id"] = "sequence"


Include = IncludeOne | IncludeNamed | IncludeRelated


@dataclass(frozen=True)
class Ranking:
    """How hits of a kind are weighed in search."""

    weight: float = 1.0  # of its hits among those of other kinds
    title: float = 0.0  # weight of a word of the title beside the same word in the text
    measures_rarity: bool = False  # whether the rarity of a word is counted in this kind's records


@dataclass(frozen=True)
class Annotated:
    """How a record is written as a W3C annotation: why, its body's text, and the fields that become properties.

    `ends` are the includes whose sources are the targets where the record has no source.
    """

    motivation: Motivation
    body: str | None
    properties: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of record, said once."""

    name: str
    plural: str
    model: type[Content]
    filters: Mapping[str, Filter]
    search_filters: Mapping[str, Filter] = field(default_factory=dict)  # that only search takes
    period: Period | None = None
    sorts: Mapping[str, Any] = field(default_factory=dict)  # beside `position` and `id`
    texts: tuple[Text, ...] = ()
    titles: tuple[str, ...] = ()  # paths of the texts that name the record, for suggestions
    is_named: bool = False  # its titles are names, by which a wrong id is recognised
    wording: Any = None  # column of a text in which quotations are looked up
    ranking: Ranking = Ranking()
    in_search: bool = True  # among the kinds of /v1/search
    includes: Mapping[str, Include] = field(default_factory=dict)
    sourced: bool = False  # rests on a passage: listed by /spans
    coverage: Literal["accounts", "shown"] | None = None  # whether it accounts for a sentence in /coverage
    passages: type[Content] | None = None  # table of further passages
    annotation: Annotated | None = None
    citable: bool = False
    unread: tuple[str, ...] = ()  # columns that no record shows
    unlisted: tuple[str, ...] = ()  # columns that only single records and files show

    @cached_property
    def table(self) -> Table:
        return table_of(self.model)

    @property
    def path(self) -> str:
        return f"/v1/{self.plural}"

    @property
    def searchable(self) -> bool:
        return bool(self.texts)

    @property
    def headline(self) -> str:
        """The path of the text that stands for the record in a list of several kinds."""
        return self.annotation.body if self.annotation and self.annotation.body else self.titles[0]

    @property
    def has_position(self) -> bool:
        """Whether its records have a place in a text, so that their default order is that of the text."""
        return self.sourced or "start" in self.table.c

    @cached_property
    def index_filters(self) -> dict[str, Filter]:
        """Every filter that the index answers."""
        return {**self.filters, **self.search_filters}

    @cached_property
    def bounds(self) -> dict[str, Column[Any]]:
        """The columns `earliest` and `latest` of its period, if it has one."""
        return {} if self.period is None else vars(self.period)

    @cached_property
    def sort_columns(self) -> dict[str, Column[Any]]:
        own = {"position": self.table.c.sequence, "id": self.table.c.rank}
        return own | {name: self.table.c[column.key] for name, column in self.sorts.items()}


def disagreements(kinds: Mapping[str, Kind]) -> list[str]:
    """What of the declarations cannot be: a sentence each. The application does not start while there is one."""
    faults = [
        f"the vocabulary record_kind lacks {name}, so that no correction can name one"
        for name in kinds
        if name != "correction" and name not in RecordKind.__members__
    ]
    for kind in kinds.values():
        for name, include in kind.includes.items():
            if include.kind not in kinds:
                faults.append(f"kind {kind.name} includes {name}, which is of no kind: {include.kind}")
            elif isinstance(include, IncludeRelated) and include.parameter not in {*kinds[include.kind].filters, "id"}:
                faults.append(
                    f"kind {kind.name} includes {name} by the filter {include.parameter}, which {include.kind} lacks"
                )
        faults += [
            f"kind {kind.name} has the title {path}, which is none of its texts"
            for path in kind.titles
            if path not in {text.path for text in kind.texts}
        ]
        faults += [
            f"kind {kind.name} sorts by {name}, which is no column of its table"
            for name, column in kind.sorts.items()
            if column.key not in kind.table.c
        ]
        if kind.in_search and not (kind.annotation or kind.titles):
            faults.append(f"kind {kind.name} is in the search and has neither a title nor an annotation")
        if kind.coverage and not kind.sourced:
            faults.append(f"kind {kind.name} is in the coverage and rests on no passage")
        for name, each in kind.index_filters.items():
            if isinstance(each, ManyValues) and each.key == "sequence" and not isinstance(each.owner.type, Integer):
                faults.append(f"the filter {name} of kind {kind.name} has owners that are no sequences")
    return faults
