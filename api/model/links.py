"""Tables that link records: lists of ids in the order of first mention, names, and further passages."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from api.model.columns import KEYS_ONLY, Content, Passage, key, term, within
from api.model.vocabularies import RecordKind, RelationType


class DocumentTopic(Content, table=True):
    __table_args__ = (Index("ix_document_topic_topic", "topic", "document", unique=True), KEYS_ONLY)
    document: str = key("document.id", primary_key=True)
    topic: str = key("topic.id", primary_key=True)


class ActorDocument(Content, table=True):
    """A document that names the actor, and how often."""

    __table_args__ = (Index("ix_actor_document_document", "document", "actor"),)
    actor: str = key("actor.id", primary_key=True)
    document: str = key("document.id", primary_key=True)
    mention_count: int


class ActorName(Content, table=True):
    """A surface form that the document uses for the actor."""

    actor: str = key("actor.id", primary_key=True)
    document: str = key("document.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    name: str


class PlaceDocument(Content, table=True):
    """A document that names the place, and how often."""

    __table_args__ = (Index("ix_place_document_document", "document", "place"),)
    place: str = key("place.id", primary_key=True)
    document: str = key("document.id", primary_key=True)
    mention_count: int


class PlaceName(Content, table=True):
    """A surface form that the document uses for the place."""

    place: str = key("place.id", primary_key=True)
    document: str = key("document.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    name: str


class ObstacleActor(Content, table=True):
    __table_args__ = (Index("ix_obstacle_actor_actor", "actor", "obstacle", unique=True), KEYS_ONLY)
    obstacle: int = Field(foreign_key="obstacle.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")


class ClaimActor(Content, table=True):
    __table_args__ = (Index("ix_claim_actor_actor", "actor", "claim", unique=True), KEYS_ONLY)
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")


class ClaimPlace(Content, table=True):
    __table_args__ = (Index("ix_claim_place_place", "place", "claim", unique=True), KEYS_ONLY)
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    place: str = key("place.id")


class ClaimTopic(Content, table=True):
    __table_args__ = (Index("ix_claim_topic_topic", "topic", "claim", unique=True), KEYS_ONLY)
    claim: int = Field(foreign_key="claim.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    topic: str = key("topic.id")


class RelationEnd(Content, table=True):
    """A claim at either end of a relation, with the values by which both are filtered; derived at load."""

    __table_args__ = (
        UniqueConstraint("claim", "relation"),
        Index("ix_relation_end_speaker", "speaker", "relation"),
        Index("ix_relation_end_type", "type", "claim"),
        KEYS_ONLY,
    )
    relation: int = Field(foreign_key="relation.sequence", primary_key=True)
    claim: str = key("claim.id", primary_key=True)
    speaker: str | None = key()  # of the claim
    type: RelationType = term()  # of the relation


class EventMention(Passage, table=True):
    """A further passage that speaks of the event."""

    __table_args__ = (Index("ix_event_mention_span", "document", "start", "end"),)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)


class EventClaim(Content, table=True):
    """A claim that asserts the event or names it as real."""

    __table_args__ = (Index("ix_event_claim_claim", "claim", "event", unique=True), KEYS_ONLY)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    claim: str = key("claim.id")


class EventSpeaker(Content, table=True):
    """Who asserts that the event happened: 'author', an actor's id, or null where the text names nobody."""

    __table_args__ = (Index("ix_event_speaker_speaker", "speaker", "event", unique=True), KEYS_ONLY)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    speaker: str | None = key()


class EventActor(Content, table=True):
    __table_args__ = (Index("ix_event_actor_actor", "actor", "event", unique=True), KEYS_ONLY)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")


class EventPlace(Content, table=True):
    __table_args__ = (Index("ix_event_place_place", "place", "event", unique=True), KEYS_ONLY)
    event: int = Field(foreign_key="event.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    place: str = key("place.id")


class CorrectionRecord(Content, table=True):
    """A record that a correction names; it may no longer exist."""

    __table_args__ = (
        within("record_kind", RecordKind),
        Index("ix_correction_record_record", "record", "correction"),
        Index("ix_correction_record_record_kind", "record_kind", "correction"),
    )
    correction: int = Field(foreign_key="correction.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    record_kind: RecordKind = term()
    record: str = key()
