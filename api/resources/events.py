"""Events: what an outsider could have observed, dated as the document dates it and no further."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.annotations import AnnotationPage
from api.formats.forms import CSV, JSONLD
from api.formats.routes import files, response_class
from api.model.kinds.events import EVENT
from api.model.vocabularies import DateBasis, EventCategory, EventStatus
from api.params.dates import PeriodParams
from api.params.fields import (
    ActorIdOrNone,
    ClaimId,
    DocumentId,
    EventId,
    Many,
    PlaceIdOrNone,
    SectionId,
    SpeakerId,
    Year,
)
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

router = APIRouter(prefix="/v1", tags=["events"], route_class=SnapshotRoute)


class EventFilters(ClosedParams, PeriodParams, filters=EVENT):
    id: Many[EventId] = Field((), description="These events.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    section: Many[SectionId] = Field((), description="In these leaf sections.")
    category: Many[EventCategory] = Field((), description="Of these categories.")
    status: Many[EventStatus] = Field((), description="Of these statuses.")
    actor: Many[ActorIdOrNone] = Field((), description="With these actors.")
    place: Many[PlaceIdOrNone] = Field((), description="At these places.")
    speaker: Many[SpeakerId] = Field((), description="Asserted by these: `author`, actors' ids, `none` for nobody.")
    claim: Many[ClaimId] = Field((), description="That these claims are about.")
    basis: Many[DateBasis] = Field((), description="What the date rests on.")
    year: Many[Year] = Field((), description="Year of the earliest possible day; `none` where that is unknown.")


class EventParams(EventFilters, ListParams, HighlightParams):
    pass


class EventFileParams(EventFilters, FileParams, QParams, sets={"fields": fields_of(EVENT)}):
    pass


class EventAnnotationParams(EventFilters, AnnotationPageParams, QParams):
    pass


class EventCountParams(EventFilters, CountParams, QParams):
    pass


class EventRecordParams(ClosedParams, RecordParams, kind=EVENT):
    pass


@router.get("/events", response_model=page_of(EVENT))
async def list_events(params: Annotated[EventParams, Query()], request: OnSnapshot) -> Response:
    """Events in document order, by date, or best first with q."""
    return await request.respond(params, records_page, EVENT)


@files(router, "/events")
async def events_file(params: Annotated[EventFileParams, Query()], request: OnSnapshot) -> Response:
    """The events of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, EVENT)


@router.get("/events.jsonld", response_class=response_class(JSONLD), response_model=AnnotationPage)
async def events_jsonld(params: Annotated[EventAnnotationParams, Query()], request: OnSnapshot) -> Response:
    """A page of events as W3C annotations."""
    return await request.respond(params, annotations_page, EVENT)


@router.get("/events/{id}", response_model=one_of(EVENT))
async def get_event(id: str, params: Annotated[EventRecordParams, Query()], request: OnSnapshot) -> Response:
    """One event."""
    return await request.respond(params, one_record, EVENT, id)


@files(router, "/counts/events", CSV, description="The same counts as CSV.")
@router.get("/counts/events", response_model=counts_of(EVENT))
async def count_events(params: Annotated[EventCountParams, Query()], request: OnSnapshot) -> Response:
    """How many events there are for each combination of one to three filters."""
    return await request.respond(params, counts, EVENT)
