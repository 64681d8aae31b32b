"""The text itself: the words, what rests on them, and what rests on every sentence."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import func, literal, or_, select, union_all

from api.model.tables import Claim, Document, Event, EventMention, Obstacle, Position, Section, Sentence, columns_of
from api.openapi import described, described_text
from api.params.accepts import Flag, OneOf, Whole
from api.params.questions import Questions, canonical, impossible
from api.problems import Fault, Problem
from api.records import cursors
from api.records.lists import PagedQuestions
from api.records.shapes import Id, Page, Reader, Record, Shape, Utf16
from api.records.spans import Text, overlapping, resting_on
from api.request import Answering, Asked, Asking, Body

router = APIRouter(prefix="/v1", tags=["text"], route_class=Answering)

CLAIM = columns_of(Claim)
DOCUMENT = columns_of(Document)
EVENT = columns_of(Event)
EVENT_MENTION = columns_of(EventMention)
OBSTACLE = columns_of(Obstacle)
POSITION = columns_of(Position)
SECTION = columns_of(Section)
SENTENCE = columns_of(Sentence)


class RangeQuestions(Questions):
    start: Annotated[int, Whole(), Field(description="First offset.", examples=[0])] = 0
    end: Annotated[
        int | None, Whole(), Field(description="Offset after the last; the text's length if unset.", examples=[157])
    ] = None
    unit: Annotated[
        str,
        OneOf(("code_point", "utf16")),
        Field(description="What offsets count: Unicode code points, or UTF-16 code units."),
    ] = "code_point"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.start >= self.end:
            raise impossible("start", f"start is {self.start}; it must be less than end, which is {self.end}")
        return self

    def misplaced(self, asked: Asked) -> list[Fault]:
        try:
            with asked.reading() as reader:
                Text(reader, asked.scope["path_params"]["id"]).span(self)
        except Problem as problem:
            return [*super().misplaced(asked), *problem.faults]
        return super().misplaced(asked)


class TextQuestions(RangeQuestions):
    pass


class SpanQuestions(RangeQuestions, PagedQuestions):
    pass


class CoverageQuestions(PagedQuestions):
    accounted: Annotated[
        bool | None,
        Flag(),
        Field(description="Whether a record rests on the sentence, or a reason says why none does."),
    ] = None


class SpanRecord(Shape):
    """A record of any kind with a source, and how its words lie to those asked for."""

    model_config = ConfigDict(extra="allow")

    id: Id
    kind: Literal["claim", "event", "obstacle", "position", "relation"]
    overlap: Literal["inside", "covers", "partial"] = Field(
        description="Its words lie inside those asked for, cover them, or share some."
    )


class SpanPage(Page[SpanRecord]):
    pass


class CoveredSentence(Shape):
    document: Id
    section: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    start: int
    end: int
    utf16: Utf16
    text: str
    claims: list[Id]
    events: list[Id] = Field(description="Whose source or a mention stands here.")
    positions: list[Id]
    obstacles: list[Id]
    reason: str | None = Field(description="Why no claim, event or position rests on it.")
    accounted: bool


class CoveragePage(Page[CoveredSentence]):
    pass


def spans(asked: Asked, id: str, question: SpanQuestions) -> Body:
    """Document order is by start, end and rank of the record's own source; the cursor is the place in it."""
    place = cursors.read(asked, question)
    offset, limit = place.window(question)
    with asked.reading() as reader:
        text = Text(reader, id)
        start, end = text.span(question)
        found = overlapping(text, start, end)
        total = reader.rows(select(func.count()).select_from(found))[0][0]
        records = resting_on(reader, found, start, end, limit, offset)
    return counted_page(asked, question, records, total, offset)


def counted_page(asked: Asked, question: Any, records: list[Record], total: int, offset: int) -> Body:
    before, after = cursors.ranked(asked, question, offset, offset + len(records), total)
    first = asked.href(canonical(asked.path, question, cursor=None, offset=None))
    links = {"self": asked.href(asked.question), "first": first, "next": after, "prev": before}
    meta = {"total": total, "limit": question.limit, "snapshot": asked.snapshot.id}
    return Body(
        {"data": records, "meta": meta, "links": links},
        [(relation, href) for relation, href in links.items() if href and relation != "self"],
    )


def coverage(asked: Asked, id: str, question: CoverageQuestions) -> Body:
    place = cursors.read(asked, question)
    offset, limit = place.window(question)
    with asked.reading() as reader:
        text = Text(reader, id)
        statement = select(SENTENCE.ordinal).where(SENTENCE.document == id)
        if question.accounted is not None:
            statement = statement.where(_accounted() if question.accounted else ~_accounted())
        total = reader.rows(select(func.count()).select_from(statement.subquery()))[0][0]
        sentences = reader.rows(
            select(*SENTENCE)
            .where(SENTENCE.ordinal.in_(select(statement.subquery().c.ordinal)), SENTENCE.document == id)
            .order_by(SENTENCE.ordinal)
            .limit(limit)
            .offset(offset)
        )
        resting = list(_resting(reader, text, sentences))
    records = []
    for sentence in sentences:
        ids: dict[str, list[str]] = {"claim": [], "event": [], "position": [], "obstacle": []}
        for kind, start, end, record_id in resting:
            if start < sentence.end and sentence.start < end and record_id not in ids[kind]:
                ids[kind].append(record_id)
        records.append(
            {
                "document": id,
                "section": sentence.section,
                "ordinal": sentence.ordinal,
                "start": sentence.start,
                "end": sentence.end,
                "utf16": {"start": sentence.utf16_start, "end": sentence.utf16_end},
                "text": sentence.text,
                "claims": ids["claim"],
                "events": ids["event"],
                "positions": ids["position"],
                "obstacles": ids["obstacle"],
                "reason": sentence.reason,
                "accounted": bool(ids["claim"] or ids["event"] or ids["position"] or sentence.reason),
            }
        )
    return counted_page(asked, question, records, total, offset)


def _accounted() -> Any:
    resting = [
        select(literal(1))
        .where(table.document == SENTENCE.document, table.start < SENTENCE.end, table.end > SENTENCE.start)
        .exists()
        for table in (Claim, Event, EventMention, Position)
    ]
    return or_(SENTENCE.reason.is_not(None), *resting)


def _resting(reader: Reader, text: Text, sentences: Any) -> Iterator[tuple[str, int, int, str]]:
    """Kind, span and id of all that rests on the sentences of a page, in document order. One statement."""
    if not sentences:
        return
    first, last = sentences[0].start, sentences[-1].end
    tables: list[tuple[str, Any, Any]] = [
        ("claim", Claim, CLAIM.id),
        ("event", Event, EVENT.id),
        ("position", Position, POSITION.id),
        ("obstacle", Obstacle, OBSTACLE.id),
    ]
    parts = [
        select(literal(kind).label("kind"), table.start, table.end, id, table.rank).where(
            table.document == text.id, table.start > first - text.longest, table.start < last, table.end > first
        )
        for kind, table, id in tables
    ]
    parts.append(
        select(literal("event"), EVENT_MENTION.start, EVENT_MENTION.end, EVENT.id, EVENT.rank)
        .join(Event, EVENT.sequence == EVENT_MENTION.event)
        .where(
            EVENT_MENTION.document == text.id,
            EVENT_MENTION.start > first - text.longest,
            EVENT_MENTION.start < last,
            EVENT_MENTION.end > first,
        )
    )
    every = union_all(*parts).subquery()
    for kind, start, end, id, _ in reader.rows(select(every).order_by(every.c.start, every.c.end, every.c.rank)):
        yield kind, start, end, id


def words(asked: Asked, id: str, question: TextQuestions) -> Body:
    with asked.reading() as reader:
        text = Text(reader, id)
        start, end = text.span(question)
        return Body(text.read(start, end))


@router.get("/documents/{id}/text", **described_text(TextQuestions))
async def get_text(asking: Asking, id: str) -> Response:
    """The canonical text, whole or from start to end, exactly."""
    return await asking.answer(TextQuestions, lambda asked: words(asking, id, asked), ("text",))


@router.get("/documents/{id}/spans", **described(SpanQuestions, SpanPage))
async def list_spans(asking: Asking, id: str) -> Response:
    """Everything that rests on the words from start to end."""
    return await asking.answer(SpanQuestions, lambda asked: spans(asking, id, asked))


@router.get("/documents/{id}/coverage", **described(CoverageQuestions, CoveragePage))
async def list_coverage(asking: Asking, id: str) -> Response:
    """Every sentence of the text, and what rests on it."""
    return await asking.answer(CoverageQuestions, lambda asked: coverage(asking, id, asked))
