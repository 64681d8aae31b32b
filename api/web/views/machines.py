"""What programs ask a site for: robots.txt, sitemap.xml, the icon, opensearch.xml, a feed of corrections."""

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import select

from api.formats.forms import Form
from api.model.kinds import KINDS
from api.model.kinds.corrections import CORRECTION
from api.params.base import Params
from api.problems import Problem
from api.records.lists import reading
from api.records.presentation import present
from api.records.reader import every
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.environment import assets
from api.web.page import render

router = APIRouter(include_in_schema=False)

ATOM = Form("atom", "application/atom+xml", parameters="; charset=utf-8")
XML = Form("xml", "application/xml", parameters="; charset=utf-8")
OPENSEARCH = Form("opensearch", "application/opensearchdescription+xml")
PLAIN = Form("plain", "text/plain", parameters="; charset=utf-8")
ICON = Form("icon", "image/svg+xml")

MOST_ADDRESSES = 50_000  # of a sitemap (sitemaps.org)
MOST_ENTRIES = 100  # of the feed, the newest
LISTED = ("claim", "event", "obstacle", "position", "actor", "place")
VIEWS = ("", "/who", "/timeline", "/obstacles", "/argument")


def robots(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    sitemap = f"\nSitemap: {request.settings.public_url}/sitemap.xml\n" if request.settings.public_url else ""
    hidden = "".join(f"Disallow: {request.root}{path}\n" for path in ("/v1/", "/search"))
    return Body(f"User-agent: *\n{hidden}Allow: {request.root}/\n{sitemap}", form=PLAIN)


def sitemap(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    if request.settings.public_url is None:
        raise Problem("not-found", "this service has no public address, so that it has no sitemap")
    return Body(render(request, "sitemap.xml", paths=list(_paths(request))[:MOST_ADDRESSES]), form=XML)


def _paths(request: SnapshotRequest) -> Iterator[str]:
    yield from ("/", "/about", "/resolve", "/corrections", "/docs", "/documents")
    with reading(request) as reader:
        ids = [row.id for row in reader.rows(select(KINDS["document"].table.c.id))]
        yield from (f"/d/{id}{view}" for id in ids for view in VIEWS)
        yield from (f"/{KINDS[name].plural}" for name in LISTED)
        for name in LISTED:
            column = KINDS[name].table.c
            rows = reader.rows(select(column.id).order_by(column.sequence).limit(MOST_ADDRESSES))
            yield from (f"/{KINDS[name].plural}/{row.id}" for row in rows)


def opensearch(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    if request.settings.public_url is None:
        raise Problem("not-found", "a search description needs a public address, and this service has none")
    return Body(render(request, "opensearch.xml"), form=OPENSEARCH)


def feed(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    newest = every(CORRECTION).order_by(CORRECTION.table.c.date.desc(), CORRECTION.table.c.rank).limit(MOST_ENTRIES)
    with reading(request) as reader:
        corrections = present(reader, CORRECTION, reader.rows(newest))
    return Body(render(request, "corrections.atom", corrections=corrections), form=ATOM)


def icon(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    return Body(assets()["favicon.svg"].decode(), form=ICON)


@router.get("/robots.txt")
async def get_robots(request: OnPage) -> Response:
    return await request.show(Params, robots)


@router.get("/sitemap.xml")
async def get_sitemap(request: OnPage) -> Response:
    """https://www.sitemaps.org/protocol.html"""
    return await request.show(Params, sitemap)


@router.get("/opensearch.xml")
async def get_opensearch(request: OnPage) -> Response:
    return await request.show(Params, opensearch)


@router.get("/corrections.atom")
async def get_feed(request: OnPage) -> Response:
    """RFC 4287"""
    return await request.show(Params, feed)


@router.get("/favicon.svg")
@router.get("/favicon.ico")
async def get_icon(request: OnPage) -> Response:
    return await request.show(Params, icon)
