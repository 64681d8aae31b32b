"""Pages in stored order: keyset on `sequence` or `rank`, one statement a page."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Integer, Select, bindparam

from api.model.declaration import Kind
from api.model.selection import Selection
from api.params.cursors import BACKWARD, BEYOND, FORWARD, Cursor
from api.records.conditions import Shape, ordering, selected, shape_of
from api.records.reader import Reader

STORED = ("position", "id")  # sorts that SQL serves; the index serves the others


def is_stored(sort: str | None) -> bool:
    return sort is None or sort.lstrip("-") in STORED


def order(kind: Kind, sort: str | None) -> tuple[Column[Any], bool]:
    """The column that a stored sort follows, and whether it descends."""
    return kind.sort_columns[(sort or "position").lstrip("-")], bool(sort and sort.startswith("-"))


@lru_cache(maxsize=2000)
def step(
    kind: Kind, shape: Shape, column: Column[Any], descending: bool, placed: bool, whole: bool = False
) -> Select[*tuple[Any, ...]]:
    """At most `most` records: with `placed` only those beyond `key`, and without the first `before` of them."""
    statement = selected(kind, shape, whole)
    column = ordering(kind, shape, column)
    if placed:
        key = bindparam("key", type_=column.type)
        statement = statement.where(column < key if descending else column > key)
    return (
        statement.order_by(column.desc() if descending else column)
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("before", type_=Integer))
    )


def page_rows(
    reader: Reader, kind: Kind, selection: Selection, sort: str | None, cursor: Cursor, limit: int, offset: int
) -> tuple[Sequence[Any], Cursor | None, Cursor | None]:
    """The rows of a page, and the cursors of the pages before and after it."""
    column, descending = order(kind, sort)
    backward = cursor.direction == BACKWARD
    falling = descending != backward
    shape, values = shape_of(kind, selection)
    statement = step(kind, shape, column, falling, cursor.key is not None)
    rows = reader.rows(statement, **values, key=cursor.key, most=limit + 1, before=offset)
    more = len(rows) > limit
    rows = rows[:limit]
    if backward:
        rows = rows[::-1]
    edge = -1 if descending else BEYOND  # the page before an empty one is the last page
    has_before = more if backward else bool(offset) or cursor.key is not None
    has_after = cursor.key not in (None, edge) if backward else more
    first = getattr(rows[0], column.key) if rows else edge
    before = Cursor(BACKWARD, first) if has_before else None
    after = Cursor(FORWARD, getattr(rows[-1], column.key)) if has_after and rows else None
    return rows, before, after


def window_cursors(start: int, end: int, total: int, limit: int) -> tuple[Cursor | None, Cursor | None]:
    """Cursors of the pages before and after [start, end) of a ranked list."""
    if not limit:
        return None, None
    until = min(start, total)  # before a page beyond the end comes the last page
    before = Cursor(BACKWARD, max(0, until - limit), until) if until else None
    after = Cursor(FORWARD, end) if start < end < total else None
    return before, after
