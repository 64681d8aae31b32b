"""Obstacles as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from api.content.statements import among
from api.model.columns import columns
from api.model.links import ObstacleActor
from api.model.tables import Obstacle, Position
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, Quantity, RecordShape, Source

POSITION = columns(Position)
POSITIONS = (
    select(POSITION.obstacle, POSITION.id).where(among(POSITION.obstacle, "obstacles")).order_by(POSITION.sequence)
)


class ObstacleRecord(RecordShape):
    """A hindrance that the document numbers, verbatim."""

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


def present(reader: Reader, rows: Sequence[Obstacle]) -> list[Record]:
    (actors,) = reader.lists([row.sequence for row in rows], ObstacleActor)
    positions: dict[str, list[str]] = {}
    for position in reader.rows(POSITIONS, obstacles=[row.id for row in rows]) if rows else ():
        positions.setdefault(position.obstacle, []).append(position.id)
    return [
        {
            "id": row.id,
            "kind": "obstacle",
            "document": row.document,
            "number": row.number,
            "title": row.title,
            "text": row.text,
            "summary": row.summary,
            "actors": actors.get(row.sequence, []),
            "quantities": row.quantities,
            "positions": positions.get(row.id, []),
            "section": row.section,
            "source": reader.source(row),
            "links": reader.links("obstacle", row),
        }
        for row in rows
    ]
