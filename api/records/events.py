"""Events as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from api.content.statements import among
from api.model.columns import columns
from api.model.links import EventActor, EventClaim, EventMention, EventPlace, EventSpeaker
from api.model.tables import Event
from api.model.vocabularies import DateBasis, EventCategory, EventStatus
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Shape, Source

MENTION = columns(EventMention)
MENTIONS = select(*MENTION).where(among(MENTION.event, "events")).order_by(MENTION.event, MENTION.ordinal)


class EventDate(Shape):
    """When, as the text has it."""

    text: str | None = Field(description="The text's own words.")
    edtf: str | None = Field(description="EDTF (ISO 8601-2), level 0 or 1.")
    earliest: str | None = Field(description="First possible day; null is open or unknown.")
    latest: str | None = Field(description="Last possible day; null is open or unknown.")
    basis: DateBasis


class EventRecord(RecordShape):
    """Something that an outsider could have observed, or could observe if it came about."""

    kind: Literal["event"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    section: Id
    name: str = Field(description="An editor's neutral name.")
    category: EventCategory
    status: EventStatus
    date: EventDate
    claims: list[Id] = Field(description="The claims about the event.")
    speakers: list[str | None] = Field(
        description="Who asserts that it happened: `author`, actors' ids, null for nobody named."
    )
    actors: list[Id] = Field(description="In order of first mention.")
    places: list[Id]
    mentions: list[Source] = Field(description="Further passages that speak of it.")
    note: str | None = Field(description="An editor's remark.")
    source: Source
    links: Links


def present(reader: Reader, rows: Sequence[Event]) -> list[Record]:
    sequences = [row.sequence for row in rows]
    claims, speakers, actors, places = reader.lists(sequences, EventClaim, EventSpeaker, EventActor, EventPlace)
    mentions: dict[int, list[Record]] = {}
    for mention in reader.rows(MENTIONS, events=sequences) if rows else ():
        mentions.setdefault(mention.event, []).append(reader.source(mention))
    return [
        {
            "id": row.id,
            "kind": "event",
            "document": row.document,
            "ordinal": row.ordinal,
            "section": row.section,
            "name": row.name,
            "category": row.category,
            "status": row.status,
            "date": {
                "text": row.date_text,
                "edtf": row.edtf,
                "earliest": row.earliest,
                "latest": row.latest,
                "basis": row.basis,
            },
            "claims": claims.get(row.sequence, []),
            "speakers": speakers.get(row.sequence, []),
            "actors": actors.get(row.sequence, []),
            "places": places.get(row.sequence, []),
            "mentions": mentions.get(row.sequence, []),
            "note": row.note,
            "source": reader.source(row),
            "links": reader.links("event", row),
        }
        for row in rows
    ]
