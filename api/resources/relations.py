"""Relations: how claims bear on one another, and the words that show it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.annotations import AnnotationPage
from api.formats.forms import CSV, JSONLD
from api.formats.routes import files, response_class
from api.model.kinds.relations import RELATION
from api.model.vocabularies import RelationBasis, RelationType
from api.params.fields import ClaimId, DocumentId, Many, RelationId, SectionIdOrNone, SpeakerId
from api.params.filters import ClosedParams
from api.params.lists import AnnotationPageParams, CountParams, FileParams, ListParams, RecordParams
from api.records.counts import counts, counts_of
from api.records.files import records_file
from api.records.lists import annotations_page, records_page
from api.records.pages import one_of, page_of
from api.records.presentation import fields_of
from api.records.single import one_record
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["relations"], route_class=SnapshotRoute)


class RelationFilters(ClosedParams, filters=RELATION):
    id: Many[RelationId] = Field((), description="These relations.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    claim: Many[ClaimId] = Field((), description="With these claims at either end.")
    from_: Many[ClaimId] = Field((), alias="from", description="From these claims.")
    to: Many[ClaimId] = Field((), description="To these claims.")
    type: Many[RelationType] = Field((), description="Of these types.")
    basis: Many[RelationBasis] = Field((), description="Stated by the text, or inferred by an editor.")
    section: Many[SectionIdOrNone] = Field((), description="Shown by words in these leaf sections.")
    speaker: Many[SpeakerId] = Field((), description="With claims of these speakers at either end.")


class RelationParams(RelationFilters, ListParams):
    pass


class RelationFileParams(RelationFilters, FileParams, sets={"fields": fields_of(RELATION)}):
    pass


class RelationAnnotationParams(RelationFilters, AnnotationPageParams):
    pass


class RelationCountParams(RelationFilters, CountParams):
    pass


class RelationRecordParams(ClosedParams, RecordParams, kind=RELATION):
    pass


@router.get("/relations", response_model=page_of(RELATION))
async def list_relations(params: Annotated[RelationParams, Query()], request: OnSnapshot) -> Response:
    """Relations by the start of the claim that they come from."""
    return await request.respond(params, records_page, RELATION)


@files(router, "/relations")
async def relations_file(params: Annotated[RelationFileParams, Query()], request: OnSnapshot) -> Response:
    """The relations of a list, all of them or the first `limit`."""
    return await request.respond(params, records_file, RELATION)


@router.get("/relations.jsonld", response_class=response_class(JSONLD), response_model=AnnotationPage)
async def relations_jsonld(params: Annotated[RelationAnnotationParams, Query()], request: OnSnapshot) -> Response:
    """A page of relations as W3C annotations."""
    return await request.respond(params, annotations_page, RELATION)


@router.get("/relations/{id}", response_model=one_of(RELATION))
async def get_relation(id: str, params: Annotated[RelationRecordParams, Query()], request: OnSnapshot) -> Response:
    """One relation."""
    return await request.respond(params, one_record, RELATION, id)


@files(router, "/counts/relations", CSV, description="The same counts as CSV.")
@router.get("/counts/relations", response_model=counts_of(RELATION))
async def count_relations(params: Annotated[RelationCountParams, Query()], request: OnSnapshot) -> Response:
    """How many relations there are for each combination of one to three filters."""
    return await request.respond(params, counts, RELATION)
