"""Actors: who acts or is spoken of."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.forms import CSV
from api.formats.routes import files
from api.model.kinds.actors import ACTOR
from api.model.vocabularies import ActorCategory
from api.params.fields import ActorId, DocumentId, Many
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

router = APIRouter(prefix="/v1", tags=["actors"], route_class=SnapshotRoute)


class ActorFilters(ClosedParams, filters=ACTOR):
    id: Many[ActorId] = Field((), description="These actors.")
    document: Many[DocumentId] = Field((), description="Named by these documents.")
    category: Many[ActorCategory] = Field((), description="Of these categories.")


class ActorParams(ActorFilters, ListParams, HighlightParams):
    pass


class ActorFileParams(ActorFilters, FileParams, QParams, sets={"fields": fields_of(ACTOR)}):
    pass


class ActorCountParams(ActorFilters, CountParams, QParams):
    pass


class ActorRecordParams(ClosedParams, RecordParams, kind=ACTOR):
    pass


@router.get("/actors", response_model=page_of(ACTOR))
async def list_actors(params: Annotated[ActorParams, Query()], request: OnSnapshot) -> Response:
    """Actors by id, or best first with q."""
    return await request.respond(params, records_page, ACTOR)


@files(router, "/actors")
async def actors_file(params: Annotated[ActorFileParams, Query()], request: OnSnapshot) -> Response:
    """The actors of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, ACTOR)


@router.get("/actors/{id}", response_model=one_of(ACTOR))
async def get_actor(id: str, params: Annotated[ActorRecordParams, Query()], request: OnSnapshot) -> Response:
    """One actor."""
    return await request.respond(params, one_record, ACTOR, id)


@files(router, "/counts/actors", CSV, description="The same counts as CSV.")
@router.get("/counts/actors", response_model=counts_of(ACTOR))
async def count_actors(params: Annotated[ActorCountParams, Query()], request: OnSnapshot) -> Response:
    """How many actors there are for each combination of one to three filters."""
    return await request.respond(params, counts, ACTOR)
