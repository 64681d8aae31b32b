"""Claims: one proposition each, with who the document says it of, and the words that carry it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select, union_all

from api.formats.files import field_names
from api.model.tables import Claim, ClaimActor, ClaimPlace, ClaimTopic, Relation, columns_of, metadata
from api.model.vocabularies import ClaimMode, ClaimType
from api.openapi import described
from api.params.accepts import Flag, OneOf, Reference
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
from api.records.shapes import (
    Extras,
    Id,
    Include,
    Kind,
    Links,
    NamedOthers,
    One,
    OneOther,
    Others,
    Page,
    Quantity,
    Reader,
    Record,
    Source,
    listing_any,
    register,
    source_columns,
)
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/claims", tags=["claims"], route_class=Answering)

CLAIM = columns_of(Claim)
CLAIM_ACTOR = columns_of(ClaimActor)
CLAIM_PLACE = columns_of(ClaimPlace)
CLAIM_TOPIC = columns_of(ClaimTopic)
RELATION = columns_of(Relation)


class ClaimRecord(Extras):
    id: Id
    kind: Literal["claim"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    section: Id
    statement: str = Field(description="An editor's faithful paraphrase, hedges kept.")
    type: ClaimType
    mode: ClaimMode
    speaker: str | None = Field(description="'author', an actor's id, or null where the text names nobody.")
    hedged: bool = Field(description="Whether the author leaves open that it is true.")
    hedge_cue: str | None = Field(description="The hedging words, as in the text.")
    actors: list[Id] = Field(description="In order of first mention.")
    places: list[Id]
    topics: list[Id]
    quantities: list[Quantity]
    note: str | None = Field(description="An editor's remark.")
    source: Source
    links: Links


class ClaimPage(Page[ClaimRecord]):
    pass


class ClaimAnswer(One[ClaimRecord]):
    pass


FACETS = (
    "document",
    "section",
    "type",
    "mode",
    "speaker",
    "hedged",
    "actor",
    "place",
    "topic",
    "obstacle",
    "has_quantity",
)
ENDS = union_all(
    select(RELATION.from_claim.label("claim"), RELATION.id), select(RELATION.to_claim, RELATION.id)
).subquery()
INCLUDES: dict[str, Include] = {
    "section": OneOther("section", "section"),
    "actors": NamedOthers("actor", "actors"),
    "places": NamedOthers("place", "places"),
    "relations": Others("relation", ENDS.c.claim, "claim", ENDS.c.id),
}


class ClaimQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("claim"), Field(description="These claims.", examples=["karabakh.c001"])] = ()
    section: Annotated[Ids, Reference("section"), Field(description="In these leaf sections.")] = ()
    type: Annotated[tuple[str, ...], OneOf(ClaimType), Field(description="Of these types.", examples=["causal"])] = ()
    mode: Annotated[tuple[str, ...], OneOf(ClaimMode), Field(description="In these modes.")] = ()
    speaker: Annotated[
        Ids,
        Reference("actor", ("author",)),
        Field(description="Said by these: 'author' or actors' ids.", examples=["author"]),
    ] = ()
    hedged: Annotated[bool | None, Flag(), Field(description="Whether the author leaves open that it is true.")] = None
    actor: Annotated[Ids, Reference("actor"), Field(description="About these actors.", examples=["armenia"])] = ()
    place: Annotated[Ids, Reference("place"), Field(description="At these places.", examples=["karabakh"])] = ()
    topic: Annotated[Ids, Reference("topic"), Field(description="On these topics.", examples=["war"])] = ()
    obstacle: Annotated[Ids, Reference("obstacle"), Field(description="In the paragraphs of these obstacles.")] = ()
    has_quantity: Annotated[bool | None, Flag(), Field(description="Whether it counts or measures something.")] = None
    sort: Annotated[
        str | None,
        OneOf(("position", "-position", "id", "-id")),
        Field(description="Document order if unset; relevance with q."),
    ] = None
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv", "jsonld")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(ClaimRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class ClaimIdQuestions(RecordQuestions):
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    format: Annotated[str, OneOf(("json", "jsonld")), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    CLAIM.sequence,
    CLAIM.rank,
    CLAIM.id,
    CLAIM.ordinal,
    CLAIM.statement,
    CLAIM.type,
    CLAIM.mode,
    CLAIM.speaker,
    CLAIM.hedged,
    CLAIM.hedge_cue,
    CLAIM.quantities,
    CLAIM.note,
    *source_columns(CLAIM),
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    actors, places, topics = reader.lists(
        [row[0] for row in rows],
        (CLAIM_ACTOR.claim, CLAIM_ACTOR.actor),
        (CLAIM_PLACE.claim, CLAIM_PLACE.place),
        (CLAIM_TOPIC.claim, CLAIM_TOPIC.topic),
    )
    records = []
    for sequence, _, id, ordinal, statement, type, mode, speaker, hedged, cue, quantities, note, *words in rows:
        document, section, _, start, end, *_ = words
        records.append(
            {
                "id": id,
                "kind": "claim",
                "document": document,
                "ordinal": ordinal,
                "section": section,
                "statement": statement,
                "type": type,
                "mode": mode,
                "speaker": speaker,
                "hedged": hedged,
                "hedge_cue": cue,
                "actors": actors.get(sequence, []),
                "places": places.get(sequence, []),
                "topics": topics.get(sequence, []),
                "quantities": quantities,
                "note": note,
                "source": reader.source(*words),
                "links": reader.links("/v1/claims", id, document, start, end),
            }
        )
    return records


def claims(asked: ClaimQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(CLAIM.id.in_(asked.id))
    if asked.document:
        statement = statement.where(CLAIM.document.in_(asked.document))
    if asked.section:
        statement = statement.where(CLAIM.section.in_(asked.section))
    if asked.type:
        statement = statement.where(CLAIM.type.in_(asked.type))
    if asked.mode:
        statement = statement.where(CLAIM.mode.in_(asked.mode))
    if asked.speaker:
        statement = statement.where(CLAIM.speaker.in_(asked.speaker))
    if asked.hedged is not None:
        statement = statement.where(CLAIM.hedged == asked.hedged)
    if asked.actor:
        statement = listing_any(statement, CLAIM.sequence, CLAIM_ACTOR.claim, CLAIM_ACTOR.actor, asked.actor)
    if asked.place:
        statement = listing_any(statement, CLAIM.sequence, CLAIM_PLACE.claim, CLAIM_PLACE.place, asked.place)
    if asked.topic:
        statement = listing_any(statement, CLAIM.sequence, CLAIM_TOPIC.claim, CLAIM_TOPIC.topic, asked.topic)
    if asked.obstacle:
        statement = statement.where(CLAIM.obstacle.in_(asked.obstacle))
    if asked.has_quantity is not None:
        statement = statement.where(CLAIM.has_quantity == asked.has_quantity)
    return statement


CLAIMS = register(
    Kind(
        "claim",
        "claims",
        metadata.tables["claim"],
        EVERY,
        present,
        ClaimRecord,
        filters=FACETS,
        facets=FACETS,
        includes=INCLUDES,
    )
)


@router.get("", **described(ClaimQuestions, ClaimPage))
async def list_claims(asking: Asking) -> Response:
    """Claims in document order, or best first with q."""
    return await asking.answer(ClaimQuestions, lambda asked: list_of(asking, CLAIMS, asked, claims(asked)))


@router.get("/{id}", **described(ClaimIdQuestions, ClaimAnswer))
async def get_claim(asking: Asking, id: str) -> Response:
    """One claim."""
    return await asking.answer(ClaimIdQuestions, lambda asked: record_of(asking, CLAIMS, id, asked))
