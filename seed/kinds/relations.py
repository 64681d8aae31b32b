"""Relations from one claim to another."""

from typing import Any

from seed import records
from seed.anchor import Anchored
from seed.examined import CONTEXT, Examined
from seed.explain import nearest


def relations(doc: Examined) -> None:
    claims = doc.ids.get("claim", {})
    for relation, where in doc.package.rows("relations", records.Relation):
        doc.new("relation", relation.id, where, "id")
        for key, end in (("from", relation.from_), ("to", relation.to)):
            if end not in claims and doc.missing("claim", end):
                hint = nearest(end, claims) if len(claims) < 1000 else ""
                doc.faults.append(where.fault(f"there is no claim {end} in this package{hint}", key))
        anchored: tuple[Any, ...] = (None,) * len(Anchored._fields)
        span = None
        if relation.quote is not None:
            if (span := doc.find(relation, where)) is None:
                continue
            doc.longest = max(doc.longest, span[1] - span[0])
            anchored = doc.anchors.anchored(span)
        ends = (relation.from_, relation.to, relation.type.value, relation.basis.value, relation.note)
        doc.shard.add("relation", (doc.shard.number(), relation.id, doc.id, *ends, *anchored, doc.at(where)))
        doc.count("relations", f"{relation.model_dump_json(exclude=CONTEXT)} {span}")
