"""Obstacles: what the document numbers as hindrances, verbatim."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select

from api.content.statements import among
from api.formats.files import field_names
from api.model.tables import Claim, Obstacle, ObstacleActor, Position, columns_of, metadata
from api.openapi import described
from api.params.accepts import OneOf, Reference, Whole
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
from api.records.shapes import (
    Extras,
    Id,
    Include,
    Kind,
    Links,
    NamedOthers,
    One,
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

router = APIRouter(prefix="/v1/obstacles", tags=["obstacles"], route_class=Answering)

CLAIM = columns_of(Claim)
OBSTACLE = columns_of(Obstacle)
OBSTACLE_ACTOR = columns_of(ObstacleActor)
POSITION = columns_of(Position)


class ObstacleRecord(Extras):
    id: Id
    kind: Literal["obstacle"]
    document: Id
    number: int = Field(description="The document's own number.")
    title: str = Field(description="The words between number and colon.")
    text: str = Field(description="The words after the colon.")
    summary: str = Field(description="An editor's summary.")
    actors: list[Id] = Field(description="In order of first mention.")
    quantities: list[Quantity]
    positions: list[Id] = Field(description="What single actors want, offer, accept, oppose or refuse here.")
    section: Id
    source: Source
    links: Links


class ObstaclePage(Page[ObstacleRecord]):
    pass


class ObstacleAnswer(One[ObstacleRecord]):
    pass


FACETS = ("document", "actor")
INCLUDES: dict[str, Include] = {
    "positions": Others("position", POSITION.obstacle, "obstacle"),
    "actors": NamedOthers("actor", "actors"),
    "claims": Others("claim", CLAIM.obstacle, "obstacle"),
}


class ObstacleQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("obstacle"), Field(description="These obstacles.", examples=["karabakh.o1"])] = ()
    actor: Annotated[
        Ids, Reference("actor"), Field(description="Involving these actors.", examples=["azerbaijan"])
    ] = ()
    number: Annotated[
        tuple[int, ...], Whole(0, 2**31 - 1), Field(max_length=100, description="With these numbers.", examples=[1])
    ] = ()
    sort: Annotated[
        str | None,
        OneOf(("position", "-position", "id", "-id", "number", "-number")),
        Field(description="Document order if unset; relevance with q."),
    ] = None
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv", "jsonld")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(ObstacleRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class ObstacleIdQuestions(RecordQuestions):
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    format: Annotated[str, OneOf(("json", "jsonld")), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    OBSTACLE.sequence,
    OBSTACLE.rank,
    OBSTACLE.id,
    OBSTACLE.number,
    OBSTACLE.title,
    OBSTACLE.text,
    OBSTACLE.summary,
    OBSTACLE.quantities,
    *source_columns(OBSTACLE),
)

POSITIONS = (
    select(POSITION.obstacle, POSITION.id).where(among(POSITION.obstacle, "obstacles")).order_by(POSITION.sequence)
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    (actors,) = reader.lists([row[0] for row in rows], (OBSTACLE_ACTOR.obstacle, OBSTACLE_ACTOR.actor))
    positions: dict[str, list[str]] = {}
    for obstacle, position in reader.rows(POSITIONS, obstacles=[row[2] for row in rows]):
        positions.setdefault(obstacle, []).append(position)
    records = []
    for sequence, _, id, number, title, text, summary, quantities, *words in rows:
        document, section, _, start, end, *_ = words
        records.append(
            {
                "id": id,
                "kind": "obstacle",
                "document": document,
                "number": number,
                "title": title,
                "text": text,
                "summary": summary,
                "actors": actors.get(sequence, []),
                "quantities": quantities,
                "positions": positions.get(id, []),
                "section": section,
                "source": reader.source(*words),
                "links": reader.links("/v1/obstacles", id, document, start, end),
            }
        )
    return records


def obstacles(asked: ObstacleQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(OBSTACLE.id.in_(asked.id))
    if asked.document:
        statement = statement.where(OBSTACLE.document.in_(asked.document))
    if asked.actor:
        statement = listing_any(
            statement, OBSTACLE.sequence, OBSTACLE_ACTOR.obstacle, OBSTACLE_ACTOR.actor, asked.actor
        )
    if asked.number:
        statement = statement.where(OBSTACLE.number.in_(asked.number))
    return statement


OBSTACLES = register(
    Kind(
        "obstacle",
        "obstacles",
        metadata.tables["obstacle"],
        EVERY,
        present,
        ObstacleRecord,
        filters=("document", "actor", "number"),
        facets=FACETS,
        includes=INCLUDES,
    )
)


@router.get("", **described(ObstacleQuestions, ObstaclePage))
async def list_obstacles(asking: Asking) -> Response:
    """Obstacles in document order, or best first with q."""
    return await asking.answer(ObstacleQuestions, lambda asked: list_of(asking, OBSTACLES, asked, obstacles(asked)))


@router.get("/{id}", **described(ObstacleIdQuestions, ObstacleAnswer))
async def get_obstacle(asking: Asking, id: str) -> Response:
    """One obstacle."""
    return await asking.answer(ObstacleIdQuestions, lambda asked: record_of(asking, OBSTACLES, id, asked))
