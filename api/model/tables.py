"""The whole data model: one generation of content, as tables.

Every record has two integers besides its id, both assigned at load over the whole snapshot: `sequence`, its
place in its kind's default order (document order for what rests on words), and `rank`, its place in
(`kind`, `id`) order, which breaks every tie. Text keys compare byte by byte on both databases.
"""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

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
    Term,
    TitleOrigin,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")

KEYED = {"sqlite_with_rowid": False}  # rows of nothing but keys are their own index

metadata = MetaData(naming_convention=NAMES)


def within(column: str, vocabulary: type[Term]) -> CheckConstraint:
    """The CHECK that holds a column to a closed vocabulary."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(term.value) for term in vocabulary)})", name=column)


def key(foreign: str | None = None, **options: Any) -> Any:
    """A text column that is an id, or refers to one."""
    return Field(sa_type=BYTEWISE, foreign_key=foreign, **options)


def json_list() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


class Content(SQLModel):
    metadata = metadata


class Ranked(Content):
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rank: int = Field(unique=True)
    id: str = key(unique=True)


class Sourced(Ranked):
    """What rests on words: `quote` is text[start:end] of the document, in code points."""

    document: str = key("document.id")
    section: str = key("section.id")
    quote: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    prefix: str
    suffix: str


def sourced(table: str, *more: Any) -> tuple[Any, ...]:
    """Constraints and the span index that every table of sourced records has."""
    return (
        CheckConstraint('0 <= start AND start < "end"', name="span"),
        Index(f"ix_{table}_span", "document", "start", "end", "rank"),
        Index(f"ix_{table}_document", "document", "sequence"),
        *more,
    )


class Snapshot(Content, table=True):
    """One row: which content this generation holds."""

    id: str = Field(primary_key=True)  # hash of the content
    counts: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))


class Document(Ranked, table=True):
    label: str  # an editor's neutral name; the title is the text's own or null
    language: str
    title: str | None
    author: str | None
    rights: str | None
    note: str | None
    source_file: str
    source_sha256: str
    text_sha256: str
    text_length: int  # code points
    utf16_length: int
    longest_span: int  # code points; bounds the search for spans that reach into a range
    counts: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    digest: str  # of everything the package says; snapshots are hashes of these
    text: str


class Section(Ranked, table=True):
    __table_args__ = (
        within("title_origin", TitleOrigin),
        CheckConstraint('0 <= start AND start < "end"', name="span"),
        UniqueConstraint("document", "ordinal"),
        Index("ix_section_document", "document", "sequence"),
        Index("ix_section_parent", "parent", "sequence"),
    )
    document: str = key("document.id")
    ordinal: int
    parent: str | None = key("section.id")
    title: str
    title_origin: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    text: str
    paragraphs: list[dict[str, int]] = json_list()


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


class DocumentTopic(Content, table=True):
    __tablename__ = "document_topic"
    __table_args__ = KEYED
    document: str = key("document.id", primary_key=True)
    topic: str = key("topic.id", primary_key=True)


class Actor(Ranked, table=True):
    __table_args__ = (within("category", ActorCategory), Index("ix_actor_category", "category", "sequence"))
    name: str = key()
    category: str
    of: str | None = key("actor.id")
    mention_count: int


class ActorDocument(Content, table=True):
    """What one document contributes to an actor: the surface forms it uses, and how often."""

    __tablename__ = "actor_document"
    __table_args__ = (Index("ix_actor_document_document", "document", "actor"),)
    actor: str = key("actor.id", primary_key=True)
    document: str = key("document.id", primary_key=True)
    names: list[str] = json_list()
    mention_count: int


class Place(Ranked, table=True):
    __table_args__ = (within("category", PlaceCategory), Index("ix_place_category", "category", "sequence"))
    name: str = key()
    category: str
    mention_count: int


class PlaceDocument(Content, table=True):
    __tablename__ = "place_document"
    __table_args__ = (Index("ix_place_document_document", "document", "place"),)
    place: str = key("place.id", primary_key=True)
    document: str = key("document.id", primary_key=True)
    names: list[str] = json_list()
    mention_count: int


class Obstacle(Sourced, table=True):
    __table_args__ = sourced(
        "obstacle",
        UniqueConstraint("document", "number"),
        Index("ix_obstacle_number", "number", "sequence"),
        Index("ix_obstacle_section", "section", "sequence"),
    )
    number: int
    title: str
    text: str
    summary: str
    quantities: list[dict[str, Any]] = json_list()


class ObstacleActor(Content, table=True):
    __tablename__ = "obstacle_actor"
    __table_args__ = (Index("ix_obstacle_actor_actor", "actor", "obstacle", unique=True), KEYED)
    obstacle: int = Field(foreign_key="obstacle.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")


class Position(Sourced, table=True):
    __table_args__ = sourced(
        "position",
        UniqueConstraint("obstacle", "actor"),
        Index("ix_position_obstacle", "obstacle", "sequence"),
        Index("ix_position_actor", "actor", "sequence"),
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
        *(
            Index(f"ix_claim_{name}", name, "sequence")
            for name in ("section", "obstacle", "type", "mode", "speaker", "hedged", "has_quantity")
        ),
    )
    ordinal: int
    statement: str
    type: str
    mode: str
    speaker: str | None = key()  # 'author', an actor's id, or null where the text names nobody
    speaker_actor: str | None = key("actor.id")  # the same where it is an actor, so that the reference is real
    hedged: bool
    hedge_cue: str | None
    obstacle: str | None = key("obstacle.id")  # in whose paragraph it stands
    has_quantity: bool
    quantities: list[dict[str, Any]] = json_list()
    note: str | None


class ClaimActor(Content, table=True):
    __tablename__ = "claim_actor"
    __table_args__ = (Index("ix_claim_actor_actor", "actor", "claim", unique=True), KEYED)
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")


class ClaimPlace(Content, table=True):
    __tablename__ = "claim_place"
    __table_args__ = (Index("ix_claim_place_place", "place", "claim", unique=True), KEYED)
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    place: str = key("place.id")


class ClaimTopic(Content, table=True):
    __tablename__ = "claim_topic"
    __table_args__ = (Index("ix_claim_topic_topic", "topic", "claim", unique=True), KEYED)
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    topic: str = key("topic.id")


class Event(Sourced, table=True):
    __table_args__ = sourced(
        "event",
        within("category", EventCategory),
        within("status", EventStatus),
        within("basis", DateBasis),
        CheckConstraint("earliest IS NULL OR latest IS NULL OR earliest <= latest", name="bounds"),
        UniqueConstraint("document", "ordinal"),
        *(
            Index(f"ix_event_{name}", name, "sequence")
            for name in ("section", "category", "status", "basis", "earliest", "latest")
        ),
    )
    ordinal: int
    name: str
    category: str
    status: str
    date_text: str | None
    edtf: str | None
    earliest: str | None = key()  # ISO 8601 day; null is open or unknown
    latest: str | None = key()
    basis: str
    note: str | None


class EventMention(Content, table=True):
    """A further passage that speaks of the event."""

    __tablename__ = "event_mention"
    __table_args__ = (Index("ix_event_mention_span", "document", "start", "end"),)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    document: str = key("document.id")
    section: str = key("section.id")
    quote: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int
    prefix: str
    suffix: str


class EventActor(Content, table=True):
    __tablename__ = "event_actor"
    __table_args__ = (Index("ix_event_actor_actor", "actor", "event", unique=True), KEYED)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")


class EventPlace(Content, table=True):
    __tablename__ = "event_place"
    __table_args__ = (Index("ix_event_place_place", "place", "event", unique=True), KEYED)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    place: str = key("place.id")


class Relation(Ranked, table=True):
    """From one claim to another; the source is null where the relation is inferred."""

    __table_args__ = (
        within("type", RelationType),
        within("basis", RelationBasis),
        CheckConstraint("(basis = 'stated') = (quote IS NOT NULL)", name="source"),
        CheckConstraint("from_claim <> to_claim", name="ends"),
        Index("ix_relation_span", "document", "start", "end", "rank"),
        *(
            Index(f"ix_relation_{name}", name, "sequence")
            for name in ("document", "from_claim", "to_claim", "type", "basis")
        ),
    )
    document: str = key("document.id")
    from_claim: str = key("claim.id")
    to_claim: str = key("claim.id")
    type: str
    basis: str
    note: str | None
    section: str | None = key("section.id")
    quote: str | None
    start: int | None
    end: int | None
    utf16_start: int | None
    utf16_end: int | None
    prefix: str | None
    suffix: str | None


def columns_of(table: type[Content]) -> Any:
    """A table's columns, for statements that read rows rather than objects."""
    return metadata.tables[str(table.__tablename__)].c
