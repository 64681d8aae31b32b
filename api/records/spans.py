"""Spans of a document's text: their units, and everything that rests on them."""

from bisect import bisect_left
from itertools import accumulate
from typing import Any, Protocol

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from api.model.tables import Claim, Document, Event, EventMention, Obstacle, Position, Relation, columns_of
from api.params.accepts import is_id
from api.problems import Fault, Problem, bad_question
from api.records.shapes import KINDS, Reader, Record

DOCUMENT = columns_of(Document)
EVENT = columns_of(Event)
EVENT_MENTION = columns_of(EventMention)
ANCHORED: dict[str, Any] = {
    kind: columns_of(table)
    for kind, table in (
        ("claim", Claim),
        ("event", Event),
        ("obstacle", Obstacle),
        ("position", Position),
        ("relation", Relation),
    )
}


class Range(Protocol):
    """A span asked for, in the unit it counts."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int | None: ...
    @property
    def unit(self) -> str: ...


class Text:
    """Length and units of one document's text."""

    def __init__(self, reader: Reader, id: str) -> None:
        found = is_id(id) and reader.rows(
            select(DOCUMENT.text_length, DOCUMENT.utf16_length, DOCUMENT.longest_span).where(DOCUMENT.id == id)
        )
        if not found:
            raise Problem("not-found", "there is no document of this id")
        self.reader, self.id = reader, id
        self.length, self.utf16_length, self.longest = found[0]

    def read(self, start: int, end: int) -> str:
        part = func.substr(DOCUMENT.text, start + 1, end - start)
        return str(self.reader.rows(select(part).where(DOCUMENT.id == self.id))[0][0])

    def span(self, asked: Range) -> tuple[int, int]:
        """The range asked for in code points. Raises a problem unless 0 ≤ start < end ≤ length."""
        utf16 = asked.unit == "utf16"
        length = self.utf16_length if utf16 else self.length
        start, end = asked.start, length if asked.end is None else asked.end
        faults = []
        if end > length:
            faults.append(
                Fault("invalid-value", "end", f"end is {end}; the text has {length} ({asked.unit})", [f"≤ {length}"])
            )
        if start >= min(end, length):
            faults.append(
                Fault(
                    "invalid-value",
                    "start",
                    f"start is {start}; it must be less than end and the text's length",
                    [f"0…{min(end, length) - 1}"],
                )
            )
        if faults:
            raise bad_question(faults)
        if not utf16 or self.utf16_length == self.length:
            return start, end
        return self._code_points(start, end)

    def _code_points(self, start: int, end: int) -> tuple[int, int]:
        units = list(accumulate((2 if ord(char) > 0xFFFF else 1 for char in self.read(0, self.length)), initial=0))
        faults = []
        found = []
        for name, offset in (("start", start), ("end", end)):
            found.append(bisect_left(units, offset))
            if units[found[-1]] != offset:
                faults.append(
                    Fault(
                        "invalid-value",
                        name,
                        f"{name}={offset} is in the middle of a surrogate pair",
                        [str(offset - 1), str(offset + 1)],
                    )
                )
        if faults:
            raise bad_question(faults)
        return found[0], found[1]


def overlapping(text: Text, start: int, end: int) -> Any:
    """(start, end, rank, kind, sequence) of every record that rests on the span, as a subquery."""

    def touches(table: Any) -> Any:
        return and_(table.document == text.id, table.start > start - text.longest, table.start < end, table.end > start)

    parts: list[Select[Any]] = []
    for kind, table in ANCHORED.items():
        condition = touches(table)
        if kind == "event":
            mentioned = select(EVENT_MENTION.event).where(touches(EVENT_MENTION))
            condition = and_(EVENT.document == text.id, or_(condition, EVENT.sequence.in_(mentioned)))
        parts.append(
            select(table.start, table.end, table.rank, literal(kind).label("kind"), table.sequence).where(condition)
        )
    return union_all(*parts).subquery()


def overlap(record: Record, start: int, end: int) -> str:
    sources = [
        source
        for source in (record["source"], *record.get("mentions", ()))
        if source["start"] < end and start < source["end"]
    ]
    if any(start <= source["start"] and source["end"] <= end for source in sources):
        return "inside"
    return "covers" if any(source["start"] <= start and end <= source["end"] for source in sources) else "partial"


def resting_on(reader: Reader, found: Any, start: int, end: int, limit: int, offset: int) -> list[Record]:
    """The records of `overlapping`, in document order, each with its overlap. One statement, and one or two a kind."""
    rows = reader.rows(
        select(found.c.kind, found.c.sequence)
        .order_by(found.c.start, found.c.end, found.c.rank)
        .limit(limit)
        .offset(offset)
    )
    by_kind = {
        kind: KINDS[kind].by_sequence(reader, [row.sequence for row in rows if row.kind == kind])
        for kind in {row.kind for row in rows}
    }
    records = [by_kind[row.kind][row.sequence] for row in rows]
    return [record | {"overlap": overlap(record, start, end)} for record in records]
