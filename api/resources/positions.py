"""Positions: what one actor wants, offers, accepts, opposes or refuses about an obstacle."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.annotations import AnnotationPage
from api.formats.forms import CSV, JSONLD
from api.formats.routes import files, response_class
from api.model.kinds.positions import POSITION
from api.params.fields import ActorId, DocumentId, Many, ObstacleId, PositionId
from api.params.filters import ClosedParams
from api.params.lists import AnnotationPageParams, CountParams, FileParams, ListParams, RecordParams
from api.params.words import HighlightParams, QParams
from api.records.counts import counts, counts_of
from api.records.files import records_file
from api.records.lists import annotations_page, records_page
from api.records.pages import one_of, page_of
from api.records.presentation import fields_of
from api.records.single import one_record
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["positions"], route_class=SnapshotRoute)


class PositionFilters(ClosedParams, filters=POSITION):
    id: Many[PositionId] = Field((), description="These positions.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    obstacle: Many[ObstacleId] = Field((), description="On these obstacles.")
    actor: Many[ActorId] = Field((), description="Of these actors.")


class PositionParams(PositionFilters, ListParams, HighlightParams):
    pass


class PositionFileParams(PositionFilters, FileParams, QParams, sets={"fields": fields_of(POSITION)}):
    pass


class PositionAnnotationParams(PositionFilters, AnnotationPageParams, QParams):
    pass


class PositionCountParams(PositionFilters, CountParams, QParams):
    pass


class PositionRecordParams(ClosedParams, RecordParams, kind=POSITION):
    pass


@router.get("/positions", response_model=page_of(POSITION))
async def list_positions(params: Annotated[PositionParams, Query()], request: OnSnapshot) -> Response:
    """Positions in document order, or best first with q."""
    return await request.respond(params, records_page, POSITION)


@files(router, "/positions")
async def positions_file(params: Annotated[PositionFileParams, Query()], request: OnSnapshot) -> Response:
    """The positions of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, POSITION)


@router.get("/positions.jsonld", response_class=response_class(JSONLD), response_model=AnnotationPage)
async def positions_jsonld(params: Annotated[PositionAnnotationParams, Query()], request: OnSnapshot) -> Response:
    """A page of positions as W3C annotations."""
    return await request.respond(params, annotations_page, POSITION)


@router.get("/positions/{id}", response_model=one_of(POSITION))
async def get_position(id: str, params: Annotated[PositionRecordParams, Query()], request: OnSnapshot) -> Response:
    """One position."""
    return await request.respond(params, one_record, POSITION, id)


@files(router, "/counts/positions", CSV, description="The same counts as CSV.")
@router.get("/counts/positions", response_model=counts_of(POSITION))
async def count_positions(params: Annotated[PositionCountParams, Query()], request: OnSnapshot) -> Response:
    """How many positions there are for each combination of one to three filters."""
    return await request.respond(params, counts, POSITION)
