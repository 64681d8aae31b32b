"""Relations as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from api.model.tables import Relation
from api.model.vocabularies import RelationBasis, RelationType
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Source


class RelationRecord(RecordShape):
    """How one claim bears on another, and the words that show it."""

    kind: Literal["relation"]
    document: Id
    from_: Id = Field(alias="from", description="A claim.")
    to: Id = Field(description="A claim.")
    type: RelationType
    basis: RelationBasis
    note: str | None = Field(description="An editor's remark.")
    source: Source | None = Field(description="The words that show the relation; null when it is inferred.")
    links: Links


def present(reader: Reader, rows: Sequence[Relation]) -> list[Record]:
    return [
        {
            "id": row.id,
            "kind": "relation",
            "document": row.document,
            "from": row.from_claim,
            "to": row.to_claim,
            "type": row.type,
            "basis": row.basis,
            "note": row.note,
            "source": None if row.quote is None else reader.source(row),
            "links": reader.links("relation", row),
        }
        for row in rows
    ]
