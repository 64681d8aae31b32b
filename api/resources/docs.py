"""The contract, the docs with their assets, and the text for language models."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic_core import from_json

from api.content.answers import matches
from api.params.base import Params
from api.problems import Problem
from api.request import Body, OnSnapshot, SnapshotRequest
from api.web import pages

router = APIRouter(tags=["service"])


def contract(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    """openapi.json, telling clients where it is served."""
    document: dict[str, Any] = from_json(request.contract)
    return Body(document | {"servers": [{"url": request.root or "/"}]})


def llms_text(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return Body(pages.llms(request.root))


def docs(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return pages.html(pages.docs_page(request.root), pages.DOCS_POLICY)


@router.get("/openapi.json", response_class=JSONResponse)
async def get_openapi(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """This document."""
    return await request.respond(params, contract)


@router.get("/llms.txt", response_class=PlainTextResponse)
async def get_llms(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """What this service is and how to use it, for language models."""
    return await request.respond(params, llms_text)


@router.get("/docs", include_in_schema=False)
async def get_docs(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    return await request.respond(params, docs)


@router.get("/docs/{asset}", include_in_schema=False)
def get_docs_asset(asset: str) -> Response:
    if asset not in pages.ASSETS:
        raise Problem("not-found", "there is nothing at this path")
    name, media_type = pages.ASSETS[asset]
    headers = {"Content-Type": media_type, "Cache-Control": "public, max-age=86400"}
    return Response((pages.WEB / name).read_bytes(), headers=headers)


@router.get("/reader/{asset}", include_in_schema=False)
def get_reader_asset(request: Request, asset: str) -> Response:
    """Modules and style of the reader page belong together: each use asks whether it still has the right ones."""
    if asset not in pages.READER_ASSETS:
        raise Problem("not-found", "there is nothing at this path")
    content = (pages.WEB / "reader" / asset).read_bytes()
    tag = f'W/"{sha256(content).hexdigest()[:24]}"'
    headers = {"Content-Type": pages.READER_ASSETS[asset], "Cache-Control": "no-cache", "ETag": tag}
    if matches(request.scope["sic.if_none_match"], tag.encode()):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers)
