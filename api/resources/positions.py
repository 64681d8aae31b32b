"""Positions: what one actor wants, offers, accepts, opposes or refuses towards an obstacle, says the document."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select

from api.formats.files import field_names
from api.model.tables import Position, columns_of, metadata
from api.openapi import described
from api.params.accepts import OneOf, Reference
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
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

router = APIRouter(prefix="/v1/positions", tags=["positions"], route_class=Answering)

POSITION = columns_of(Position)


class PositionRecord(Extras):
    id: Id
    kind: Literal["position"]
    document: Id
    obstacle: Id
    actor: Id
    statement: str = Field(description="An editor's faithful paraphrase.")
    note: str | None = Field(description="An editor's remark.")
    source: Source
    links: Links


class PositionPage(Page[PositionRecord]):
    pass


class PositionAnswer(One[PositionRecord]):
    pass


FACETS = ("document", "obstacle", "actor")
INCLUDES: dict[str, Include] = {
    "obstacle": OneOther("obstacle", "obstacle"),
    "actor": OneOther("actor", "actor"),
}


class PositionQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("position"), Field(description="These positions.")] = ()
    obstacle: Annotated[
        Ids, Reference("obstacle"), Field(description="Towards these obstacles.", examples=["karabakh.o1"])
    ] = ()
    actor: Annotated[Ids, Reference("actor"), Field(description="Of these actors.", examples=["armenia"])] = ()
    sort: Annotated[
        str | None,
        OneOf(("position", "-position", "id", "-id")),
        Field(description="Document order if unset; relevance with q."),
    ] = None
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records.")] = ()
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv", "jsonld")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(PositionRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class PositionIdQuestions(RecordQuestions):
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records.")] = ()
    format: Annotated[str, OneOf(("json", "jsonld")), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    POSITION.sequence,
    POSITION.rank,
    POSITION.id,
    POSITION.obstacle,
    POSITION.actor,
    POSITION.statement,
    POSITION.note,
    *source_columns(POSITION),
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    records = []
    for _, _, id, obstacle, actor, statement, note, *words in rows:
        document, _, _, start, end, *_ = words
        records.append(
            {
                "id": id,
                "kind": "position",
                "document": document,
                "obstacle": obstacle,
                "actor": actor,
                "statement": statement,
                "note": note,
                "source": reader.source(*words),
                "links": reader.links("/v1/positions", id, document, start, end),
            }
        )
    return records


def positions(asked: PositionQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(POSITION.id.in_(asked.id))
    if asked.document:
        statement = statement.where(POSITION.document.in_(asked.document))
    if asked.obstacle:
        statement = statement.where(POSITION.obstacle.in_(asked.obstacle))
    if asked.actor:
        statement = statement.where(POSITION.actor.in_(asked.actor))
    return statement


POSITIONS = register(
    Kind(
        "position",
        "positions",
        metadata.tables["position"],
        EVERY,
        present,
        PositionRecord,
        filters=FACETS,
        facets=FACETS,
        includes=INCLUDES,
    )
)


@router.get("", **described(PositionQuestions, PositionPage))
async def list_positions(asking: Asking) -> Response:
    """Positions in document order, or best first with q."""
    return await asking.answer(PositionQuestions, lambda asked: list_of(asking, POSITIONS, asked, positions(asked)))


@router.get("/{id}", **described(PositionIdQuestions, PositionAnswer))
async def get_position(asking: Asking, id: str) -> Response:
    """One position."""
    return await asking.answer(PositionIdQuestions, lambda asked: record_of(asking, POSITIONS, id, asked))
