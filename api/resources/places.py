"""Places: where the texts locate something."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.forms import CSV
from api.formats.routes import files
from api.model.kinds.places import PLACE
from api.model.vocabularies import PlaceCategory
from api.params.fields import DocumentId, Many, PlaceId
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

router = APIRouter(prefix="/v1", tags=["places"], route_class=SnapshotRoute)


class PlaceFilters(ClosedParams, filters=PLACE):
    id: Many[PlaceId] = Field((), description="These places.")
    document: Many[DocumentId] = Field((), description="Named by these documents.")
    category: Many[PlaceCategory] = Field((), description="Of these categories.")


class PlaceParams(PlaceFilters, ListParams, HighlightParams):
    pass


class PlaceFileParams(PlaceFilters, FileParams, QParams, sets={"fields": fields_of(PLACE)}):
    pass


class PlaceCountParams(PlaceFilters, CountParams, QParams):
    pass


class PlaceRecordParams(ClosedParams, RecordParams, kind=PLACE):
    pass


@router.get("/places", response_model=page_of(PLACE))
async def list_places(params: Annotated[PlaceParams, Query()], request: OnSnapshot) -> Response:
    """Places by id, or best first with q."""
    return await request.respond(params, records_page, PLACE)


@files(router, "/places")
async def places_file(params: Annotated[PlaceFileParams, Query()], request: OnSnapshot) -> Response:
    """The places of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, PLACE)


@router.get("/places/{id}", response_model=one_of(PLACE))
async def get_place(id: str, params: Annotated[PlaceRecordParams, Query()], request: OnSnapshot) -> Response:
    """One place."""
    return await request.respond(params, one_record, PLACE, id)


@files(router, "/counts/places", CSV, description="The same counts as CSV.")
@router.get("/counts/places", response_model=counts_of(PLACE))
async def count_places(params: Annotated[PlaceCountParams, Query()], request: OnSnapshot) -> Response:
    """How many places there are for each combination of one to three filters."""
    return await request.respond(params, counts, PLACE)
