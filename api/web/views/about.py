"""About: what this is and is not, how the records were made, and how to dispute one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.model.kinds import KINDS
from api.model.vocabularies import ClaimMode, ClaimType, RelationType
from api.params.base import Params
from api.records.lists import reading
from api.records.presentation import present
from api.records.reader import every
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.environment import STRINGS
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)


def about(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    kind = KINDS["document"]
    with reading(request) as reader:
        documents = present(reader, kind, reader.rows(every(kind).order_by(kind.table.c.rank).limit(100)))
    head = Head(STRINGS["about"]["title"], STRINGS["about"]["description"], "/about")
    vocabularies = {"type": list(ClaimType), "mode": list(ClaimMode), "relation": list(RelationType)}
    return page(request, "about.html", head, documents=documents, vocabularies=vocabularies)


@router.get("/about")
async def get_about(request: OnPage) -> Response:
    """What this is."""
    return await request.show(Params, about)
