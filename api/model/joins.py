"""Rows that are made of several tables: read by a join, or derived by the load."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, Table, select, union_all

from api.model.columns import columns
from api.model.declaration import table_of
from api.model.links import EventClaim, RelationEnd
from api.model.tables import Claim, Event, Relation

claim, event, event_claim, relation = columns(Claim), columns(Event), columns(EventClaim), columns(Relation)

CLAIM_EVENTS = (
    select(event_claim.claim, event.id.label("event"))
    .join_from(event_claim.claim.table, event.id.table, event.sequence == event_claim.event)
    .subquery("claim_event")
)
# Tables that the load fills from others. A condition on this union could use no index on SQLite.
DERIVED: Mapping[Table, CompoundSelect[*tuple[Any, ...]]] = {
    table_of(RelationEnd): union_all(
        *(
            select(relation.sequence, claim.id, claim.speaker, relation.type).join_from(
                relation.id.table, claim.id.table, claim.id == end
            )
            for end in (relation.from_claim, relation.to_claim)
        )
    )
}
