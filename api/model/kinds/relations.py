"""Relations between claims, declared."""

from api.model.declaration import Annotated, IncludeOne, Kind, ManyValues, OneValue
from api.model.links import RelationEnd
from api.model.tables import Relation

RELATION = Kind(
    name="relation",
    plural="relations",
    model=Relation,
    filters={
        "document": OneValue(Relation.document),
        "claim": ManyValues(RelationEnd.relation, RelationEnd.claim),
        "from": OneValue(Relation.from_claim),
        "to": OneValue(Relation.to_claim),
        "type": OneValue(Relation.type),
        "basis": OneValue(Relation.basis),
        "section": OneValue(Relation.section),
        "speaker": ManyValues(RelationEnd.relation, RelationEnd.speaker),
    },
    in_search=False,
    includes={"from": IncludeOne("claim", "from"), "to": IncludeOne("claim", "to")},
    sourced=True,
    annotation=Annotated("linking", None, ("type", "basis"), ends=("from", "to")),
)
