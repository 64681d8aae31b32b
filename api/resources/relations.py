"""Relations: how the document's claims bear on each other, and the words that show it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, or_, select

from api.formats.files import field_names
from api.model.tables import Relation, columns_of, metadata
from api.model.vocabularies import RelationBasis, RelationType
from api.openapi import described
from api.params.accepts import OneOf, Reference
from api.records.lists import Ids, ListQuestions, RecordQuestions, list_of, record_of
from api.records.shapes import (
    Extras,
    Id,
    Include,
    Kind,
    Links,
    One,
    OneOther,
    Page,
    Reader,
    Record,
    Source,
    register,
    source_columns,
)
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/relations", tags=["relations"], route_class=Answering)

RELATION = columns_of(Relation)


class RelationRecord(Extras):
    id: Id
    kind: Literal["relation"]
    document: Id
    from_: Id = Field(alias="from", description="A claim.")
    to: Id = Field(description="A claim.")
    type: RelationType
    basis: RelationBasis
    note: str | None = Field(description="An editor's remark.")
    source: Source | None = Field(description="The words that show the relation; null when it is inferred.")
    links: Links


class RelationPage(Page[RelationRecord]):
    pass


class RelationAnswer(One[RelationRecord]):
    pass


FACETS = ("document", "type", "basis")
INCLUDES: dict[str, Include] = {"from": OneOther("claim", "from"), "to": OneOther("claim", "to")}


class RelationQuestions(ListQuestions):
    id: Annotated[Ids, Reference("relation"), Field(description="These relations.")] = ()
    claim: Annotated[
        Ids, Reference("claim"), Field(description="With these claims at either end.", examples=["karabakh.c001"])
    ] = ()
    from_: Annotated[Ids, Reference("claim"), Field(alias="from", description="From these claims.")] = ()
    to: Annotated[Ids, Reference("claim"), Field(description="To these claims.")] = ()
    type: Annotated[
        tuple[str, ...], OneOf(RelationType), Field(description="Of these types.", examples=["contradicts"])
    ] = ()
    basis: Annotated[tuple[str, ...], OneOf(RelationBasis), Field(description="Stated by the text, or inferred.")] = ()
    sort: Annotated[
        str | None,
        OneOf(("position", "-position", "id", "-id")),
        Field(description="By the start of the claim they come from if unset."),
    ] = None
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="The claims at its ends.")] = ()
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv", "jsonld")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(RelationRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class RelationIdQuestions(RecordQuestions):
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="The claims at its ends.")] = ()
    format: Annotated[str, OneOf(("json", "jsonld")), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    RELATION.sequence,
    RELATION.rank,
    RELATION.id,
    RELATION.from_claim,
    RELATION.to_claim,
    RELATION.type,
    RELATION.basis,
    RELATION.note,
    *source_columns(RELATION),
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    records = []
    for _, _, id, from_claim, to_claim, type, basis, note, *words in rows:
        document, _, quote, start, end, *_ = words
        records.append(
            {
                "id": id,
                "kind": "relation",
                "document": document,
                "from": from_claim,
                "to": to_claim,
                "type": type,
                "basis": basis,
                "note": note,
                "source": None if quote is None else reader.source(*words),
                "links": {"self": f"{reader.root}/v1/relations/{id}", "text": None, "spans": None}
                if quote is None
                else reader.links("/v1/relations", id, document, start, end),
            }
        )
    return records


def relations(asked: RelationQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(RELATION.id.in_(asked.id))
    if asked.document:
        statement = statement.where(RELATION.document.in_(asked.document))
    if asked.claim:
        statement = statement.where(or_(RELATION.from_claim.in_(asked.claim), RELATION.to_claim.in_(asked.claim)))
    if asked.from_:
        statement = statement.where(RELATION.from_claim.in_(asked.from_))
    if asked.to:
        statement = statement.where(RELATION.to_claim.in_(asked.to))
    if asked.type:
        statement = statement.where(RELATION.type.in_(asked.type))
    if asked.basis:
        statement = statement.where(RELATION.basis.in_(asked.basis))
    return statement


RELATIONS = register(
    Kind(
        "relation",
        "relations",
        metadata.tables["relation"],
        EVERY,
        present,
        RelationRecord,
        filters=("document", "claim", "from", "to", "type", "basis"),
        facets=FACETS,
        includes=INCLUDES,
    )
)


@router.get("", **described(RelationQuestions, RelationPage))
async def list_relations(asking: Asking) -> Response:
    """Relations by the start of the claim they come from."""
    return await asking.answer(RelationQuestions, lambda asked: list_of(asking, RELATIONS, asked, relations(asked)))


@router.get("/{id}", **described(RelationIdQuestions, RelationAnswer))
async def get_relation(asking: Asking, id: str) -> Response:
    """One relation."""
    return await asking.answer(RelationIdQuestions, lambda asked: record_of(asking, RELATIONS, id, asked))
