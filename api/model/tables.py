"""The whole data model: one generation of content, as tables; rows that link them are in `links`."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from api.model.columns import Content, Record, Sourced, filtered, json, key, sourced, term, within
from api.model.vocabularies import (
    ActorCategory,
    ClaimMode,
    ClaimType,
    DateBasis,
    EventCategory,
    EventStatus,
    PlaceCategory,
    RelationBasis,
    RelationType,
    TitleOrigin,
)


class Snapshot(Content, table=True):
    """One row: which content this generation holds."""

    id: str = Field(primary_key=True)  # hash of the content
    counts: dict[str, int] = json()


class Document(Record, table=True):
    label: str  # an editor's neutral name; the title is the text's own or null
    language: str  # BCP 47
    title: str | None
    author: str | None
    rights: str | None
    provenance: dict[str, str | None] = json()  # what an editor knows about the origin of the text
    note: str | None
    source_file: str
    source_sha256: str
    text_sha256: str
    text_length: int  # code points
    utf16_length: int
    longest_span: int  # code points; bounds the search for spans that reach into a range
    counts: dict[str, int] = json()
    digest: str  # of everything that is served of the package; snapshots are hashes of these
    text: str


class Section(Record, table=True):
    __table_args__ = (
        within("title_origin", TitleOrigin),
        CheckConstraint('0 <= start AND start < "end"', name="span"),
        UniqueConstraint("document", "ordinal"),
        *filtered("section", "document", "parent"),
    )
    document: str = key("document.id")
    ordinal: int
    parent: str | None = key("section.id")
    title: str
    title_origin: TitleOrigin = term()
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    text: str
    paragraphs: list[dict[str, int]] = json()


class Sentence(Content, table=True):
    document: str = key("document.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    section: str = key("section.id")
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    text: str
    reason: str | None  # why no record rests on it, if none does


class Topic(Content, table=True):
    id: str = key(primary_key=True)
    label: str
    definition: str


class Actor(Record, table=True):
    __table_args__ = (within("category", ActorCategory), *filtered("actor", "category"))
    name: str = key()
    category: ActorCategory = term()
    of: str | None = key("actor.id")
    mention_count: int


class Place(Record, table=True):
    __table_args__ = (within("category", PlaceCategory), *filtered("place", "category"))
    name: str = key()
    category: PlaceCategory = term()
    mention_count: int


class Obstacle(Sourced, table=True):
    __table_args__ = sourced(
        "obstacle", UniqueConstraint("document", "number"), *filtered("obstacle", "number", "section")
    )
    number: int
    title: str  # the words between number and colon
    text: str  # the words after the colon
    summary: str
    quantities: list[dict[str, Any]] = json()


class Position(Sourced, table=True):
    __table_args__ = sourced(
        "position", UniqueConstraint("obstacle", "actor"), *filtered("position", "obstacle", "actor")
    )
    obstacle: str = key("obstacle.id")
    actor: str = key("actor.id")
    statement: str
    note: str | None


class Claim(Sourced, table=True):
    __table_args__ = sourced(
        "claim",
        within("type", ClaimType),
        within("mode", ClaimMode),
        CheckConstraint("hedged = (hedge_cue IS NOT NULL)", name="hedged"),
        CheckConstraint("coalesce(speaker_actor, 'author') = coalesce(speaker, 'author')", name="speaker"),
        UniqueConstraint("document", "ordinal"),
        *filtered("claim", "section", "obstacle", "type", "mode", "speaker", "hedged", "has_quantity"),
    )
    ordinal: int
    statement: str
    type: ClaimType = term()
    mode: ClaimMode = term()
    speaker: str | None = key()  # 'author', an actor's id, or null where the text names nobody
    speaker_actor: str | None = key("actor.id")  # the same where it is an actor, so that the reference is checked
    hedged: bool
    hedge_cue: str | None
    obstacle: str | None = key("obstacle.id")  # in whose paragraph it stands
    has_quantity: bool
    quantities: list[dict[str, Any]] = json()
    note: str | None


class Event(Sourced, table=True):
    __table_args__ = sourced(
        "event",
        within("category", EventCategory),
        within("status", EventStatus),
        within("basis", DateBasis),
        CheckConstraint("earliest IS NULL OR latest IS NULL OR earliest <= latest", name="bounds"),
        UniqueConstraint("document", "ordinal"),
        *filtered("event", "section", "category", "status", "basis", "earliest", "latest", "year"),
    )
    ordinal: int
    name: str
    category: EventCategory = term()
    status: EventStatus = term()
    date_text: str | None
    edtf: str | None
    earliest: str | None = key()  # ISO 8601 day; null is open or unknown
    latest: str | None = key()
    year: int | None  # of `earliest`
    basis: DateBasis = term()
    note: str | None


class Relation(Record, table=True):
    """From one claim to another; the source is null where the relation is inferred."""

    __table_args__ = (
        within("type", RelationType),
        within("basis", RelationBasis),
        CheckConstraint("(basis = 'stated') = (quote IS NOT NULL)", name="source"),
        CheckConstraint("from_claim <> to_claim", name="ends"),
        Index("ix_relation_span", "document", "start", "end", "rank"),
        *filtered("relation", "document", "from_claim", "to_claim", "type", "basis", "section"),
    )
    document: str = key("document.id")
    from_claim: str = key("claim.id")
    to_claim: str = key("claim.id")
    type: RelationType = term()
    basis: RelationBasis = term()
    note: str | None
    section: str | None = key("section.id")
    quote: str | None
    start: int | None
    end: int | None
    utf16_start: int | None
    utf16_end: int | None
    prefix: str | None
    suffix: str | None


class Correction(Record, table=True):
    """What an editor changed after a package was first published."""

    __table_args__ = filtered("correction", "document", "date")
    document: str = key("document.id")
    date: str = key()  # ISO 8601 day
    what: str
    why: str
