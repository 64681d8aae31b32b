"""Actors: who the documents speak of, under the names they use."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select

from api.content.statements import among
from api.formats.files import field_names
from api.model.tables import Actor, ActorDocument, columns_of, metadata
from api.model.vocabularies import ActorCategory
from api.openapi import described
from api.params.accepts import OneOf, Reference
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
from api.records.shapes import Extras, Id, Kind, Links, One, Page, Reader, Record, listing_any, register
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/actors", tags=["actors"], route_class=Answering)

ACTOR = columns_of(Actor)
ACTOR_DOCUMENT = columns_of(ActorDocument)


class ActorRecord(Extras):
    id: Id
    kind: Literal["actor"]
    documents: list[Id] = Field(description="The documents that name it.")
    name: str
    category: ActorCategory
    of: Id | None = Field(description="The state or body it belongs to.")
    names: list[str] = Field(description="The surface forms the texts use.")
    mention_count: int = Field(description="Non-overlapping occurrences of the names, longest first.")
    links: Links


class ActorPage(Page[ActorRecord]):
    pass


class ActorAnswer(One[ActorRecord]):
    pass


FACETS = ("document", "category")


class ActorQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("actor"), Field(description="These actors.", examples=["armenia"])] = ()
    category: Annotated[
        tuple[str, ...], OneOf(ActorCategory), Field(description="Of these categories.", examples=["state"])
    ] = ()
    sort: Annotated[
        str | None,
        OneOf(("id", "-id", "name", "-name", "mention_count", "-mention_count")),
        Field(description="By id if unset; relevance with q."),
    ] = None
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(ActorRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class ActorIdQuestions(RecordQuestions):
    format: Annotated[str, OneOf(("json",)), Field(description="Instead of Accept.")] = "json"


COLUMNS = (ACTOR.sequence, ACTOR.rank, ACTOR.id, ACTOR.name, ACTOR.category, ACTOR.of, ACTOR.mention_count)

USES = (
    select(ACTOR_DOCUMENT.actor, ACTOR_DOCUMENT.document, ACTOR_DOCUMENT.names)
    .where(among(ACTOR_DOCUMENT.actor, "actors"))
    .order_by(ACTOR_DOCUMENT.actor, ACTOR_DOCUMENT.document)
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    documents: dict[str, list[str]] = {}
    names: dict[str, dict[str, None]] = {}
    for actor, document, forms in reader.rows(USES, actors=[row[2] for row in rows]):
        documents.setdefault(actor, []).append(document)
        names.setdefault(actor, {}).update(dict.fromkeys(forms))
    return [
        {
            "id": id,
            "kind": "actor",
            "documents": documents.get(id, []),
            "name": name,
            "category": category,
            "of": of,
            "names": list(names.get(id, ())),
            "mention_count": mention_count,
            "links": {"self": f"{reader.root}/v1/actors/{id}", "text": None, "spans": None},
        }
        for _, _, id, name, category, of, mention_count in rows
    ]


def actors(asked: ActorQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(ACTOR.id.in_(asked.id))
    if asked.document:
        statement = listing_any(statement, ACTOR.id, ACTOR_DOCUMENT.actor, ACTOR_DOCUMENT.document, asked.document)
    if asked.category:
        statement = statement.where(ACTOR.category.in_(asked.category))
    return statement


ACTORS = register(
    Kind(
        "actor",
        "actors",
        metadata.tables["actor"],
        EVERY,
        present,
        ActorRecord,
        filters=FACETS,
        facets=FACETS,
        sourced=False,
    )
)


@router.get("", **described(ActorQuestions, ActorPage))
async def list_actors(asking: Asking) -> Response:
    """Actors by id, or best first with q."""
    return await asking.answer(ActorQuestions, lambda asked: list_of(asking, ACTORS, asked, actors(asked)))


@router.get("/{id}", **described(ActorIdQuestions, ActorAnswer))
async def get_actor(asking: Asking, id: str) -> Response:
    """One actor."""
    return await asking.answer(ActorIdQuestions, lambda asked: record_of(asking, ACTORS, id, asked))
