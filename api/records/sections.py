"""Sections as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import MISSING, Field

from api.model.tables import Section
from api.model.vocabularies import TitleOrigin
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Shape, Utf16


class Paragraph(Shape):
    start: int
    end: int


class SectionRecord(RecordShape):
    """A stretch of whole paragraphs; the leaves tile the text."""

    kind: Literal["section"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    parent: Id | None
    title: str
    title_origin: TitleOrigin
    start: int = Field(description="Offset in Unicode code points.")
    end: int = Field(description="Offset in Unicode code points, exclusive.")
    utf16: Utf16
    text: str | MISSING = Field(
        MISSING, description="Exactly the canonical text from start to end; only on the single record and in files."
    )
    paragraphs: list[Paragraph]
    links: Links


def present(reader: Reader, rows: Sequence[Section]) -> list[Record]:
    records = []
    for row in rows:
        text = getattr(row, "text", None)  # not read for lists
        records.append(
            {
                "id": row.id,
                "kind": "section",
                "document": row.document,
                "ordinal": row.ordinal,
                "parent": row.parent,
                "title": row.title,
                "title_origin": row.title_origin,
                "start": row.start,
                "end": row.end,
                "utf16": {"start": row.utf16_start, "end": row.utf16_end},
                **({} if text is None else {"text": text}),
                "paragraphs": row.paragraphs,
                "links": reader.links("section", row),
            }
        )
    return records
