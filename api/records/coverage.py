"""Every sentence of a text, and what rests on it."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field, create_model
from sqlalchemy import Select, and_, literal, not_, or_, select, union_all

from api.model.declaration import Kind, table_of
from api.model.kinds import KINDS
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Shape, Utf16
from api.records.spans import SENTENCE, Span, Text

COVERING = tuple(kind for kind in KINDS.values() if kind.coverage)


class _Sentence(Shape):
    document: Id
    section: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    start: int
    end: int
    utf16: Utf16
    text: str


def _ids(kind: Kind) -> Any:
    return (list[Id], Field(description="Whose source or a mention stands here." if kind.passages else None))


CoveredSentence: Any = create_model(
    "CoveredSentence",
    __base__=_Sentence,
    __module__=__name__,
    **{kind.plural: _ids(kind) for kind in COVERING},
    reason=(str | None, Field(description="Why no record rests on it that would account for it.")),
    accounted=(bool, ...),
)


def sentences(
    text: Text, span: Span, accounted: bool | None, kinds: Sequence[str], excluded: Sequence[str] = ()
) -> Select[*tuple[Any, ...]]:
    """The sentences that the span touches: accounted for or not, with records of any of the kinds, none excluded."""
    statement = select(*SENTENCE).where(SENTENCE.document == text.id, SENTENCE.start < span[1], SENTENCE.end > span[0])
    if kinds:
        statement = statement.where(or_(*(_rests(kind) for kind in COVERING if kind.name in kinds)))
    for kind in COVERING:
        if kind.name in excluded:
            statement = statement.where(not_(_rests(kind)))
    if accounted is not None:
        accounts = or_(
            SENTENCE.reason.is_not(None), *(_rests(kind) for kind in COVERING if kind.coverage == "accounts")
        )
        statement = statement.where(accounts if accounted else ~accounts)
    return statement.order_by(SENTENCE.ordinal)


def _rests(kind: Kind) -> Any:
    """Whether a record of the kind rests on the sentence."""
    tables = [kind.table.c, *([table_of(kind.passages).c] if kind.passages else [])]
    return or_(
        *(
            select(literal(1))
            .where(table.document == SENTENCE.document, table.start < SENTENCE.end, table.end > SENTENCE.start)
            .exists()
            for table in tables
        )
    )


def covered(reader: Reader, text: Text, rows: Sequence[Any]) -> Iterator[Record]:
    """Sentences as records, with the ids of what rests on them."""
    following = deque(_resting(reader, text, rows))
    here: list[Any] = []
    for sentence in rows:
        while following and following[0].start < sentence.end:
            here.append(following.popleft())
        here = [row for row in here if sentence.start < row.end]
        ids: dict[str, dict[str, None]] = {kind.plural: {} for kind in COVERING}
        for row in here:
            ids[KINDS[row.kind].plural][row.id] = None
        accounting = any(ids[kind.plural] for kind in COVERING if kind.coverage == "accounts")
        yield {
            "document": text.id,
            "section": sentence.section,
            "ordinal": sentence.ordinal,
            "start": sentence.start,
            "end": sentence.end,
            "utf16": {"start": sentence.utf16_start, "end": sentence.utf16_end},
            "text": sentence.text,
            **{plural: list(each) for plural, each in sorted(ids.items())},
            "reason": sentence.reason,
            "accounted": bool(accounting or sentence.reason),
        }


def _resting(reader: Reader, text: Text, rows: Sequence[Any]) -> Sequence[Any]:
    """Kind, span and id of all that rests on the sentences, in document order. One statement."""
    if not rows:
        return ()
    first, last = rows[0].start, rows[-1].end
    parts = []
    for kind in COVERING:
        own = kind.table.c
        name = literal(kind.name).label("kind")
        parts.append(select(name, own.start, own.end, own.id, own.rank).where(_within(own, text, first, last)))
        if kind.passages is not None:
            passage = table_of(kind.passages).c
            selected = select(name, passage.start, passage.end, own.id, own.rank)
            joined = selected.join_from(passage.start.table, kind.table, own.sequence == passage[kind.name])
            parts.append(joined.where(_within(passage, text, first, last)))
    every = union_all(*parts).subquery()
    return reader.rows(select(every).order_by(every.c.start, every.c.end, every.c.rank))


def _within(table: Any, text: Text, first: int, last: int) -> Any:
    return and_(table.document == text.id, table.start > first - text.longest, table.start < last, table.end > first)
