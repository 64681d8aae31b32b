"""Documents: what each is, and what its text states about itself."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.forms import CSV
from api.formats.routes import files
from api.model.kinds.documents import DOCUMENT
from api.params.fields import DocumentId, Language, Many, TopicIdOrNone
from api.params.filters import ClosedParams
from api.params.lists import CountParams, FileParams, ListParams, RecordParams
from api.params.words import HighlightParams, QParams
from api.records.counts import counts, counts_of
from api.records.files import records_file
from api.records.lists import records_page
from api.records.pages import one_of, page_of
from api.records.presentation import fields_of
from api.records.single import one_record
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["documents"], route_class=SnapshotRoute)


class DocumentFilters(ClosedParams, filters=DOCUMENT):
    id: Many[DocumentId] = Field((), description="These documents.")
    document: Many[DocumentId] = Field((), description="These documents; the same as `id`.")
    language: Many[Language] = Field((), description="In these languages (BCP 47).")
    topic: Many[TopicIdOrNone] = Field((), description="With these topics.")


class DocumentParams(DocumentFilters, ListParams, HighlightParams):
    pass


class DocumentFileParams(DocumentFilters, FileParams, QParams, sets={"fields": fields_of(DOCUMENT)}):
    pass


class DocumentCountParams(DocumentFilters, CountParams, QParams):
    pass


class DocumentRecordParams(ClosedParams, RecordParams, kind=DOCUMENT):
    pass


@router.get("/documents", response_model=page_of(DOCUMENT))
async def list_documents(params: Annotated[DocumentParams, Query()], request: OnSnapshot) -> Response:
    """Documents by id, or best first with q."""
    return await request.respond(params, records_page, DOCUMENT)


@files(router, "/documents")
async def documents_file(params: Annotated[DocumentFileParams, Query()], request: OnSnapshot) -> Response:
    """The documents of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, DOCUMENT)


@router.get("/documents/{id}", response_model=one_of(DOCUMENT))
async def get_document(id: str, params: Annotated[DocumentRecordParams, Query()], request: OnSnapshot) -> Response:
    """One document."""
    return await request.respond(params, one_record, DOCUMENT, id)


@files(router, "/counts/documents", CSV, description="The same counts as CSV.")
@router.get("/counts/documents", response_model=counts_of(DOCUMENT))
async def count_documents(params: Annotated[DocumentCountParams, Query()], request: OnSnapshot) -> Response:
    """How many documents there are for each combination of one to three filters."""
    return await request.respond(params, counts, DOCUMENT)
