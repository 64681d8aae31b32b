"""create_app(settings): the only composition."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from os import environ
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from api import __version__
from api.content.database import sqlite_path
from api.content.snapshot import Serving
from api.errors import add_handlers
from api.formats.forms import FILES, JSONLD
from api.formats.negotiation import Negotiation
from api.model.kinds import KINDS
from api.resources import (
    actors,
    claims,
    corrections,
    coverage,
    docs,
    documents,
    events,
    health,
    mentions,
    obstacles,
    places,
    positions,
    problem_types,
    references,
    relations,
    resolve,
    root,
    search,
    sections,
    spans,
    suggest,
    text,
    vocabularies,
)
from api.server.clients import Clients
from api.server.compression import LEVEL, SMALLEST, Gzip
from api.server.edge import UNLIMITED, Edge
from api.server.gathering import families
from api.server.metrics import written
from api.server.observer import Observer
from api.server.workers import Workers
from api.settings import Settings
from api.web import views
from api.web.environment import release as page_release

# The most requested first: routes are tried in this order.
RESOURCES = (
    claims,
    events,
    search,
    documents,
    spans,
    coverage,
    text,
    sections,
    obstacles,
    positions,
    actors,
    places,
    mentions,
    relations,
    corrections,
    references,
    suggest,
    resolve,
    vocabularies,
    problem_types,
    root,
    docs,
    health,
    *views.VIEWS,
)
# Paths that have a page, too, with what its path adds.
PAGES = {"/": "home"} | dict.fromkeys(
    ("/problems", "/problems/{type}", "/v1/vocabularies", "/v1/vocabularies/{name}"), ""
)
CONTRACT = Path(__file__).parent.parent / "openapi.json"


def create_app(settings: Settings) -> Edge:
    """The application behind its edge. Raises RuntimeError where a kind lacks a path that it needs."""
    serving = Serving(settings)
    clients = Clients(settings.trusted_proxies, settings.access_log_client)
    observer = Observer(clients, settings.access_log == "on")
    abreast = 1 if sqlite_path(settings.database_url) else settings.threads
    workers = Workers(settings.threads, abreast, observer.waited)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = settings.threads
        following = asyncio.create_task(_serve_newest(serving))
        if observer.access_log is not None:
            observer.access_log.start()
        yield
        following.cancel()
        serving.close()
        workers.close()
        if observer.access_log is not None:
            observer.access_log.close()

    app = FastAPI(
        title="sic",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"auto_configure": traced(environ), "exclude": lambda scope: scope.get("path") in UNLIMITED},
    )
    contract = CONTRACT.read_bytes() if CONTRACT.exists() else b""
    app.state.settings, app.state.serving, app.state.observer = settings, serving, observer
    app.state.contract, app.state.workers = contract, workers
    app.state.release = sha256(contract + __version__.encode()).hexdigest()[:16]
    app.state.page_release = app.state.release + page_release()
    for resource in RESOURCES:
        app.router.routes += resource.router.routes  # a router that is included looks for the route twice
    if faults := unanswered({getattr(route, "path", "") for route in app.router.routes}):
        raise RuntimeError("; ".join(faults))
    app.add_middleware(Negotiation, routes=app.router.routes, pages=PAGES)
    app.add_middleware(Gzip, minimum_size=SMALLEST, compresslevel=LEVEL)
    add_handlers(app)
    edge = Edge(app, settings, serving, observer, workers, clients)

    async def metrics() -> bytes:
        return written(families(edge))

    app.state.metrics = metrics
    return edge


def unanswered(paths: Collection[str]) -> list[str]:
    """A message for each list, single record, file or counts that a kind needs and no route answers."""
    return [
        f"no resource of RESOURCES in api/main.py answers {path}, which the kind {kind.name} needs"
        for kind in KINDS.values()
        for path in (
            *(kind.path, f"{kind.path}/{{id}}", f"/v1/counts/{kind.plural}"),
            *(kind.path + form.suffix for form in FILES),
            *((kind.path + JSONLD.suffix,) if kind.annotation else ()),
        )
        if path not in paths
    ]


async def _serve_newest(serving: Serving) -> None:
    await asyncio.to_thread(serving.refresh)
    await serving.poll()


def traced(environment: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's standard variables name a place to export to."""
    names = (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        *(f"OTEL_EXPORTER_OTLP_{kind}_ENDPOINT" for kind in ("TRACES", "METRICS", "LOGS")),
    )
    return any(environment.get(name) for name in names)
