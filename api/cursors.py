"""Where a page begins: opaque cursors bound to question and snapshot, keyset on `sequence` or `rank`.

A keyset cursor names the record a page begins after (or ends before); one in a ranked list names the ranks
themselves, which stay put within a snapshot.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json
from sqlalchemy import Column, Select

from api.asking import Asked
from api.problems import Fault, Problem
from api.questions import canonical
from api.records import Kind, Reader

if TYPE_CHECKING:
    from api.listing import PagedQuestions

KEYSET = {"position": "sequence", "id": "rank"}
UNBOUND = ("cursor", "offset", "limit", "include", "facets", "highlight", "snapshot", "format")
FORWARD, BACKWARD = "n", "p"


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
        return self.key, (self.until - self.key) if self.until is not None else question.limit


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
    invalid = Problem(
        "invalid-cursor",
        "the cursor is not one that this question was given",
        (Fault("invalid-cursor", "cursor", "altered, cut off, or from another question"),),
    )
    try:
        sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        payload, seal = sealed[:-4], sealed[-4:]
        if blake2b(payload, digest_size=4).digest() != seal:
            raise invalid
        snapshot, bound, direction, key, until = from_json(payload)
    except ValueError:
        raise invalid from None
    if snapshot != asked.snapshot.id:
        restart = asked.href(canonical(asked.path, question, cursor=None, offset=None))
        raise Problem(
            "stale-cursor",
            f"the cursor is of snapshot {snapshot}; the one served is {asked.snapshot.id}",
            (Fault("stale-cursor", "cursor", "its snapshot is no longer served"),),
            members={"restart": restart, "snapshot": asked.snapshot.id},
        )
    if bound != _bound(asked, question):
        raise invalid
    return Place(direction, key, until)


def ranked(asked: Asked, question: "PagedQuestions", start: int, end: int, total: int) -> tuple[str | None, str | None]:
    """Paths of the pages before and after [start, end) of a ranked list."""
    until = min(start, total)  # before a page beyond the end comes the last one
    before = write(asked, question, Place(BACKWARD, max(0, until - question.limit), until)) if until else None
    after = write(asked, question, Place(FORWARD, end)) if end < total and end > start else None
    return before, after


def keyset(
    asked: Asked, question: "PagedQuestions", kind: Kind, statement: Select[Any], place: Place, reader: Reader
) -> tuple[list[Any], str | None, str | None]:
    """The rows of a page, and the paths of the pages before and after. One statement."""
    column, descending = order(kind, getattr(question, "sort", None))
    backward = place.direction == BACKWARD
    falling = descending != backward
    if place.key is not None:
        statement = statement.where(column < place.key if falling else column > place.key)
    statement = (
        statement.order_by(column.desc() if falling else column)
        .limit(question.limit + 1)
        .offset(question.offset or None)
    )
    rows = list(reader.rows(statement))
    more = len(rows) > question.limit
    rows = rows[: question.limit]
    if backward:
        rows.reverse()
    which = 1 if column.name == "rank" else 0
    has_before = more if backward else bool(question.offset) or place.key is not None
    has_after = bool(place.key is not None) if backward else more
    edge = -1 if descending else 2**31 - 1  # beyond every record: the page before an empty one is the last
    first = rows[0][which] if rows else edge
    before = write(asked, question, Place(BACKWARD, first)) if has_before else None
    after = write(asked, question, Place(FORWARD, rows[-1][which])) if has_after and rows else None
    return rows, before, after
