"""Obstacles: what a document says stands in the way, and the position that it attributes to each party."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.model.kinds.obstacles import OBSTACLE
from api.model.kinds.positions import POSITION
from api.params.base import Params
from api.records.lists import reading
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.document import document_of, read
from api.web.environment import STRINGS
from api.web.names import Names
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

MOST = 100  # obstacles


def obstacles_page(request: SnapshotRequest, params: Params, id: str) -> Body:  # noqa: ARG001
    with reading(request) as reader:
        document = document_of(request, reader, id)
        obstacles = read(reader, OBSTACLE, id, most=MOST)
        positions = read(reader, POSITION, id)
        names = Names(reader, {("actor", position["actor"]) for position in positions})
    stances = {(position["obstacle"], position["actor"]): position for position in positions}
    counts: dict[str, int] = {}
    for position in positions:
        counts[position["actor"]] = counts.get(position["actor"], 0) + 1
    parties = sorted(counts, key=lambda actor: (-counts[actor], names.of("actor", actor).text))
    head = Head(
        f"{STRINGS['obstacles']['title']}: {document['label']}",
        STRINGS["obstacles"]["description"].format(document=document["label"]),
        f"/d/{id}/obstacles",
        others=(("application/json", request.href(f"/v1/obstacles?document={id}&include=positions")),),
        document=document,
        view="obstacles",
    )
    named = [(actor, names.of("actor", actor)) for actor in parties]
    return page(request, "obstacles.html", head, document=document, obstacles=obstacles, parties=named, stances=stances)


@router.get("/d/{id}/obstacles")
async def get_obstacles(id: str, request: OnPage) -> Response:
    """The obstacles of a document by parties."""
    return await request.show(Params, obstacles_page, id)
