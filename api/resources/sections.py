"""Sections: the text in the order it was written; the leaves tile it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.forms import CSV
from api.formats.routes import files
from api.model.kinds.sections import SECTION
from api.params.fields import DocumentId, Many, SectionId, SectionIdOrNone
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

router = APIRouter(prefix="/v1", tags=["sections"], route_class=SnapshotRoute)


class SectionFilters(ClosedParams, filters=SECTION):
    id: Many[SectionId] = Field((), description="These sections.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    parent: Many[SectionIdOrNone] = Field((), description="Directly below these sections; `none` for the top.")


class SectionParams(SectionFilters, ListParams, HighlightParams):
    pass


class SectionFileParams(SectionFilters, FileParams, QParams, sets={"fields": fields_of(SECTION)}):
    pass


class SectionCountParams(SectionFilters, CountParams, QParams):
    pass


class SectionRecordParams(ClosedParams, RecordParams, kind=SECTION):
    pass


@router.get("/sections", response_model=page_of(SECTION))
async def list_sections(params: Annotated[SectionParams, Query()], request: OnSnapshot) -> Response:
    """Sections by ordinal, or best first with q; without their text."""
    return await request.respond(params, records_page, SECTION)


@files(router, "/sections")
async def sections_file(params: Annotated[SectionFileParams, Query()], request: OnSnapshot) -> Response:
    """The sections of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, SECTION)


@router.get("/sections/{id}", response_model=one_of(SECTION))
async def get_section(id: str, params: Annotated[SectionRecordParams, Query()], request: OnSnapshot) -> Response:
    """One section, with its text."""
    return await request.respond(params, one_record, SECTION, id)


@files(router, "/counts/sections", CSV, description="The same counts as CSV.")
@router.get("/counts/sections", response_model=counts_of(SECTION))
async def count_sections(params: Annotated[SectionCountParams, Query()], request: OnSnapshot) -> Response:
    """How many sections there are for each combination of one to three filters."""
    return await request.respond(params, counts, SECTION)
