"""Documents: what each is, what its text gives of itself, and how much rests on it."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Select, select

from api.formats.files import field_names
from api.model.tables import Document, columns_of, metadata
from api.openapi import described
from api.params.accepts import OneOf, Reference
from api.records.lists import Ids, RecordQuestions, SearchedQuestions, list_of, record_of
from api.records.shapes import Extras, Id, Kind, Links, One, Page, Reader, Record, Shape, register
from api.request import Answering, Asking

router = APIRouter(prefix="/v1/documents", tags=["documents"], route_class=Answering)

DOCUMENT = columns_of(Document)


class Counts(Shape):
    """Records that the document gives, by kind."""

    sections: int
    sentences: int
    claims: int
    events: int
    obstacles: int
    positions: int
    relations: int
    actors: int
    places: int


class DocumentRecord(Extras):
    id: Id
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
    note: str | None = Field(description="What this is and is not.")
    links: Links


class DocumentPage(Page[DocumentRecord]):
    pass


class DocumentAnswer(One[DocumentRecord]):
    pass


class DocumentQuestions(SearchedQuestions):
    id: Annotated[Ids, Reference("document"), Field(description="These documents.", examples=["karabakh"])] = ()
    sort: Annotated[str | None, OneOf(("id", "-id")), Field(description="By id if unset; relevance with q.")] = None
    format: Annotated[str, OneOf(("json", "jsonl", "csv")), Field(description="Instead of Accept.")] = "json"
    fields: Annotated[
        tuple[str, ...], OneOf(field_names(DocumentRecord)), Field(description="Columns of csv, keys of jsonl.")
    ] = ()


class DocumentIdQuestions(RecordQuestions):
    format: Annotated[str, OneOf(("json",)), Field(description="Instead of Accept.")] = "json"


COLUMNS = (
    DOCUMENT.sequence,
    DOCUMENT.rank,
    DOCUMENT.id,
    DOCUMENT.title,
    DOCUMENT.author,
    DOCUMENT.rights,
    DOCUMENT.label,
    DOCUMENT.language,
    DOCUMENT.source_file,
    DOCUMENT.source_sha256,
    DOCUMENT.text_sha256,
    DOCUMENT.text_length,
    DOCUMENT.counts,
    DOCUMENT.note,
)

EVERY = select(*COLUMNS)


def present(reader: Reader, rows: Sequence[Any]) -> list[Record]:
    return [
        {
            "id": id,
            "kind": "document",
            "document": id,
            "title": title,
            "author": author,
            "rights": rights,
            "label": label,
            "language": language,
            "source_file": source_file,
            "source_sha256": source_sha256,
            "text_sha256": text_sha256,
            "text_length": text_length,
            "counts": counts,
            "note": note,
            "links": {
                "self": f"{reader.root}/v1/documents/{id}",
                "text": f"{reader.root}/v1/documents/{id}/text",
                "spans": f"{reader.root}/v1/documents/{id}/spans",
            },
        }
        for (
            _,
            _,
            id,
            title,
            author,
            rights,
            label,
            language,
            source_file,
            source_sha256,
            text_sha256,
            text_length,
            counts,
            note,
        ) in rows
    ]


def documents(asked: DocumentQuestions) -> Select[Any]:
    statement = EVERY
    if asked.id:
        statement = statement.where(DOCUMENT.id.in_(asked.id))
    if asked.document:
        statement = statement.where(DOCUMENT.id.in_(asked.document))
    return statement


DOCUMENTS = register(
    Kind(
        "document",
        "documents",
        metadata.tables["document"],
        EVERY,
        present,
        DocumentRecord,
        facets=(),
        sourced=False,
    )
)


@router.get("", **described(DocumentQuestions, DocumentPage))
async def list_documents(asking: Asking) -> Response:
    """Documents by id, or best first with q."""
    return await asking.answer(DocumentQuestions, lambda asked: list_of(asking, DOCUMENTS, asked, documents(asked)))


@router.get("/{id}", **described(DocumentIdQuestions, DocumentAnswer))
async def get_document(asking: Asking, id: str) -> Response:
    """One document."""
    return await asking.answer(DocumentIdQuestions, lambda asked: record_of(asking, DOCUMENTS, id, asked))
