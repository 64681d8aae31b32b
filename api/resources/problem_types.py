"""What each error means and how to mend it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.params.base import Params
from api.problems import PROBLEM_TYPES, Fault, Problem, nearest
from api.records.lists import enveloped
from api.records.reader import Record
from api.records.shapes import One, Shape
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute
from api.web import terms

router = APIRouter(prefix="/problems", tags=["service"], route_class=SnapshotRoute)


class ProblemTypeRecord(Shape):
    id: str
    status: int
    title: str
    meaning: str
    remedy: str
    links: dict[str, str]


class ProblemTypeResponse(One[ProblemTypeRecord]):
    """One type of problem."""


class ProblemTypesResponse(One[list[ProblemTypeRecord]]):
    pass


def _record(request: SnapshotRequest, slug: str) -> Record:
    kind = PROBLEM_TYPES[slug]
    return {
        "id": slug,
        "status": kind.status,
        "title": kind.title,
        "meaning": kind.meaning,
        "remedy": kind.remedy,
        "links": {"self": request.href(f"/problems/{slug}")},
    }


def all_problem_types(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    if request.form.name == "html":
        return terms.problem_types(request)
    return enveloped(request, [_record(request, slug) for slug in PROBLEM_TYPES])


def one_problem_type(request: SnapshotRequest, params: Params, slug: str) -> Body:  # noqa: ARG001
    if slug not in PROBLEM_TYPES:
        detail = "there is no problem type of this name"
        near = nearest(slug, PROBLEM_TYPES)
        raise Problem("not-found", detail, (Fault("not-found", "type", detail, sorted(PROBLEM_TYPES), near),))
    if request.form.name == "html":
        return terms.problem_type(request, PROBLEM_TYPES[slug])
    return enveloped(request, _record(request, slug))


@router.get("", response_model=ProblemTypesResponse)
async def list_problems(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """What each error means and how to mend it; a page for browsers."""
    return await request.respond(params, all_problem_types)


@router.get("/{type}", response_model=ProblemTypeResponse)
async def get_problem(type: str, params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """What one error means and how to mend it; a page for browsers."""
    return await request.respond(params, one_problem_type, type)
