"""Claims: one proposition each, with who the document attributes it to, and the words that carry it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import MISSING, Field

from api.formats.annotations import AnnotationPage
from api.formats.forms import CSV, JSONLD
from api.formats.routes import files, response_class
from api.model.kinds.claims import CLAIM
from api.model.vocabularies import ClaimMode, ClaimType, RelationType
from api.params.fields import (
    ActorIdOrNone,
    ClaimId,
    DocumentId,
    EventIdOrNone,
    Flag,
    Many,
    NoneWord,
    ObstacleIdOrNone,
    PlaceIdOrNone,
    SectionId,
    SpeakerId,
    TopicIdOrNone,
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

router = APIRouter(prefix="/v1", tags=["claims"], route_class=SnapshotRoute)


class ClaimFilters(ClosedParams, filters=CLAIM):
    id: Many[ClaimId] = Field((), description="These claims.", examples=[["karabakh.c001"]])
    document: Many[DocumentId] = Field((), description="Of these documents.")
    section: Many[SectionId] = Field((), description="In these leaf sections.")
    type: Many[ClaimType] = Field((), description="Of these types.")
    mode: Many[ClaimMode] = Field((), description="In these modes.")
    speaker: Many[SpeakerId] = Field((), description="Said by these: `author`, actors' ids, `none` for nobody named.")
    hedged: Flag | MISSING = Field(MISSING, description="Whether the author leaves open that it is true.")
    actor: Many[ActorIdOrNone] = Field((), description="About these actors.")
    place: Many[PlaceIdOrNone] = Field((), description="At these places.")
    topic: Many[TopicIdOrNone] = Field((), description="On these topics.")
    obstacle: Many[ObstacleIdOrNone] = Field((), description="In the paragraphs of these obstacles.")
    has_quantity: Flag | MISSING = Field(MISSING, description="Whether it counts or measures something.")
    event: Many[EventIdOrNone] = Field((), description="About these events.")
    relation: Many[RelationType | NoneWord] = Field((), description="With relations of these types, at either end.")


class ClaimParams(ClaimFilters, ListParams, HighlightParams):
    pass


class ClaimFileParams(ClaimFilters, FileParams, QParams, sets={"fields": fields_of(CLAIM)}):
    pass


class ClaimAnnotationParams(ClaimFilters, AnnotationPageParams, QParams):
    pass


class ClaimCountParams(ClaimFilters, CountParams, QParams):
    pass


class ClaimRecordParams(ClosedParams, RecordParams, kind=CLAIM):
    pass


@router.get("/claims", response_model=page_of(CLAIM))
async def list_claims(params: Annotated[ClaimParams, Query()], request: OnSnapshot) -> Response:
    """Claims in document order, or best first with q."""
    return await request.respond(params, records_page, CLAIM)


@files(router, "/claims")
async def claims_file(params: Annotated[ClaimFileParams, Query()], request: OnSnapshot) -> Response:
    """The claims of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, CLAIM)


@router.get("/claims.jsonld", response_class=response_class(JSONLD), response_model=AnnotationPage)
async def claims_jsonld(params: Annotated[ClaimAnnotationParams, Query()], request: OnSnapshot) -> Response:
    """A page of claims as W3C annotations."""
    return await request.respond(params, annotations_page, CLAIM)


@router.get("/claims/{id}", response_model=one_of(CLAIM))
async def get_claim(id: str, params: Annotated[ClaimRecordParams, Query()], request: OnSnapshot) -> Response:
    """One claim."""
    return await request.respond(params, one_record, CLAIM, id)


@files(router, "/counts/claims", CSV, description="The same counts as CSV.")
@router.get("/counts/claims", response_model=counts_of(CLAIM))
async def count_claims(params: Annotated[ClaimCountParams, Query()], request: OnSnapshot) -> Response:
    """How many claims there are for each combination of one to three filters."""
    return await request.respond(params, counts, CLAIM)
