"""Sections: the text in the order it was written; the leaves tile it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select

from api.formats.files import field_names
from api.model.tables import Claim, Event, Obstacle, Section, columns_of, metadata
from api.model.vocabularies import TitleOrigin
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
    Others,
    Page,
    Reader,
    Record,
    Shape,
    Utf16,
    register,
)
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/sections", tags=["sections"], route_class=Answering)

CLAIM = columns_of(Claim)
EVENT = columns_of(Event)
OBSTACLE = columns_of(Obstacle)
SECTION = columns_of(Section)


class Paragraph(Shape):
    start: int
    end: int


class SectionRecord(Extras):
    id: Id
    kind: Literal["section"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    parent: Id | None
    title: str
    title_origin: TitleOrigin
    start: int
    end: int
    utf16: Utf16
    text: str = Field(description="Exactly the canonical text from start to end.")
    paragraphs: list[Paragraph]
    links: Links


class SectionPage(Page[SectionRecord]):
    pass


class SectionAnswer(One[SectionRecord]):
    pass


FACETS = ("document", "parent")
INCLUDES: dict[str, Include] = {
    "claims": Others("claim", CLAIM.section, "section"),
    "events": Others("event", EVENT.section, "section"),
    "obstacles": Others("obstacle", OBSTACLE.section, "id"),
}


class SectionQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("section"), Field(description="These sections.", examples=["karabakh.s01"])] = ()
    parent: Annotated[Ids, Reference("section"), Field(description="Directly below these sections.")] = ()
    sort: Annotated[
        str | None,
        OneOf(("position", "-position", "id", "-id", "title", "-title")),
        Field(description="Document order if unset; relevance with q."),
    ] = None
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()
    format: Annotated[str, OneOf(("json", "jsonl", "csv")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(SectionRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class SectionIdQuestions(RecordQuestions):
    include: Annotated[tuple[str, ...], OneOf(INCLUDES), Field(description="Related records, up to 25 each.")] = ()
    format: Annotated[str, OneOf(("json",)), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    SECTION.sequence,
    SECTION.rank,
    SECTION.id,
    SECTION.document,
    SECTION.ordinal,
    SECTION.parent,
    SECTION.title,
    SECTION.title_origin,
    SECTION.start,
    SECTION.end,
    SECTION.utf16_start,
    SECTION.utf16_end,
    SECTION.text,
    SECTION.paragraphs,
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    return [
        {
            "id": id,
            "kind": "section",
            "document": document,
            "ordinal": ordinal,
            "parent": parent,
            "title": title,
            "title_origin": origin,
            "start": start,
            "end": end,
            "utf16": {"start": u_start, "end": u_end},
            "text": text,
            "paragraphs": paragraphs,
            "links": reader.links("/v1/sections", id, document, start, end),
        }
        for _, _, id, document, ordinal, parent, title, origin, start, end, u_start, u_end, text, paragraphs in rows
    ]


def sections(asked: SectionQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(SECTION.id.in_(asked.id))
    if asked.document:
        statement = statement.where(SECTION.document.in_(asked.document))
    if asked.parent:
        statement = statement.where(SECTION.parent.in_(asked.parent))
    return statement


SECTIONS = register(
    Kind(
        "section",
        "sections",
        metadata.tables["section"],
        EVERY,
        present,
        SectionRecord,
        filters=FACETS,
        facets=FACETS,
        includes=INCLUDES,
        sourced=False,
    )
)


@router.get("", **described(SectionQuestions, SectionPage))
async def list_sections(asking: Asking) -> Response:
    """Sections by ordinal, or best first with q."""
    return await asking.answer(SectionQuestions, lambda asked: list_of(asking, SECTIONS, asked, sections(asked)))


@router.get("/{id}", **described(SectionIdQuestions, SectionAnswer))
async def get_section(asking: Asking, id: str) -> Response:
    """One section, with its text."""
    return await asking.answer(SectionIdQuestions, lambda asked: record_of(asking, SECTIONS, id, asked))
