"""The contract, and the texts for language models."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic_core import from_json

from api.params.base import Params
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute
from api.web import llms

router = APIRouter(tags=["service"], route_class=SnapshotRoute)


def contract(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    """openapi.json, telling clients where it is served."""
    document: dict[str, Any] = from_json(request.contract)
    return Body(document | {"servers": [{"url": request.root or "/"}]})


def llms_text(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return Body(llms.text(request))


def full_text(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return Body(llms.full_text(request))


@router.get("/openapi.json", response_class=JSONResponse)
async def get_openapi(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """This document."""
    return await request.respond(params, contract)


@router.get("/llms.txt", response_class=PlainTextResponse)
async def get_llms(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """What this service is and how to use it, for language models."""
    return await request.respond(params, llms_text)


@router.get("/llms-full.txt", include_in_schema=False)
async def get_llms_full(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """The same with every vocabulary, every parameter and the cookbook."""
    return await request.respond(params, full_text)
