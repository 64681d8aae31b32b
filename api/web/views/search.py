"""Search: all kinds at once, best first, with the words that match marked."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import MISSING

from api.model.kinds import KINDS
from api.params.base import Params, canonical
from api.records.hits import search_page
from api.records.lists import reading
from api.records.presentation import present
from api.records.reader import every
from api.request import Body, SnapshotRequest
from api.search.characters import PHRASE_MARKS
from api.web.asking import OnPage
from api.web.cards import cards_of
from api.web.environment import STRINGS
from api.web.facets import facets_of
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

FACETS = ("kind", "document", "speaker", "mode", "type", "topic", "actor")
MARKS = dict.fromkeys((ord(mark) for pair in PHRASE_MARKS for side in pair for mark in side), " ")
SHOWN = {"cursor": None, "offset": None, "facets": None, "highlight": None}


def search_of(request: SnapshotRequest, params: Any) -> Body:
    body = search_page(request, params, FACETS, highlight=True)
    content: Any = body.content
    with reading(request) as reader:
        cards = cards_of(reader, content["data"])
        facets = facets_of(reader, content.get("facets", {}), FACETS, params)
    data = canonical(request.data_path, params, **SHOWN)
    head = Head(
        STRINGS["search"]["title"].format(q=params.q),
        STRINGS["search"]["description"],
        canonical(request.path, params, cursor=None, offset=None, snapshot=None),
        others=(("application/json", request.href(data)),),
        indexed=False,
    )
    files = [
        (name, request.href(canonical(f"{request.data_path}.{name}", params, **SHOWN, limit=None)))
        for name in ("csv", "jsonl")
    ]
    whole = request.href(canonical(request.path, params, **dict.fromkeys(_filters(params))))
    return page(
        request, "search.html", head, q=params.q, cards=cards, content=content, facets=facets, data=data, files=files,
        whole=whole, filtered=bool(_filters(params)), documents=_documents(request), unquoted=_unquoted(params.q),
    )  # fmt: skip


def _unquoted(q: str) -> str:
    """The words of a question without its quotation marks; nothing if it has none."""
    words = q.translate(MARKS)
    return " ".join(words.split()) if words != q else ""


def _filters(params: Params) -> list[str]:
    """The filters of the query, by their parameters."""
    fields = type(params).model_fields
    names = {fields[name].alias or name for name in params.model_fields_set if getattr(params, name) is not MISSING}
    return sorted(names - {"q", "limit", "cursor", "offset", "facets", "highlight", "snapshot"})


def _documents(request: SnapshotRequest) -> list[Any]:
    """The documents that a search looks through, as far as they are few."""
    kind = KINDS["document"]
    if request.snapshot.counts["documents"] > len(FACETS):
        return []
    with reading(request) as reader:
        return present(reader, kind, reader.rows(every(kind).order_by(kind.table.c.rank)))


def search_form(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    """What there is to search, before anything is asked."""
    head = Head(STRINGS["search"]["heading"], STRINGS["search"]["description"], "/search", indexed=False)
    return page(request, "search.html", head, q="", cards=[], content=None, documents=_documents(request))


@router.get("/search")
async def get_search(request: OnPage) -> Response:
    """Records of all kinds."""
    if not request.asks("q"):
        return await request.show(Params, search_form)
    return await request.show("/v1/search", search_of)
