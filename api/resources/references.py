"""A record in forms that others take: W3C annotations and citations. One endpoint each for all kinds."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.formats.annotations import CONTEXT, Annotation
from api.formats.forms import BIB, CSL, JSONLD, RIS
from api.formats.routes import response_class
from api.model.kinds import KINDS
from api.params.base import Params
from api.records.single import one_annotation, one_citation
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["references"], route_class=SnapshotRoute)

ANNOTATED = [kind.plural for kind in KINDS.values() if kind.annotation]
CITABLE = [kind.plural for kind in KINDS.values() if kind.citable]
# Strings, not closed types: another kind is a path that is not there, not an invalid value.
AnnotatedKind = Annotated[str, Path(description="A kind that rests on words.", json_schema_extra={"enum": ANNOTATED})]
CitableKind = Annotated[str, Path(description="A kind that can be cited.", json_schema_extra={"enum": CITABLE})]


class CslItem(BaseModel):
    """One CSL-JSON item."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    id: str
    type: str
    title: str
    page: str = Field(description="The offsets, in words.")
    URL: str
    note: str


class Context(BaseModel):
    """The JSON-LD context of our annotations."""

    model_config = ConfigDict(extra="allow", defer_build=True)


def context(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return Body({"@context": CONTEXT})


@router.get("/context.jsonld", response_class=response_class(JSONLD), response_model=Context)
async def get_context(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """The JSON-LD context of our annotations."""
    return await request.respond(params, context)


@router.get("/{kind}/{id}/annotation.jsonld", response_class=response_class(JSONLD), response_model=Annotation)
async def get_annotation(
    kind: AnnotatedKind, id: str, params: Annotated[Params, Query()], request: OnSnapshot
) -> Response:
    """One record as a W3C annotation."""
    return await request.respond(params, one_annotation, kind, id)


@router.get("/{kind}/{id}/citation.bib", response_class=response_class(BIB))
async def get_bibtex(kind: CitableKind, id: str, params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """How to cite a record, as BibTeX."""
    return await request.respond(params, one_citation, kind, id)


@router.get("/{kind}/{id}/citation.ris", response_class=response_class(RIS))
async def get_ris(kind: CitableKind, id: str, params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """How to cite a record, as RIS."""
    return await request.respond(params, one_citation, kind, id)


@router.get("/{kind}/{id}/citation.csl.json", response_class=response_class(CSL), response_model=CslItem)
async def get_csl(kind: CitableKind, id: str, params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """How to cite a record, as CSL-JSON."""
    return await request.respond(params, one_citation, kind, id)
