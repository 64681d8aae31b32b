"""Rows that several kinds filter by or include, read from the tables of records and their links."""

from sqlalchemy import select, union, union_all

from api.model.columns import columns
from api.model.links import EventClaim
from api.model.tables import Claim, Event, Relation

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
