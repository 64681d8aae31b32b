"""create_app(settings): the only composition."""

import asyncio
import errno
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from os import environ
from pathlib import Path
from time import time
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import DataError, DBAPIError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException as RoutingError
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from api import __version__
from api.content.database import MISSING_TABLE, sqlite_path
from api.content.snapshot import Serving
from api.formats.negotiation import Negotiation
from api.problems import Problem
from api.request import SnapshotRequest, params_model
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
from api.search import TooCostly
from api.server.edge import INTERNAL, UNLIMITED, Edge, problem_answer
from api.server.observe import Observer, exposition, log_to, serve_metrics, traced
from api.server.workers import Workers
from api.settings import Settings

RESOURCES = (
    documents,
    text,
    spans,
    coverage,
    sections,
    claims,
    events,
    obstacles,
    positions,
    actors,
    places,
    mentions,
    relations,
    corrections,
    references,
    search,
    suggest,
    resolve,
    vocabularies,
    problem_types,
    root,
    docs,
    health,
)
PAGES = ("/", "/problems", "/problems/{type}", "/v1/vocabularies", "/v1/vocabularies/{name}")  # also for people
CONTRACT = Path(__file__).parent.parent / "openapi.json"

log = logging.getLogger("sic")


class Gzip(GZipMiddleware):
    """Stands aside where the client does not take gzip."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = scope["type"] == "http" and scope["sic.gzip"]
        await (super().__call__ if accepted else self.app)(scope, receive, send)


def create_app(settings: Settings, observer: Observer | None = None) -> Edge:
    serving = Serving(settings)
    observer = observer or Observer(settings)
    workers = Workers(settings.threads, 1 if sqlite_path(settings.database_url) else settings.threads)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = settings.threads
        tasks = [asyncio.create_task(_serve_newest(serving)), asyncio.create_task(observer.keep_written())]
        yield
        for task in tasks:
            task.cancel()
        serving.close()
        workers.close()

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
    for resource in RESOURCES:
        app.router.routes += resource.router.routes  # a router that is included looks for the route twice
    app.add_middleware(Negotiation, routes=app.router.routes, pages=PAGES)
    app.add_middleware(Gzip, minimum_size=500)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(TooCostly, _too_costly)
    app.add_exception_handler(Exception, _internal)
    app.add_exception_handler(RoutingError, _nothing_here)
    app.add_exception_handler(DBAPIError, _away)
    app.add_exception_handler(PoolTimeoutError, _away)
    app.add_exception_handler(OSError, _exhausted)
    return Edge(app, settings, serving, observer)


async def _serve_newest(serving: Serving) -> None:
    await asyncio.to_thread(serving.refresh)
    await serving.poll()


def _response(problem: Problem, request: Request) -> Response:
    status, headers, body = problem_answer(problem, request.scope)
    response = Response(body, status)
    response.raw_headers = headers
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _response(error, request)


async def _invalid(request: Request, error: Exception) -> Response:
    """A query that its parameter model refused."""
    assert isinstance(error, RequestValidationError)
    problem = await SnapshotRequest(request).invalid(params_model(request.scope["route"]), error.errors())
    return _response(problem, request)


async def _too_costly(request: Request, error: Exception) -> Response:
    return _response(Problem("too-costly", str(error)), request)


async def _nothing_here(request: Request, _error: Exception) -> Response:
    """404, or a redirect where only slashes are too many."""
    path = "/" + "/".join(part for part in request.scope["path"].split("/") if part)
    if path != request.scope["path"] and _is_known(request, path):
        query = request.scope["query_string"].decode("latin-1")
        root_path = request.app.state.settings.root_path
        return RedirectResponse(root_path + path + ("?" + query if query else ""), status_code=308)
    return _response(Problem("not-found", "there is nothing at this path"), request)


async def _internal(request: Request, _error: Exception) -> Response:
    return _response(INTERNAL, request)


def _is_known(request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path}
    return any(route.matches(scope)[0] is not Match.NONE for route in request.app.router.routes)


async def _away(request: Request, error: Exception) -> Response:
    """The database went, or the generation that was being read; any other error is a fault of this program."""
    own = isinstance(error, (DataError, NotSupportedError, ProgrammingError))
    if own and getattr(getattr(error, "orig", None), "sqlstate", None) != MISSING_TABLE:
        raise error
    log.warning(
        "the database does not answer",
        extra={"reason": str(getattr(error, "orig", error)).splitlines()[:1], "at": time()},
    )
    return _response(Problem("unavailable", "the database does not answer now", headers={"Retry-After": "2"}), request)


async def _exhausted(request: Request, error: Exception) -> Response:
    """Out of file descriptors: that passes, as connections end. Anything else is a failure."""
    assert isinstance(error, OSError)
    if error.errno not in (errno.EMFILE, errno.ENFILE):
        raise error
    log.warning("out of file descriptors", extra={"reason": str(error)})
    return _response(Problem("unavailable", "this process is out of resources", headers={"Retry-After": "2"}), request)


def from_environment() -> Edge:
    """For uvicorn's factory mode: each worker reads the same SIC_* variables."""
    return create_app(Settings())


def serve(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """Answer on host and port until SIGTERM, then finish what was begun, for at most 8 seconds."""
    import uvicorn

    from api.server.protocol import BoundedProtocol

    log_to(sys.stderr)
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "timeout_graceful_shutdown": 8,
        "proxy_headers": False,
        "http": BoundedProtocol,
        "ws": "none",
    }
    if workers > 1:
        uvicorn.run("api.main:from_environment", factory=True, workers=workers, **options)
    else:
        edge = create_app(settings)
        if settings.metrics_port is not None:
            try:
                serve_metrics(host, settings.metrics_port, lambda: exposition(edge.observer, edge.serving))
            except OSError as error:
                sys.exit(f"sic: set SIC_METRICS_PORT to another port: {error.strerror}")
        uvicorn.run(edge, **options)
