"""A quotation checked: whether it stands in a text, where, in what it differs, and how to cite it."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.model.kinds import KINDS
from api.params.base import canonical, optional
from api.records.lists import reading
from api.records.presentation import records_by_id
from api.records.reader import Reader, Record
from api.records.resolution import ResolveParams, resolution
from api.records.spans import Text
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.cards import Card, cards_of
from api.web.environment import STRINGS
from api.web.page import Head, page
from api.web.passages import Segment, segments

router = APIRouter(include_in_schema=False)

CHECKED = optional(ResolveParams)  # the form is the page without a quotation
CARDS = 10  # of the first place; the page of its words has all


@dataclass(frozen=True)
class Place:
    """Where the quotation stands: its words within their sentences."""

    span: Record
    document: Record
    passage: list[Segment]
    words: str  # page of the words
    read: str  # their paragraph in the page on which the text is read


def quotation_page(request: SnapshotRequest, params: Any) -> Body:
    content: Any = resolution(request, params).content if params.quote else None
    spans = content["data"]["spans"] if content else []
    words = STRINGS["quotation"]
    with reading(request) as reader:
        ids = {*params.document, *(span["document"] for span in spans)}
        documents = records_by_id(reader, KINDS["document"], ids)
        places = [_place(reader, span, documents[span["document"]]) for span in spans]
        cards: list[Card] = cards_of(reader, spans[0]["records"][:CARDS]) if spans else []
    data = canonical(request.data_path, params, snapshot=None)
    head = Head(
        words["heading"],
        words["description"],
        canonical(request.path, params, snapshot=None),
        others=(("application/json", request.href(data) if content else None),),
        indexed=not content,
    )
    return page(
        request, "quotation.html", head, quote=params.quote or "", content=content, places=places, cards=cards,
        within=[documents[id] for id in params.document], data=data,
        everywhere=request.href(canonical(request.path, params, document=None)),
    )  # fmt: skip


def _place(reader: Reader, span: Record, document: Record) -> Place:
    at = span["start"], span["end"]
    text = Text(reader, document["id"])
    start, end = text.expanded(at, "sentence")
    passage = segments(span["sentence"], (start, end), (), [at], start)
    page_of_text = f"{reader.root}/d/{document['id']}"
    paragraph = text.expanded(at, "paragraph")[0]
    return Place(span, document, passage, f"{page_of_text}/@{at[0]}-{at[1]}", f"{page_of_text}#p{paragraph}")


@router.get("/resolve")
async def get_quotation(request: OnPage) -> Response:
    """A quotation, or the form that asks for one."""
    return await request.show(CHECKED, quotation_page)
