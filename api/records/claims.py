"""Claims as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from api.model.links import ClaimActor, ClaimPlace, ClaimTopic
from api.model.tables import Claim
from api.model.vocabularies import ClaimMode, ClaimType
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, Quantity, RecordShape, Source


class ClaimRecord(RecordShape):
    """One proposition, with who the document attributes it to."""

    kind: Literal["claim"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    section: Id
    statement: str = Field(description="An editor's faithful paraphrase, hedges kept.")
    type: ClaimType
    mode: ClaimMode
    speaker: str | None = Field(description="`author`, an actor's id, or null where the text names nobody.")
    hedged: bool = Field(description="Whether the author leaves open that it is true.")
    hedge_cue: str | None = Field(description="The hedging words, as in the text.")
    actors: list[Id] = Field(description="In order of first mention.")
    places: list[Id]
    topics: list[Id]
    quantities: list[Quantity]
    note: str | None = Field(description="An editor's remark.")
    source: Source
    links: Links


def present(reader: Reader, rows: Sequence[Claim]) -> list[Record]:
    sequences = [row.sequence for row in rows]
    actors, places, topics = reader.lists(sequences, ClaimActor, ClaimPlace, ClaimTopic)
    return [
        {
            "id": row.id,
            "kind": "claim",
            "document": row.document,
            "ordinal": row.ordinal,
            "section": row.section,
            "statement": row.statement,
            "type": row.type,
            "mode": row.mode,
            "speaker": row.speaker,
            "hedged": row.hedged,
            "hedge_cue": row.hedge_cue,
            "actors": actors.get(row.sequence, []),
            "places": places.get(row.sequence, []),
            "topics": topics.get(row.sequence, []),
            "quantities": row.quantities,
            "note": row.note,
            "source": reader.source(row),
            "links": reader.links("claim", row),
        }
        for row in rows
    ]
