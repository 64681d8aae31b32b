"""The kinds of record, each declared once."""

from sqlalchemy import select, union, union_all

from api.model.columns import columns
from api.model.declaration import (
    Annotated,
    IncludeNamed,
    IncludeOne,
    IncludeRelated,
    Kind,
    ManyValues,
    OneValue,
    Period,
    Ranking,
    Text,
    disagreements,
)
from api.model.links import (
    ActorDocument,
    ActorName,
    ClaimActor,
    ClaimPlace,
    ClaimTopic,
    CorrectionRecord,
    DocumentTopic,
    EventActor,
    EventClaim,
    EventMention,
    EventPlace,
    EventSpeaker,
    ObstacleActor,
    PlaceDocument,
    PlaceName,
)
from api.model.tables import (
    Actor,
    Claim,
    Correction,
    Document,
    Event,
    Obstacle,
    Place,
    Position,
    Relation,
    Section,
)

claim, event, event_claim, relation = columns(Claim), columns(Event), columns(EventClaim), columns(Relation)

# A relation counts at either end.
ENDS = union_all(
    select(relation.from_claim.label("claim"), relation.sequence), select(relation.to_claim, relation.sequence)
).subquery("ends")
CLAIM_RELATIONS = union(
    select(relation.from_claim.label("claim"), relation.type), select(relation.to_claim, relation.type)
).subquery("claim_relation")
RELATION_SPEAKERS = union(
    *(
        select(relation.sequence, claim.speaker).join_from(relation.id.table, claim.id.table, claim.id == end)
        for end in (relation.from_claim, relation.to_claim)
    )
).subquery("relation_speaker")
CLAIM_EVENTS = (
    select(event_claim.claim, event.id.label("event"))
    .join_from(event_claim.claim.table, event.id.table, event.sequence == event_claim.event)
    .subquery("claim_event")
)

DOCUMENT = Kind(
    name="document",
    plural="documents",
    model=Document,
    filters={
        "document": OneValue(Document.id),
        "language": OneValue(Document.language),
        "topic": ManyValues(DocumentTopic.document, DocumentTopic.topic, key="id"),
    },
    texts=(Text(Document.label, "label"), Text(Document.title, "title")),
    titles=("label", "title"),
    is_named=True,
    wording=Document.text,
    ranking=Ranking(weight=0.7, title=0.3),
    includes={"sections": IncludeRelated("section", Section.document, "document")},
    citable=True,
    unread=("text",),
)

SECTION = Kind(
    name="section",
    plural="sections",
    model=Section,
    filters={"document": OneValue(Section.document), "parent": OneValue(Section.parent)},
    search_filters={"section": OneValue(Section.id)},
    sorts={"title": Section.title},
    texts=(Text(Section.title, "title"), Text(Section.text, "text")),
    titles=("title",),
    ranking=Ranking(weight=0.4, title=0.3),
    includes={
        "claims": IncludeRelated("claim", Claim.section, "section"),
        "events": IncludeRelated("event", Event.section, "section"),
        "obstacles": IncludeRelated("obstacle", Obstacle.section, "id"),
    },
    citable=True,
    unlisted=("text",),
)

CLAIM = Kind(
    name="claim",
    plural="claims",
    model=Claim,
    filters={
        "document": OneValue(Claim.document),
        "section": OneValue(Claim.section),
        "type": OneValue(Claim.type),
        "mode": OneValue(Claim.mode),
        "speaker": OneValue(Claim.speaker),
        "hedged": OneValue(Claim.hedged),
        "actor": ManyValues(ClaimActor.claim, ClaimActor.actor),
        "place": ManyValues(ClaimPlace.claim, ClaimPlace.place),
        "topic": ManyValues(ClaimTopic.claim, ClaimTopic.topic),
        "obstacle": OneValue(Claim.obstacle),
        "has_quantity": OneValue(Claim.has_quantity),
        "event": ManyValues(CLAIM_EVENTS.c.claim, CLAIM_EVENTS.c.event, key="id"),
        "relation": ManyValues(CLAIM_RELATIONS.c.claim, CLAIM_RELATIONS.c.type, key="id"),
    },
    texts=(Text(Claim.statement, "statement"), Text(Claim.quote, "source.quote")),
    ranking=Ranking(measures_rarity=True),
    includes={
        "section": IncludeOne("section", "section"),
        "speaker": IncludeOne("actor", "speaker"),
        "actors": IncludeNamed("actor", "actors"),
        "places": IncludeNamed("place", "places"),
        "relations": IncludeRelated("relation", ENDS.c.claim, "claim", other=ENDS.c.sequence),
        "events": IncludeRelated("event", EventClaim.claim, "claim", other=EventClaim.event),
    },
    sourced=True,
    coverage="accounts",
    citable=True,
    annotation=Annotated("describing", "statement", ("type", "mode", "speaker", "topics", "actors", "places")),
)

EVENT = Kind(
    name="event",
    plural="events",
    model=Event,
    filters={
        "document": OneValue(Event.document),
        "section": OneValue(Event.section),
        "category": OneValue(Event.category),
        "status": OneValue(Event.status),
        "actor": ManyValues(EventActor.event, EventActor.actor),
        "place": ManyValues(EventPlace.event, EventPlace.place),
        "speaker": ManyValues(EventSpeaker.event, EventSpeaker.speaker),
        "claim": ManyValues(EventClaim.event, EventClaim.claim),
        "basis": OneValue(Event.basis),
        "year": OneValue(Event.year),
    },
    period=Period(Event.earliest, Event.latest),
    sorts={"date": Event.earliest},
    texts=(
        Text(Event.name, "name"),
        Text(Event.quote, "source.quote"),
        Text(EventMention.quote, "mentions.*.quote", owner=EventMention.event),
    ),
    titles=("name",),
    ranking=Ranking(title=0.3, measures_rarity=True),
    includes={
        "section": IncludeOne("section", "section"),
        "claims": IncludeNamed("claim", "claims"),
        "actors": IncludeNamed("actor", "actors"),
        "places": IncludeNamed("place", "places"),
    },
    sourced=True,
    coverage="accounts",
    passages=EventMention,
    citable=True,
    annotation=Annotated("classifying", "name", ("category", "status", "speakers", "actors", "places")),
)

OBSTACLE = Kind(
    name="obstacle",
    plural="obstacles",
    model=Obstacle,
    filters={
        "document": OneValue(Obstacle.document),
        "actor": ManyValues(ObstacleActor.obstacle, ObstacleActor.actor),
        "number": OneValue(Obstacle.number),
    },
    search_filters={"section": OneValue(Obstacle.section)},
    sorts={"number": Obstacle.number},
    texts=(Text(Obstacle.title, "title"), Text(Obstacle.text, "text"), Text(Obstacle.summary, "summary")),
    titles=("title",),
    ranking=Ranking(title=0.3, measures_rarity=True),
    includes={
        "positions": IncludeRelated("position", Position.obstacle, "obstacle"),
        "actors": IncludeNamed("actor", "actors"),
        "claims": IncludeRelated("claim", Claim.obstacle, "obstacle"),
    },
    sourced=True,
    coverage="shown",
    citable=True,
    annotation=Annotated("highlighting", "summary", ("actors",)),
)

POSITION = Kind(
    name="position",
    plural="positions",
    model=Position,
    filters={
        "document": OneValue(Position.document),
        "obstacle": OneValue(Position.obstacle),
        "actor": OneValue(Position.actor),
    },
    search_filters={"section": OneValue(Position.section)},
    texts=(Text(Position.statement, "statement"), Text(Position.quote, "source.quote")),
    ranking=Ranking(measures_rarity=True),
    includes={"obstacle": IncludeOne("obstacle", "obstacle"), "actor": IncludeOne("actor", "actor")},
    sourced=True,
    coverage="accounts",
    citable=True,
    annotation=Annotated("describing", "statement", ("obstacle", "actor")),
)

ACTOR = Kind(
    name="actor",
    plural="actors",
    model=Actor,
    filters={
        "document": ManyValues(ActorDocument.actor, ActorDocument.document, key="id"),
        "category": OneValue(Actor.category),
    },
    sorts={"name": Actor.name, "mention_count": Actor.mention_count},
    texts=(Text(Actor.name, "name"), Text(ActorName.name, "names.*", owner=ActorName.actor, key="id")),
    titles=("name", "names.*"),
    is_named=True,
    ranking=Ranking(title=1.0),
    includes={"documents": IncludeNamed("document", "documents")},
)

PLACE = Kind(
    name="place",
    plural="places",
    model=Place,
    filters={
        "document": ManyValues(PlaceDocument.place, PlaceDocument.document, key="id"),
        "category": OneValue(Place.category),
    },
    sorts={"name": Place.name, "mention_count": Place.mention_count},
    texts=(Text(Place.name, "name"), Text(PlaceName.name, "names.*", owner=PlaceName.place, key="id")),
    titles=("name", "names.*"),
    is_named=True,
    ranking=Ranking(title=1.0),
    includes={"documents": IncludeNamed("document", "documents")},
)

RELATION = Kind(
    name="relation",
    plural="relations",
    model=Relation,
    filters={
        "document": OneValue(Relation.document),
        "claim": ManyValues(ENDS.c.sequence, ENDS.c.claim),
        "from": OneValue(Relation.from_claim),
        "to": OneValue(Relation.to_claim),
        "type": OneValue(Relation.type),
        "basis": OneValue(Relation.basis),
        "section": OneValue(Relation.section),
        "speaker": ManyValues(RELATION_SPEAKERS.c.sequence, RELATION_SPEAKERS.c.speaker),
    },
    in_search=False,
    includes={"from": IncludeOne("claim", "from"), "to": IncludeOne("claim", "to")},
    sourced=True,
    annotation=Annotated("linking", None, ("type", "basis"), ends=("from", "to")),
)

CORRECTION = Kind(
    name="correction",
    plural="corrections",
    model=Correction,
    filters={
        "document": OneValue(Correction.document),
        "record_kind": ManyValues(CorrectionRecord.correction, CorrectionRecord.record_kind),
        "record": ManyValues(CorrectionRecord.correction, CorrectionRecord.record),
    },
    period=Period(Correction.date, Correction.date),
    sorts={"date": Correction.date},
    texts=(Text(Correction.what, "what"), Text(Correction.why, "why")),
    in_search=False,
)

KINDS = {
    kind.name: kind
    for kind in (DOCUMENT, SECTION, CLAIM, EVENT, OBSTACLE, POSITION, ACTOR, PLACE, RELATION, CORRECTION)
}

if faults := disagreements(KINDS):
    raise RuntimeError("; ".join(faults))
