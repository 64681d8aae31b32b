"""Where a page begins: opaque cursors bound to question and snapshot, keyset on `sequence` or `rank`.

A keyset cursor names the record a page begins after (or ends before); one in a ranked list names the ranks
themselves, which stay put within a snapshot.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Column, Integer, Select, bindparam

from api.params.accepts import Accepts, Refused
from api.params.questions import canonical
from api.problems import Fault, Problem
from api.records.shapes import Kind, Reader
from api.request import Asked

if TYPE_CHECKING:
    from api.records.lists import PagedQuestions

KEYSET = {"position": "sequence", "id": "rank"}
UNBOUND = ("cursor", "offset", "limit", "include", "facets", "highlight", "snapshot", "format")
FORWARD, BACKWARD = "n", "p"
LONGEST = 100  # records on a page
# Snapshot, hash of the question, direction, key and until.
PAYLOAD: TypeAdapter[tuple[str, str, str, int, int | None]] = TypeAdapter(
    tuple[str, str, Literal["n", "p"], Annotated[int, Field(ge=-1, lt=2**31)], int | None]
)


@dataclass(frozen=True)
class Place:
    """Where to go on: forward after `key`, or backward before it. In ranked lists [key, until) is the page."""

    direction: str = FORWARD
    key: int | None = None
    until: int | None = None

    def window(self, question: "PagedQuestions") -> tuple[int, int]:
        """Offset and limit of a ranked page."""
        if self.key is None:
            return question.offset, question.limit
        return max(self.key, 0), (self.until - self.key) if self.until is not None else question.limit


class Cursor(Accepts):
    """A cursor as it was given. Which question and snapshot it is of, is looked at once the question is right."""

    def read(self, text: str) -> str:
        try:
            _opened(text)
        except ValueError:
            detail = "not a cursor that was given here: altered or cut off"
            raise Refused(detail, slug="invalid-cursor") from None
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}


def _opened(cursor: str) -> tuple[str, str, Place]:
    """Snapshot, question and place of a cursor. Raises ValueError where it is none."""
    sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    payload, seal = sealed[:-4], sealed[-4:]
    if blake2b(payload, digest_size=4).digest() != seal:
        raise ValueError("altered")
    snapshot, bound, direction, key, until = PAYLOAD.validate_json(payload, strict=True)
    if until is not None and not 0 < until - key <= LONGEST:
        raise ValueError("no page of a list")
    return snapshot, bound, Place(direction, key, until)


def order(kind: Kind, sort: str | None) -> tuple[Column[int], bool]:
    name = (sort or "position").lstrip("-")
    return kind.table.c[KEYSET[name]], bool(sort and sort.startswith("-"))


def _bound(asked: Asked, question: "PagedQuestions") -> str:
    text = canonical(asked.path, question, **dict.fromkeys(UNBOUND))
    return blake2b(text.encode(), digest_size=6).hexdigest()


def write(asked: Asked, question: "PagedQuestions", place: Place) -> str:
    """The path of the page at that place."""
    payload = to_json([asked.snapshot.id, _bound(asked, question), place.direction, place.key, place.until])
    sealed = payload + blake2b(payload, digest_size=4).digest()
    cursor = urlsafe_b64encode(sealed).decode().rstrip("=")
    return asked.href(canonical(asked.path, question, cursor=cursor, offset=None))


def read(asked: Asked, question: "PagedQuestions") -> Place:
    cursor = question.cursor
    if cursor is None:
        return Place()
    snapshot, bound, place = _opened(cursor)
    if snapshot != asked.snapshot.id:
        restart = asked.href(canonical(asked.path, question, cursor=None, offset=None))
        raise Problem(
            "stale-cursor",
            f"the cursor is of snapshot {snapshot}; the one served is {asked.snapshot.id}",
            (Fault("stale-cursor", "cursor", "its snapshot is no longer served"),),
            members={"restart": restart, "snapshot": asked.snapshot.id},
        )
    if bound != _bound(asked, question):
        raise Problem(
            "invalid-cursor",
            "the cursor was given to another question",
            (Fault("invalid-cursor", "cursor", "it was given to another question"),),
        )
    return place


def ranked(asked: Asked, question: "PagedQuestions", start: int, end: int, total: int) -> tuple[str | None, str | None]:
    """Paths of the pages before and after [start, end) of a ranked list."""
    until = min(start, total)  # before a page beyond the end comes the last one
    before = write(asked, question, Place(BACKWARD, max(0, until - question.limit), until)) if until else None
    after = write(asked, question, Place(FORWARD, end)) if end < total and end > start else None
    return before, after


def _step(statement: Select[Any], column: Column[int], falling: bool, key: Any, most: Any, before: Any) -> Select[Any]:
    """At most `most` records, from beyond `key` if there is one, without the first `before`."""
    if key is not None:
        statement = statement.where(column < key if falling else column > key)
    return statement.order_by(column.desc() if falling else column).limit(most).offset(before)


@cache
def _every(every: Select[Any], column: Column[int], falling: bool, placed: bool) -> Select[Any]:
    """The step over a whole kind, built once: what a walk without filters is made of."""
    key = bindparam("key", type_=column.type) if placed else None
    return _step(every, column, falling, key, bindparam("most", type_=Integer), bindparam("before", type_=Integer))


def keyset(
    asked: Asked, question: "PagedQuestions", kind: Kind, statement: Select[Any], place: Place, reader: Reader
) -> tuple[list[Any], str | None, str | None]:
    """The rows of a page, and the paths of the pages before and after. One statement."""
    column, descending = order(kind, getattr(question, "sort", None))
    backward = place.direction == BACKWARD
    falling = descending != backward
    if statement is kind.every:
        step = _every(statement, column, falling, place.key is not None)
        rows = reader.rows(step, key=place.key, most=question.limit + 1, before=question.offset)
    else:
        rows = reader.rows(_step(statement, column, falling, place.key, question.limit + 1, question.offset or None))
    more = len(rows) > question.limit
    rows = list(rows[: question.limit])
    if backward:
        rows.reverse()
    which = 1 if column.name == "rank" else 0
    has_before = more if backward else bool(question.offset) or place.key is not None
    edge = -1 if descending else 2**31 - 1  # beyond every record: the page before an empty one is the last
    has_after = place.key not in (None, edge) if backward else more
    first = rows[0][which] if rows else edge
    before = write(asked, question, Place(BACKWARD, first)) if has_before else None
    after = write(asked, question, Place(FORWARD, rows[-1][which])) if has_after and rows else None
    return rows, before, after
