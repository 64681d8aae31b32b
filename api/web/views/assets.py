"""Style sheets, modules and pictures. Their path names their content, so that a browser keeps them for good."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.problems import Problem
from api.web.environment import MEDIA_TYPES, assets, digest

router = APIRouter(include_in_schema=False)

FOR_GOOD = "public, max-age=31536000, immutable"


@router.get("/assets/{state}/{name}")
async def get_asset(state: str, name: str) -> Response:
    """A page of another release names another state: it gets what there is, and does not keep it."""
    content = assets().get(name)
    if content is None:
        raise Problem("not-found", "there is nothing at this path")
    media_type = MEDIA_TYPES[name[name.rindex(".") :]]
    caching = FOR_GOOD if state == digest() else "no-cache"
    return Response(content, headers={"Content-Type": media_type, "Cache-Control": caching})
