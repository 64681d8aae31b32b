"""The canonical text of a document, whole or cut."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from api.records.lists import reading
from api.records.ranges import ExpandParams, location, text_of
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["text"], route_class=SnapshotRoute)


def words(request: SnapshotRequest, params: ExpandParams, id: str) -> Body:
    with reading(request) as reader:
        text = text_of(request, reader, id)
        span, widened = params.widened(text)
        return Body(text.read(*span), location=location(request, params, span, widened))


@router.get("/documents/{id}/text", response_class=PlainTextResponse)
async def get_text(id: str, params: Annotated[ExpandParams, Query()], request: OnSnapshot) -> Response:
    """The canonical text, whole or from start to end, exactly."""
    return await request.respond(params, words, id)
