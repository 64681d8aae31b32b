"""What is here: links, counts, snapshot and release."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api import __version__
from api.model.kinds import KINDS
from api.params.base import Params
from api.records.lists import enveloped
from api.records.shapes import One, Shape
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(tags=["service"], route_class=SnapshotRoute)

PATHS = {kind.plural: kind.path for kind in KINDS.values()} | {
    "search": "/v1/search",
    "suggest": "/v1/suggest",
    "resolve": "/v1/resolve",
    "vocabularies": "/v1/vocabularies",
    "problems": "/problems",
    "openapi": "/openapi.json",
    "docs": "/docs",
    "llms": "/llms.txt",
}


class Service(Shape):
    name: str
    description: str
    version: str
    release: str
    snapshot: str
    counts: dict[str, int]
    links: dict[str, str]


class ServiceResponse(One[Service]):
    """What is here."""


def service(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return enveloped(
        request,
        {
            "name": "sic",
            "description": "What a document says, each record resting on a verbatim quote.",
            "version": __version__,
            "release": request.release,
            "snapshot": request.snapshot.id,
            "counts": request.snapshot.counts,
            "links": {name: request.href(path) for name, path in PATHS.items()},
        },
    )


@router.get("/", response_model=ServiceResponse)
async def get_root(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """What is here, for programs; browsers get the home page."""
    return await request.respond(params, service)


@router.get("/v1", response_model=ServiceResponse)
async def get_service(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """What is here: links, counts, snapshot and release."""
    return await request.respond(params, service)
