"""Where exactly the texts name an actor or a place."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api import search
from api.model.declaration import Kind
from api.model.kinds.actors import ACTOR
from api.model.kinds.places import PLACE
from api.params.fields import DocumentId, Many
from api.params.lists import PageParams
from api.records.lists import reading, window_page
from api.records.mentions import mention_counts, mention_page
from api.records.reader import by_id
from api.records.shapes import Page, Source
from api.records.single import absent
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", route_class=SnapshotRoute)


class MentionParams(PageParams):
    document: Many[DocumentId] = Field((), description="In these documents.")


class MentionPage(Page[Source]):
    """Passages of the texts, by document and place."""


def mentions_page(request: SnapshotRequest, params: MentionParams, kind: Kind, id: str) -> Body:
    offset, limit = request.cursor(params).window(params.offset, params.limit)
    with reading(request) as reader:
        if not by_id(reader, kind, [id]):
            raise absent(request, reader, kind, id)
        counts = mention_counts(reader, kind, id, params.document)
        answer = search.Answer(sum(count for _, count in counts))
        mentions = mention_page(reader, kind, id, counts, offset, limit) if limit else []
    return window_page(request, params, mentions, answer, offset)


@router.get("/actors/{id}/mentions", response_model=MentionPage, tags=["actors"])
async def list_actor_mentions(id: str, params: Annotated[MentionParams, Query()], request: OnSnapshot) -> Response:
    """Every place in the texts that names the actor."""
    return await request.respond(params, mentions_page, ACTOR, id)


@router.get("/places/{id}/mentions", response_model=MentionPage, tags=["places"])
async def list_place_mentions(id: str, params: Annotated[MentionParams, Query()], request: OnSnapshot) -> Response:
    """Every place in the texts that names the place."""
    return await request.respond(params, mentions_page, PLACE, id)
