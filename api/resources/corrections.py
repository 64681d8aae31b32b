"""Corrections: what an editor changed after a package was first published."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.forms import CSV
from api.formats.routes import files
from api.model.kinds.corrections import CORRECTION
from api.model.vocabularies import RecordKind
from api.params.base import Params
from api.params.dates import PeriodParams
from api.params.fields import AnyId, CorrectionId, DocumentId, Many
from api.params.filters import ClosedParams
from api.params.lists import BareListParams, CountParams, FileParams
from api.params.words import HighlightParams, QParams
from api.records.counts import counts, counts_of
from api.records.files import records_file
from api.records.lists import records_page
from api.records.pages import one_of, page_of
from api.records.presentation import fields_of
from api.records.single import one_record
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["corrections"], route_class=SnapshotRoute)


class CorrectionFilters(ClosedParams, PeriodParams, filters=CORRECTION):
    id: Many[CorrectionId] = Field((), description="These corrections.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    record_kind: Many[RecordKind] = Field((), description="Of records of these kinds.")
    record: Many[AnyId] = Field((), description="Of these records, also of those that no longer exist.")


class CorrectionParams(CorrectionFilters, BareListParams, HighlightParams):
    pass


class CorrectionFileParams(CorrectionFilters, FileParams, QParams, sets={"fields": fields_of(CORRECTION)}):
    pass


class CorrectionCountParams(CorrectionFilters, CountParams, QParams):
    pass


@router.get("/corrections", response_model=page_of(CORRECTION))
async def list_corrections(params: Annotated[CorrectionParams, Query()], request: OnSnapshot) -> Response:
    """Corrections, or best first with q."""
    return await request.respond(params, records_page, CORRECTION)


@files(router, "/corrections")
async def corrections_file(params: Annotated[CorrectionFileParams, Query()], request: OnSnapshot) -> Response:
    """The corrections of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, CORRECTION)


@router.get("/corrections/{id}", response_model=one_of(CORRECTION))
async def get_correction(id: str, params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """One correction."""
    return await request.respond(params, one_record, CORRECTION, id)


@files(router, "/counts/corrections", CSV, description="The same counts as CSV.")
@router.get("/counts/corrections", response_model=counts_of(CORRECTION))
async def count_corrections(params: Annotated[CorrectionCountParams, Query()], request: OnSnapshot) -> Response:
    """How many corrections there are for each combination of one to three filters."""
    return await request.respond(params, counts, CORRECTION)
