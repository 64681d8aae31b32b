"""Obstacles: what the document numbers as hindrances, verbatim."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.annotations import AnnotationPage
from api.formats.forms import CSV, JSONLD
from api.formats.routes import files, response_class
from api.model.kinds.obstacles import OBSTACLE
from api.params.fields import ActorIdOrNone, DocumentId, Many, Number, ObstacleId
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

router = APIRouter(prefix="/v1", tags=["obstacles"], route_class=SnapshotRoute)


class ObstacleFilters(ClosedParams, filters=OBSTACLE):
    id: Many[ObstacleId] = Field((), description="These obstacles.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    actor: Many[ActorIdOrNone] = Field((), description="Involving these actors.")
    number: Many[Number] = Field((), description="With these numbers.")


class ObstacleParams(ObstacleFilters, ListParams, HighlightParams):
    pass


class ObstacleFileParams(ObstacleFilters, FileParams, QParams, sets={"fields": fields_of(OBSTACLE)}):
    pass


class ObstacleAnnotationParams(ObstacleFilters, AnnotationPageParams, QParams):
    pass


class ObstacleCountParams(ObstacleFilters, CountParams, QParams):
    pass


class ObstacleRecordParams(ClosedParams, RecordParams, kind=OBSTACLE):
    pass


@router.get("/obstacles", response_model=page_of(OBSTACLE))
async def list_obstacles(params: Annotated[ObstacleParams, Query()], request: OnSnapshot) -> Response:
    """Obstacles in document order, or best first with q."""
    return await request.respond(params, records_page, OBSTACLE)


@files(router, "/obstacles")
async def obstacles_file(params: Annotated[ObstacleFileParams, Query()], request: OnSnapshot) -> Response:
    """The obstacles of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, OBSTACLE)


@router.get("/obstacles.jsonld", response_class=response_class(JSONLD), response_model=AnnotationPage)
async def obstacles_jsonld(params: Annotated[ObstacleAnnotationParams, Query()], request: OnSnapshot) -> Response:
    """A page of obstacles as W3C annotations."""
    return await request.respond(params, annotations_page, OBSTACLE)


@router.get("/obstacles/{id}", response_model=one_of(OBSTACLE))
async def get_obstacle(id: str, params: Annotated[ObstacleRecordParams, Query()], request: OnSnapshot) -> Response:
    """One obstacle."""
    return await request.respond(params, one_record, OBSTACLE, id)


@files(router, "/counts/obstacles", CSV, description="The same counts as CSV.")
@router.get("/counts/obstacles", response_model=counts_of(OBSTACLE))
async def count_obstacles(params: Annotated[ObstacleCountParams, Query()], request: OnSnapshot) -> Response:
    """How many obstacles there are for each combination of one to three filters."""
    return await request.respond(params, counts, OBSTACLE)
