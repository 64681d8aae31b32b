"""Type-ahead: names, titles and words of the texts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.model.kinds import KINDS
from api.params.base import Params, with_query
from api.params.fields import Digits, DocumentId, Id, Many, Words
from api.params.filters import ClosedParams
from api.records.hits import NAMES
from api.records.lists import enveloped
from api.records.shapes import One, Shape
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["search"], route_class=SnapshotRoute)


class SuggestParams(ClosedParams, Params, sets={"kind": NAMES}):
    q: Annotated[Words, Field(max_length=200, description="What is typed so far.", examples=["kara"])]
    kind: Many[str] = Field((), description="Only names of these kinds.")
    document: Many[DocumentId] = Field((), description="Only what these documents name.")
    limit: Annotated[int, Field(ge=1, le=25, description="Completions at most."), Digits] = 10


class Suggestion(Shape):
    text: str
    kind: str | None = Field(description="Of the record that it names; null for a word of the texts.")
    id: Id | None
    count: int = Field(description="Records in which it stands.")
    href: str = Field(description="The record, or a search for the word.")


class Suggestions(One[list[Suggestion]]):
    pass


def suggestions(request: SnapshotRequest, params: SuggestParams) -> Body:
    completions = request.snapshot.index.suggest(params.q, params.limit, params.kind, params.document)
    return enveloped(request, [{**each, "href": request.href(_path(each))} for each in completions])


def _path(completion: Any) -> str:
    if completion["kind"]:
        return f"{KINDS[completion['kind']].path}/{completion['id']}"
    return with_query("/v1/search", {"q": completion["text"]})


@router.get("/suggest", response_model=Suggestions)
async def suggest(params: Annotated[SuggestParams, Query()], request: OnSnapshot) -> Response:
    """Completions of what is typed so far: names, titles, and words of the texts."""
    return await request.respond(params, suggestions)
