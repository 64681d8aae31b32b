"""Spans of a document's text: their units, the words themselves, and everything that rests on them."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Literal

from sqlalchemy import and_, false, func, literal, or_, select, union_all

from api.model.columns import columns
from api.model.declaration import Kind, table_of
from api.model.kinds import KINDS
from api.model.tables import Document, Section, Sentence
from api.problems import Fault, bad_query
from api.records.presentation import records_by_sequence
from api.records.reader import Reader, Record

DOCUMENT, SECTION, SENTENCE = columns(Document), columns(Section), columns(Sentence)
SOURCED = tuple(kind for kind in KINDS.values() if kind.sourced)

Span = tuple[int, int]
Unit = Literal["code_point", "utf16"]
Expansion = Literal["sentence", "paragraph", "section"]


class Text:
    """One document's canonical text. Raises LookupError where there is no document of the id."""

    def __init__(self, reader: Reader, id: str) -> None:
        statement = select(DOCUMENT.text_length, DOCUMENT.utf16_length, DOCUMENT.longest_span)
        rows = reader.rows(statement.where(DOCUMENT.id == id))
        if not rows:
            raise LookupError(id)
        self.reader, self.id = reader, id
        self.length, self.utf16_length, self.longest = rows[0]

    def read(self, start: int, end: int) -> str:
        part = func.substr(DOCUMENT.text, start + 1, end - start)
        return str(self.reader.rows(select(part).where(DOCUMENT.id == self.id))[0][0])

    def span(self, start: int, end: int | None, unit: Unit) -> Span:
        """The span in code points. Raises Problem unless 0 ≤ start < end ≤ length."""
        length = self.utf16_length if unit == "utf16" else self.length
        last = length if end is None else end
        faults = []
        if last > length:
            faults.append(
                Fault("invalid-value", "end", f"end is {last}; the text has {length} ({unit})", [f"≤ {length}"])
            )
        if start >= min(last, length):
            detail = f"start is {start}; it must be less than end and the text's length"
            faults.append(Fault("invalid-value", "start", detail, [f"0…{min(last, length) - 1}"]))
        if faults:
            raise bad_query(faults)
        return (start, last) if length == self.length else self._code_points(start, last)

    def _code_points(self, start: int, end: int) -> Span:
        units = list(accumulate((2 if ord(char) > 0xFFFF else 1 for char in self.read(0, self.length)), initial=0))
        faults, offsets = [], []
        for name, offset in (("start", start), ("end", end)):
            offsets.append(bisect_left(units, offset))
            if units[offsets[-1]] != offset:
                detail = f"{name}={offset} is in the middle of a surrogate pair"
                faults.append(Fault("invalid-value", name, detail, [str(offset - 1), str(offset + 1)]))
        if faults:
            raise bad_query(faults)
        return offsets[0], offsets[1]

    def expanded(self, span: Span, to: Expansion) -> Span:
        """The span of the sentences, paragraphs or leaf sections that hold the words."""
        blocks = self._blocks(to, *span)
        touched = [block for block in blocks if block[0] < span[1] and span[0] < block[1]]
        if not touched:
            return span
        return min(span[0], touched[0][0]), max(span[1], touched[-1][1])

    def _blocks(self, to: Expansion, start: int, end: int) -> Sequence[Span]:
        if to == "sentence":
            table, document = SENTENCE, SENTENCE.document
        else:
            table, document = SECTION, SECTION.document
        statement = select(*table).where(document == self.id, table.start < end, table.end > start)
        rows = self.reader.rows(statement.order_by(table.start))
        if to == "section":
            parents = {row.parent for row in rows}
            rows = [row for row in rows if row.id not in parents]
        if to == "paragraph":
            return sorted({(block["start"], block["end"]) for row in rows for block in row.paragraphs})
        return [(row.start, row.end) for row in rows]


def _touches(table: Any, text: Text, span: Span) -> Any:
    start, end = span
    return and_(table.document == text.id, table.start > start - text.longest, table.start < end, table.end > start)


def overlapping(text: Text, span: Span, kinds: Sequence[Kind] = SOURCED) -> Any:
    """(start, end, rank, kind, sequence) of every record that rests on the span, as a subquery."""
    parts = []
    for kind in kinds or SOURCED[:1]:
        table = kind.table.c
        condition = _touches(table, text, span)
        if kind.passages is not None:
            passage = table_of(kind.passages).c
            owner = passage[kind.name]
            mentioned = table.sequence.in_(select(owner).where(_touches(passage, text, span)))
            condition = and_(table.document == text.id, or_(condition, mentioned))
        if not kinds:
            condition = false()
        columns_ = table.start, table.end, table.rank, literal(kind.name).label("kind"), table.sequence
        parts.append(select(*columns_).where(condition))
    return union_all(*parts).subquery()


def count(reader: Reader, subquery: Any) -> int:
    return int(reader.rows(select(func.count()).select_from(subquery))[0][0])


def resting_on(reader: Reader, subquery: Any, span: Span, limit: int, offset: int) -> list[Record]:
    """The records of `overlapping` in document order, each with how its words lie to the span."""
    statement = (
        select(subquery.c.kind, subquery.c.sequence)
        .order_by(subquery.c.start, subquery.c.end, subquery.c.rank)
        .limit(limit)
        .offset(offset)
    )
    rows = reader.rows(statement)
    records = {
        name: records_by_sequence(reader, KINDS[name], [row.sequence for row in rows if row.kind == name])
        for name in {row.kind for row in rows}
    }
    return [records[row.kind][row.sequence] | overlap(records[row.kind][row.sequence], span) for row in rows]


def overlap(record: Record, span: Span) -> Record:
    """Which words of the record lie in the span, and how: `matched` is `source` or the places of mentions."""
    start, end = span
    passages = [("source", record["source"])]
    passages += [(f"mentions.{place}", each) for place, each in enumerate(record.get("mentions", ()))]
    touching = [(path, each) for path, each in passages if each and each["start"] < end and start < each["end"]]
    if any(start <= each["start"] and each["end"] <= end for _, each in touching):
        extent = "inside"
    elif any(each["start"] <= start and end <= each["end"] for _, each in touching):
        extent = "covers"
    else:
        extent = "partial"
    return {"overlap": extent, "matched": [path for path, _ in touching]}
