"""Record: the page of one record of any kind, where its `links.page` leads."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.citations import sentence
from api.model.kinds import KINDS
from api.params.base import Params
from api.records.lists import reading
from api.records.single import BY_PLURAL, citation_of, the_record
from api.records.spans import Text
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.cards import cards_of
from api.web.document import document_of
from api.web.environment import STRINGS
from api.web.page import Head, page
from api.web.passages import segments

router = APIRouter(include_in_schema=False)


def record_page(request: SnapshotRequest, params: Params, plural: str, id: str) -> Body:  # noqa: ARG001
    kind = BY_PLURAL[plural]
    with reading(request) as reader:
        record = the_record(request, reader, kind, id)
        [card] = cards_of(reader, [record])
        document = document_of(request, reader, record["document"]) if record.get("document") else None
        cited = citation_of(request, reader, kind, record) if kind.citable else None
        context: Any = None
        if record.get("source"):
            source = record["source"]
            text = Text(reader, source["document"])
            span = (source["start"], source["end"])
            start, end = text.expanded(span, "sentence")
            context = segments(text.read(start, end), (start, end), (), [span], start)
    links = record["links"]
    head = Head(
        card.title,
        STRINGS["record"]["description"].format(kind=STRINGS["kinds"][kind.name], quote=card.quote or card.title)[:300],
        request.path,
        others=(
            ("application/json", links["self"]),
            ("application/ld+json", card.annotation if record.get("source") or kind.name == "relation" else None),
            ("application/x-bibtex", links["cite"]),
        ),
        document=document,
    )
    return page(
        request,
        "record.html",
        head,
        card=card,
        kind=kind.name,
        document=document,
        context=context,
        cited=cited and sentence(cited),
        nobody=record.get("positions") == [],  # of an obstacle; that there are none is said, not left out
    )


async def get_record(id: str, request: OnPage) -> Response:
    """The page of one record."""
    plural = request.scope["route"].path.split("/")[1]
    return await request.show(Params, record_page, plural, id)


for _kind in KINDS.values():
    router.add_api_route(f"/{_kind.plural}/{{id}}", get_record)
