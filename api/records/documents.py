"""Documents as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from api.model.tables import Document
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Shape


class Counts(Shape):
    """How many records the document has, by kind."""

    sections: int
    sentences: int
    claims: int
    events: int
    obstacles: int
    positions: int
    relations: int
    actors: int
    places: int
    corrections: int


class Provenance(Shape):
    """What an editor knows about the origin of the text; the text itself may not say it."""

    title: str | None
    author: str | None
    publisher: str | None
    url: str | None
    published: str | None
    retrieved: str | None
    licence: str | None


class DocumentRecord(RecordShape):
    """What a document is, and what its text states about itself."""

    kind: Literal["document"]
    document: Id = Field(description="Itself.")
    title: str | None = Field(description="Null where the text states none; likewise author and rights.")
    author: str | None
    rights: str | None
    label: str = Field(description="An editor's neutral name.")
    language: str = Field(description="BCP 47.")
    source_file: str
    source_sha256: str = Field(description="Of the source file, byte for byte.")
    text_sha256: str = Field(description="Of the canonical text in UTF-8.")
    text_length: int = Field(description="Code points.")
    counts: Counts
    provenance: Provenance
    note: str | None = Field(description="What this is and is not.")
    links: Links


def present(reader: Reader, rows: Sequence[Document]) -> list[Record]:
    return [
        {
            "id": row.id,
            "kind": "document",
            "document": row.id,
            "title": row.title,
            "author": row.author,
            "rights": row.rights,
            "label": row.label,
            "language": row.language,
            "source_file": row.source_file,
            "source_sha256": row.source_sha256,
            "text_sha256": row.text_sha256,
            "text_length": row.text_length,
            "counts": row.counts,
            "provenance": row.provenance,
            "note": row.note,
            "links": reader.links("documents", row.id, cite=True)
            | {name: f"{reader.root}/v1/documents/{row.id}/{name}" for name in ("text", "spans")},
        }
        for row in rows
    ]
