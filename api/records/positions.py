"""Positions as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from api.model.tables import Position
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Source


class PositionRecord(RecordShape):
    """What one actor wants, offers, accepts, opposes or refuses about an obstacle."""

    kind: Literal["position"]
    document: Id
    section: Id
    obstacle: Id
    actor: Id
    statement: str = Field(description="An editor's faithful paraphrase.")
    note: str | None = Field(description="An editor's remark.")
    source: Source
    links: Links


def present(reader: Reader, rows: Sequence[Position]) -> list[Record]:
    return [
        {
            "id": row.id,
            "kind": "position",
            "document": row.document,
            "section": row.section,
            "obstacle": row.obstacle,
            "actor": row.actor,
            "statement": row.statement,
            "note": row.note,
            "source": reader.source(row),
            "links": reader.links("position", row),
        }
        for row in rows
    ]
