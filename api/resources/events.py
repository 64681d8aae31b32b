"""Events: what happened, happens or would happen, as the document dates it and no further."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, model_validator
from sqlalchemy import Select, and_, or_, select

from api.content.statements import among
from api.formats.files import field_names
from api.model.tables import Event, EventActor, EventMention, EventPlace, columns_of, metadata
from api.model.vocabularies import DateBasis, EventCategory, EventStatus
from api.openapi import described
from api.params.accepts import OneOf, Reference
from api.params.dates import Day, bounds
from api.params.questions import impossible
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
from api.records.shapes import (
    Extras,
    Id,
    Include,
    Kind,
    Links,
    NamedOthers,
    One,
    OneOther,
    Page,
    Reader,
    Record,
    Shape,
    Source,
    listing_any,
    register,
    source_columns,
)
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=Answering)

EVENT = columns_of(Event)
EVENT_ACTOR = columns_of(EventActor)
EVENT_MENTION = columns_of(EventMention)
EVENT_PLACE = columns_of(EventPlace)


class EventDate(Shape):
    """When, as the text has it."""

    text: str | None = Field(description="The text's own words.")
    edtf: str | None = Field(description="EDTF (ISO 8601-2), level 0 or 1.")
    earliest: str | None = Field(description="First possible day; null is open or unknown.")
    latest: str | None = Field(description="Last possible day; null is open or unknown.")
    basis: DateBasis


class EventRecord(Extras):
    id: Id
    kind: Literal["event"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    section: Id
    name: str = Field(description="An editor's neutral name for it.")
    category: EventCategory
    status: EventStatus
    date: EventDate
    actors: list[Id] = Field(description="In order of first mention.")
    places: list[Id]
    mentions: list[Source] = Field(description="Further passages that speak of it.")
    note: str | None = Field(description="An editor's remark.")
    source: Source
    links: Links


class EventPage(Page[EventRecord]):
    pass


class EventAnswer(One[EventRecord]):
    pass


FACETS = ("document", "section", "category", "status", "actor", "place", "basis")
INCLUDES: dict[str, Include] = {
    "section": OneOther("section", "section"),
    "actors": NamedOthers("actor", "actors"),
    "places": NamedOthers("place", "places"),
}


class EventQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("event"), Field(description="These events.", examples=["karabakh.e001"])] = ()
    section: Annotated[Ids, Reference("section"), Field(description="In these leaf sections.")] = ()
    category: Annotated[
        tuple[str, ...], OneOf(EventCategory), Field(description="Of these categories.", examples=["war"])
    ] = ()
    status: Annotated[
        tuple[str, ...], OneOf(EventStatus), Field(description="Of these statuses.", examples=["occurred"])
    ] = ()
    actor: Annotated[Ids, Reference("actor"), Field(description="With these actors.", examples=["russia"])] = ()
    place: Annotated[Ids, Reference("place"), Field(description="At these places.", examples=["karabakh"])] = ()
    basis: Annotated[
        tuple[str, ...], OneOf(DateBasis), Field(description="What the date rests on.", examples=["stated"])
    ] = ()
    date_from: Annotated[
        str | None, Day(), Field(description="From this day, month or year on, its whole span.", examples=["1994"])
    ] = None
    date_to: Annotated[str | None, Day(), Field(description="Up to this day, month or year.", examples=["2020-12"])] = (
        None
    )
    date_match: Annotated[
        str,
        OneOf(("possible", "certain")),
        Field(description="possible: the event's bounds overlap the span asked for; certain: they lie within it."),
    ] = "possible"
    sort: Annotated[
        str | None,
        OneOf(("position", "-position", "id", "-id", "date", "-date")),
        Field(
            description="Document order if unset; relevance with q. `date`: the earliest possible day, unknown last."
        ),
    ] = None
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv", "jsonld")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(EventRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = self.date_bounds()
        if days["date_from"] and days["date_to"] and days["date_from"] > days["date_to"]:
            raise impossible("date_from", "date_from is after date_to")
        return self

    def date_bounds(self) -> dict[str, str | None]:
        """First and last day asked for, each whole."""
        return {
            "date_from": bounds(self.date_from)[0] if self.date_from else None,
            "date_to": bounds(self.date_to)[1] if self.date_to else None,
            "date_match": self.date_match,
        }


class EventIdQuestions(RecordQuestions):
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    format: Annotated[str, OneOf(("json", "jsonld")), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    EVENT.sequence,
    EVENT.rank,
    EVENT.id,
    EVENT.ordinal,
    EVENT.name,
    EVENT.category,
    EVENT.status,
    EVENT.date_text,
    EVENT.edtf,
    EVENT.earliest,
    EVENT.latest,
    EVENT.basis,
    EVENT.note,
    *source_columns(EVENT),
)

MENTIONS = (
    select(EVENT_MENTION.event, *source_columns(EVENT_MENTION))
    .where(among(EVENT_MENTION.event, "events"))
    .order_by(EVENT_MENTION.event, EVENT_MENTION.ordinal)
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    sequences = [row[0] for row in rows]
    actors, places = reader.lists(
        sequences, (EVENT_ACTOR.event, EVENT_ACTOR.actor), (EVENT_PLACE.event, EVENT_PLACE.place)
    )
    mentions: dict[int, list[Record]] = {}
    for event, *words in reader.rows(MENTIONS, events=sequences):
        mentions.setdefault(event, []).append(reader.source(*words))
    records = []
    for sequence, _, id, ordinal, name, category, status, text, edtf, earliest, latest, basis, note, *words in rows:
        document, section, _, start, end, *_ = words
        records.append(
            {
                "id": id,
                "kind": "event",
                "document": document,
                "ordinal": ordinal,
                "section": section,
                "name": name,
                "category": category,
                "status": status,
                "date": {"text": text, "edtf": edtf, "earliest": earliest, "latest": latest, "basis": basis},
                "actors": actors.get(sequence, []),
                "places": places.get(sequence, []),
                "mentions": mentions.get(sequence, []),
                "note": note,
                "source": reader.source(*words),
                "links": reader.links("/v1/events", id, document, start, end),
            }
        )
    return records


def events(asked: EventQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(EVENT.id.in_(asked.id))
    if asked.document:
        statement = statement.where(EVENT.document.in_(asked.document))
    if asked.section:
        statement = statement.where(EVENT.section.in_(asked.section))
    if asked.category:
        statement = statement.where(EVENT.category.in_(asked.category))
    if asked.status:
        statement = statement.where(EVENT.status.in_(asked.status))
    if asked.actor:
        statement = listing_any(statement, EVENT.sequence, EVENT_ACTOR.event, EVENT_ACTOR.actor, asked.actor)
    if asked.place:
        statement = listing_any(statement, EVENT.sequence, EVENT_PLACE.event, EVENT_PLACE.place, asked.place)
    if asked.basis:
        statement = statement.where(EVENT.basis.in_(asked.basis))
    return dated(statement, asked)


def dated(statement: Select[Any], asked: EventQuestions) -> Select[Any]:
    """Events whose bounds overlap the days asked for, or certainly lie within; never one without any bound."""
    days = asked.date_bounds()
    first, last = days["date_from"], days["date_to"]
    if first is None and last is None:
        return statement
    if asked.date_match == "certain":
        within = [EVENT.earliest >= first] if first else []
        return statement.where(and_(*within, *([EVENT.latest <= last] if last else [])))
    statement = statement.where(or_(EVENT.earliest.is_not(None), EVENT.latest.is_not(None)))
    if first:
        statement = statement.where(or_(EVENT.latest.is_(None), EVENT.latest >= first))
    if last:
        statement = statement.where(or_(EVENT.earliest.is_(None), EVENT.earliest <= last))
    return statement


EVENTS = register(
    Kind(
        "event",
        "events",
        metadata.tables["event"],
        EVERY,
        present,
        EventRecord,
        filters=FACETS,
        facets=FACETS,
        includes=INCLUDES,
    )
)


@router.get("", **described(EventQuestions, EventPage))
async def list_events(asking: Asking) -> Response:
    """Events in document order, by date, or best first with q."""
    return await asking.answer(EventQuestions, lambda asked: list_of(asking, EVENTS, asked, events(asked)))


@router.get("/{id}", **described(EventIdQuestions, EventAnswer))
async def get_event(asking: Asking, id: str) -> Response:
    """One event."""
    return await asking.answer(EventIdQuestions, lambda asked: record_of(asking, EVENTS, id, asked))
