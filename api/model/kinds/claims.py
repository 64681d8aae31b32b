"""Claims, declared."""

from api.model.declaration import (
    Annotated,
    IncludeNamed,
    IncludeOne,
    IncludeRelated,
    Kind,
    ManyValues,
    OneValue,
    Ranking,
    Text,
)
from api.model.joins import CLAIM_EVENTS
from api.model.links import ClaimActor, ClaimPlace, ClaimTopic, EventClaim, RelationEnd
from api.model.tables import Claim

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
        "relation": ManyValues(RelationEnd.claim, RelationEnd.type, key="id"),
    },
    texts=(Text(Claim.statement, "statement"), Text(Claim.quote, "source.quote")),
    ranking=Ranking(measures_rarity=True),
    includes={
        "section": IncludeOne("section", "section"),
        "speaker": IncludeOne("actor", "speaker"),
        "actors": IncludeNamed("actor", "actors"),
        "places": IncludeNamed("place", "places"),
        "relations": IncludeRelated("relation", RelationEnd.claim, "claim", other=RelationEnd.relation),
        "events": IncludeRelated("event", EventClaim.claim, "claim", other=EventClaim.event),
    },
    sourced=True,
    coverage="accounts",
    citable=True,
    annotation=Annotated("describing", "statement", ("type", "mode", "speaker", "topics", "actors", "places")),
)
