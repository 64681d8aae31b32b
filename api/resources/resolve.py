"""Whether a quotation is in the texts, where, and what rests on it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.records.resolution import ResolveParams, ResolveResponse, resolution
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["text"], route_class=SnapshotRoute)


@router.get("/resolve", response_model=ResolveResponse)
async def resolve_quote(params: Annotated[ResolveParams, Query()], request: OnSnapshot) -> Response:
    """Whether a quotation is in the texts, where, in what it differs, and what rests on it.

    Every text that holds its words is looked through. A quotation of nothing but words that are nearly everywhere may
    stand in more text than that: then it is refused, or, where some of it was found, total is null. Up to 15 ellipses.
    """
    return await request.respond(params, resolution)
