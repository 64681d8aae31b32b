"""Home: which documents there are, what is recorded of them, and what this place is."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.model.kinds import KINDS
from api.params.base import Params
from api.records.lists import reading
from api.records.presentation import present
from api.records.reader import every
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.environment import STRINGS
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

DOCUMENTS = 100  # shown at home; the list has all of them
COUNTED = ("claims", "events", "obstacles", "relations", "actors")


def home(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    kind = KINDS["document"]
    with reading(request) as reader:
        documents = present(reader, kind, reader.rows(every(kind).order_by(kind.table.c.rank).limit(DOCUMENTS)))
    head = Head(STRINGS["home"]["title"], STRINGS["home"]["lead"], "/", others=(("application/json", "/v1"),))
    total = request.snapshot.counts["documents"]
    return page(request, "home.html", head, documents=documents, total=total, counted_kinds=COUNTED)


@router.get("/home")
async def get_home(request: OnPage) -> Response:
    """`/` leads here for browsers."""
    return await request.show(Params, home)
