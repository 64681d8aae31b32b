"""Relations from one claim to another."""

from api.model.columns import Passage
from seed import records
from seed.draft import Draft

NOWHERE = dict.fromkeys(Passage.model_fields)


def relations(draft: Draft) -> None:
    for relation, where in draft.rows("relations", records.Relation):
        draft.refer("claim", relation.from_claim, where, "from")
        draft.refer("claim", relation.to_claim, where, "to")
        span = draft.locate(relation, where) if relation.quote is not None else None
        if relation.quote is None or span is not None:
            draft.stage("relation", where, relation.__dict__ | (draft.passage(span) if span else NOWHERE))
