"""What each record contributes to the text index, streamed from the tables of one generation.

Rows are read in the order of `sequence`, and none is kept: a million claims need no more memory than a thousand.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast

from pydantic_core import to_json
from sqlalchemy import Boolean, ColumnElement, Connection, Select, func, select

from api.model.declaration import NONE, Filter, Kind, OneValue, Text
from api.model.kinds import KINDS
from api.search.schema import OWN, TEXT, TITLE, WORDING, WORDS, day_number, sort_field
from api.search.wording import indexed
from api.search.words import stretch_stems, stretch_words, stretches

BATCH = 2_000  # rows
BETWEEN_IDS, BETWEEN_TEXTS = " ", "\x1f"

Convert = Callable[[Any], Any]
Fields = dict[str, Any]


def entries(connection: Connection, kind: str) -> Iterator[str]:
    """Every record of a kind as one line of JSON, its fields named as in the schema."""
    layout = _layout(kind)
    for row in _stream(connection, layout.statement):
        yield to_json(layout.fields(row)).decode()


def names(connection: Connection, kind: Kind) -> Iterator[tuple[str, list[str], list[str]]]:
    """For each record of a kind its id, its documents, and everything that it is called."""
    titles = [text for text in kind.texts if text.path in kind.titles]
    document = _filter(kind, kind.index_filters["document"])
    statement = select(kind.table.c.id, document, *(_text(kind, text) for text in titles))
    for id, documents, *texts in _stream(connection, statement.order_by(kind.table.c.sequence)):
        yield id, (documents or "").split(BETWEEN_IDS), list(dict.fromkeys(_texts(titles, texts)))


class Layout:
    """Which column of a row becomes which field of an entry: columns of filters and sorts, then texts, then wording."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        own = kind.table.c
        columns: list[ColumnElement[Any]] = [own.id, own.sequence, own.rank]
        self._fields: list[tuple[str, Convert]] = [(name, _as_it_is) for name in ("id", "sequence", "rank")]
        for name, each in kind.index_filters.items():
            columns.append(_filter(kind, each))
            self._fields.append((name, _writes(each)))
        for name, column in kind.bounds.items():
            columns.append(column)
            self._fields.append((name, _day))
        for sort in kind.sorts:
            if (name := sort_field(kind, sort)) not in OWN:
                columns.append(kind.sort_columns[sort])
                self._fields.append((name, _as_it_is))
        columns += [_text(kind, text) for text in kind.texts]
        if kind.wording is not None:
            columns.append(own[kind.wording.key])
        labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
        self.statement: Select[Any] = select(*labelled).order_by(own.sequence)
        self._titles = [text.path in kind.titles and text.owner is None for text in kind.texts]

    def fields(self, row: Any) -> Fields:
        values = zip(self._fields, row, strict=False)
        fields = {name: field for (name, convert), value in values if (field := convert(value)) is not None}
        texts = row[len(self._fields) : len(self._fields) + len(self.kind.texts)]
        if self.kind.searchable:
            split = [stretches(text) for text in _texts(self.kind.texts, texts)]
            stems = [" ".join(map(stretch_stems, each)) for each in split]
            fields[TEXT] = [text for place, text in enumerate(stems) if not _is_repeated(text, stems[:place])]
            fields[WORDS] = " ".join(set(map(stretch_words, set().union(*split))))
            if self.kind.ranking.title:
                title = " ".join(text for text, is_title in zip(texts, self._titles, strict=True) if is_title and text)
                fields[TITLE] = " ".join(map(stretch_stems, stretches(title)))
        if self.kind.wording is not None:
            fields[WORDING] = indexed(row[-1])
        return fields


@cache
def _layout(kind: str) -> Layout:
    return Layout(KINDS[kind])


def statements() -> list[str]:
    """What is read for each kind, as SQL."""
    return [str(_layout(kind).statement) for kind in KINDS]


def _filter(kind: Kind, each: Filter) -> ColumnElement[Any]:
    """A filter's value, or its values separated by spaces, in no order."""
    if isinstance(each, OneValue):
        return cast(ColumnElement[Any], each.column)
    value = func.coalesce(each.value, NONE) if each.value.nullable else each.value
    return _aggregated(kind, value, BETWEEN_IDS, each.owner, each.key)


def _text(kind: Kind, text: Text) -> ColumnElement[Any]:
    if text.owner is None:
        return cast(ColumnElement[Any], text.column)
    return _aggregated(kind, text.column, BETWEEN_TEXTS, text.owner, text.key)


def _aggregated(kind: Kind, value: Any, between: str, owner: Any, key: str) -> ColumnElement[Any]:
    return select(func.aggregate_strings(value, between)).where(owner == kind.table.c[key]).scalar_subquery()


def _writes(each: Filter) -> Convert:
    """How a filter's value is written in the index."""
    if not isinstance(each, OneValue):
        return _listed
    if isinstance(each.column.type, Boolean):
        return {True: "true", False: "false", None: NONE}.__getitem__
    return lambda value: NONE if value is None else str(value)


def _as_it_is(value: Any) -> Any:
    return value


def _listed(values: str | None) -> list[str]:
    return sorted(set(values.split(BETWEEN_IDS))) if values else [NONE]


def _day(day: str | None) -> int | None:
    return day_number(day) if day else None


def _texts(texts: tuple[Text, ...] | list[Text], values: Any) -> list[str]:
    """Every text of a record; those of a table of their own in byte order."""
    read: list[str] = []
    for text, value in zip(texts, values, strict=True):
        if value:
            read += [value] if text.owner is None else sorted(set(value.split(BETWEEN_TEXTS)))
    return read


def _is_repeated(text: str, before: list[str]) -> bool:
    """Whether an earlier text contains all of it: a quote within its statement would otherwise count double."""
    return any(f" {text} " in f" {other} " for other in before)


def _stream(connection: Connection, statement: Select[Any]) -> Iterator[Any]:
    result = connection.execute(statement, execution_options={"stream_results": True, "yield_per": BATCH})
    for rows in result.partitions():
        yield from rows
