"""Docs: the cookbook's questions with their requests and answers, the reference behind them, and Swagger UI."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.forms import HTML
from api.params.base import Params
from api.problems import Fault, Problem, nearest
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.cookbook import recipes
from api.web.environment import STRINGS
from api.web.page import TRY_POLICY, Head, hardening, page, render
from api.web.reference import subjects

router = APIRouter(include_in_schema=False)


def docs(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    words = STRINGS["docs"]
    head = Head(words["title"], words["description"], "/docs", others=(("application/json", "/openapi.json"),))
    return page(request, "docs.html", head, recipes=recipes(), subjects=subjects(request.contract))


def reference(request: SnapshotRequest, params: Params, tag: str) -> Body:  # noqa: ARG001
    known = subjects(request.contract)
    if tag not in known:
        detail = "the reference has no such part"
        raise Problem("not-found", detail, (Fault("not-found", "tag", detail, sorted(known), nearest(tag, known)),))
    words = STRINGS["docs"]
    head = Head(
        words["reference_title"].format(tag=tag),
        words["reference_description"].format(tag=tag),
        request.path,
        others=(("application/json", "/openapi.json"),),
    )
    return page(request, "reference.html", head, subject=known[tag], subjects=known)


def swagger(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    head = Head(STRINGS["docs"]["try"], STRINGS["docs"]["try"], "/docs/try", indexed=False)
    return Body(render(request, "swagger.html", head=head), headers=hardening(TRY_POLICY), form=HTML)


@router.get("/docs")
async def get_docs(request: OnPage) -> Response:
    """Recipes."""
    return await request.show(Params, docs)


@router.get("/docs/try")
async def get_swagger(request: OnPage) -> Response:
    """Swagger UI, for those who want to try requests in the page."""
    return await request.show(Params, swagger)


@router.get("/docs/reference/{tag}")
async def get_reference(tag: str, request: OnPage) -> Response:
    """The operations on one subject."""
    return await request.show(Params, reference, tag)
