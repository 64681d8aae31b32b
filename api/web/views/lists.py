"""Lists: the records of a kind, with facets, order, pages, files, and the same query as an API call."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import MISSING

from api.formats.forms import CSV, FILES, JSONLD
from api.model.kinds import KINDS
from api.params.base import canonical, text_of, values_of
from api.params.lists import BareListParams
from api.records.lists import reading, records_page, sort_of
from api.records.single import BY_PLURAL
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.cards import cards_of
from api.web.chips import chips_of
from api.web.environment import STRINGS
from api.web.facets import facets_of
from api.web.page import Head, page

router = APIRouter(include_in_schema=False)

FACETS = {
    "claim": ("speaker", "mode", "type", "hedged", "relation", "topic", "actor", "place", "obstacle", "document"),
    "event": ("status", "category", "basis", "year", "actor", "place", "document"),
    "relation": ("type", "basis", "speaker", "document"),
    "position": ("obstacle", "actor", "document"),
    "obstacle": ("actor", "document"),
    "actor": ("category", "document"),
    "place": ("category", "document"),
    "section": ("document",),
    "document": ("language", "topic"),
    "correction": ("record_kind", "document"),
}
# Parameters that say how a page is shown: not part of a file's or an API call's question.
SHOWN = dict.fromkeys(("limit", "cursor", "offset", "include", "facets", "highlight", "snapshot"))


def list_page(request: SnapshotRequest, params: BareListParams, plural: str) -> Body:
    kind = BY_PLURAL[plural]
    names = FACETS[kind.name]
    body = records_page(request, params, kind, names, highlight=True)
    content: Any = body.content
    with reading(request) as reader:
        cards = cards_of(reader, content["data"])
        facets = facets_of(reader, content.get("facets", {}), names, params)
        chips = chips_of(request, reader, params, {*SHOWN, "sort"})
    data = canonical(request.data_path, params, cursor=None, offset=None, include=None, facets=None, highlight=None)
    forms = [form for form in FILES if form is not CSV] + ([JSONLD] if kind.annotation else [])
    title = STRINGS["lists"][plural]
    head = Head(
        title,
        STRINGS["lists"]["description"].format(what=title, total=content["meta"]["total"]),
        canonical(request.path, params, cursor=None, offset=None, snapshot=None),
        others=(
            ("application/json", request.href(data)),
            *((form.media_type, _file(request, params, form.suffix)) for form in (CSV, *forms)),
        ),
        indexed=not chips and not _placed(params),
    )
    return page(
        request,
        "list.html",
        head,
        kind=kind.name,
        plural=plural,
        cards=cards,
        content=content,
        facets=facets,
        params=params,
        q="" if getattr(params, "q", MISSING) is MISSING else getattr(params, "q"),  # noqa: B009
        searched=bool(kind.texts),
        hidden=_hidden(params),
        chips=chips,
        bare=request.href(request.path),
        data=data,
        files=[(form.name, _file(request, params, form.suffix)) for form in (CSV, *forms)],
        sorts=_sorts(request, params, kind.has_position, tuple(kind.sorts)),
    )


def _placed(params: BareListParams) -> bool:
    return params.cursor is not MISSING or bool(params.offset)


def _file(request: SnapshotRequest, params: BareListParams, suffix: str) -> str:
    return request.href(canonical(request.data_path + suffix, params, **SHOWN))


def _hidden(params: BareListParams) -> list[tuple[str, str]]:
    """What the search field of the page keeps of the query."""
    kept = {name: value for name, value in values_of(params).items() if name not in (*SHOWN, "q", "sort")}
    return [
        (name, ",".join(map(text_of, value)) if isinstance(value, tuple) else text_of(value))
        for name, value in sorted(kept.items())
    ]


def _sorts(
    request: SnapshotRequest, params: BareListParams, has_position: bool, keys: tuple[str, ...]
) -> list[tuple[str, str, bool]]:
    """(name, path, whether it is the present one) of each order."""
    current = sort_of(params)
    searched = getattr(params, "q", MISSING) is not MISSING
    first = "best" if searched else "default" if has_position else "id"
    orders = [None, *(("position",) if has_position and searched else ())]
    orders += [sign + key for key in keys for sign in ("", "-")]
    start = {"cursor": None, "offset": None}
    return [
        (order or first, request.href(canonical(request.path, params, sort=order, **start)), order == current)
        for order in orders
    ]


async def get_list(request: OnPage) -> Response:
    """The list of a kind."""
    plural = request.scope["route"].path.removeprefix("/")
    return await request.show(f"/v1/{plural}", list_page, plural)


for _kind in KINDS.values():
    router.add_api_route(f"/{_kind.plural}", get_list)
