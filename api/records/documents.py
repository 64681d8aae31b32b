"""Documents as records."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, create_model

from api.model.kinds import KINDS
from api.model.tables import Document
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Shape

COUNTED: dict[str, Any] = dict.fromkeys(
    ("sections", "sentences", *(kind.plural for kind in KINDS.values() if kind.name != "document")), (int, ...)
)
Counts: Any = create_model(
    "Counts", __base__=Shape, __module__=__name__, __doc__="How many records the document has, by kind.", **COUNTED
)


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
            "counts": {name: row.counts.get(name, 0) for name in COUNTED},  # older content lacks newer kinds
            "provenance": row.provenance,
            "note": row.note,
            "links": reader.links("document", row)
            | {name: f"{reader.root}/v1/documents/{row.id}/{name}" for name in ("text", "spans")},
        }
        for row in rows
    ]
