"""create_app(settings): the only composition."""

import asyncio
import errno
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from http.server import ThreadingHTTPServer
from os import environ
from pathlib import Path
from socket import socket
from time import time

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import DataError, DBAPIError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException as RoutingError
from starlette.routing import Match

from api import __version__
from api.content.database import CANCELED, MISSING_TABLE, sqlite_path
from api.content.snapshot import Serving
from api.problems import Problem
from api.resources import (
    actors,
    claims,
    documents,
    events,
    obstacles,
    places,
    positions,
    relations,
    resolve,
    searching,
    sections,
    service,
    text,
)
from api.server.clients import Clients
from api.server.compression import LEVEL, SMALLEST, Gzip
from api.server.edge import INTERNAL, UNLIMITED, Edge
from api.server.exchange import problem_answer
from api.server.gathering import families
from api.server.inquiries import answer_inquiries, fetched, told
from api.server.logs import log_to
from api.server.metrics import summed, written
from api.server.metrics_port import serve_metrics
from api.server.observer import Observer
from api.server.process import run
from api.server.supervisor import Supervisor, Worker, bound
from api.server.unavailable import overdue, unavailable
from api.server.workers import Workers
from api.settings import Settings

RESOURCES = (
    documents,
    text,
    sections,
    claims,
    events,
    obstacles,
    positions,
    actors,
    places,
    relations,
    resolve,
    searching,
    service,
)
CONTRACT = Path(__file__).parent.parent / "openapi.json"

log = logging.getLogger("sic")


def create_app(settings: Settings) -> Edge:
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
    for resource in RESOURCES:
        app.router.routes += resource.router.routes  # a router that is included looks for the route twice
    app.add_middleware(Gzip, minimum_size=SMALLEST, compresslevel=LEVEL)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Exception, _internal)
    app.add_exception_handler(RoutingError, _nothing_here)
    app.add_exception_handler(DBAPIError, _away)
    app.add_exception_handler(PoolTimeoutError, _away)
    app.add_exception_handler(OSError, _exhausted)
    edge = Edge(app, settings, serving, observer, workers, clients)

    async def metrics() -> bytes:
        return written(families(edge))

    app.state.metrics = metrics
    return edge


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


def _told(problem: Problem, request: Request) -> Response:
    status, headers, body = problem_answer(problem, request.scope)
    response = Response(body, status)
    response.raw_headers = headers
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _told(error, request)


async def _nothing_here(request: Request, _error: Exception) -> Response:
    """404, or a redirect where only slashes are too many."""
    path = "/" + "/".join(part for part in request.scope["path"].split("/") if part)
    if path != request.scope["path"] and _known(request, path):
        query = request.scope["query_string"].decode("latin-1")
        root = request.app.state.settings.root_path
        return RedirectResponse(root + path + ("?" + query if query else ""), status_code=308)
    return _told(Problem("not-found", "there is nothing at this path"), request)


async def _internal(request: Request, _error: Exception) -> Response:
    return _told(INTERNAL, request)


def _known(request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path}
    return any(route.matches(scope)[0] is not Match.NONE for route in request.app.router.routes)


async def _away(request: Request, error: Exception) -> Response:
    """The database went, or the generation that was being read; any other fault is this program's own."""
    own = isinstance(error, (DataError, NotSupportedError, ProgrammingError))
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if own and state != MISSING_TABLE:
        raise error
    if state == CANCELED:
        return _told(overdue(), request)
    log.warning(
        "the database does not answer",
        extra={"reason": str(getattr(error, "orig", error)).splitlines()[:1], "at": time()},
    )
    return _told(unavailable("database", "the database does not answer now", 2), request)


async def _exhausted(request: Request, error: Exception) -> Response:
    """Out of file descriptors: that passes, as connections end. Anything else is a failure."""
    assert isinstance(error, OSError)
    if error.errno not in (errno.EMFILE, errno.ENFILE):
        raise error
    log.warning("out of file descriptors", extra={"reason": str(error)})
    return _told(unavailable("descriptors", "this process is out of resources", 2), request)


def serve(settings: Settings, host: str, port: int) -> None:
    """Answer on host and port until SIGTERM, in one process or in SIC_WORKERS of them."""
    log_to(sys.stderr)
    if settings.workers > 1:
        supervise(settings, host, port)
        return
    edge = create_app(settings)
    if settings.metrics_port is not None:
        _serve_metrics(host, settings.metrics_port, lambda: written(families(edge)))
    run(edge, host, port)


def supervise(settings: Settings, host: str, port: int) -> None:
    """Listen, and hand connections on to workers. Their metrics are summed on one port."""
    listener = bound(host, port)
    workers: list[Worker] = []
    own = settings.metrics_port
    server = _serve_metrics(host if own else "127.0.0.1", own or 0, lambda: written(summed(told(workers))))
    command = [sys.executable, "-m", "api", "worker", str(server.server_port)]
    supervisor = Supervisor(listener, command, settings.workers, settings.drain_seconds, workers)
    address, bound_port = listener.getsockname()[:2]
    log.info("listening", extra={"server.address": address, "server.port": bound_port, "workers": settings.workers})
    supervisor.run()


def work(settings: Settings, metrics_port: int, channel: int, inquiries: int) -> None:
    """What each worker does: answer on the connections that its supervisor hands on."""
    log_to(sys.stderr)
    edge = create_app(settings)
    url = f"http://127.0.0.1:{metrics_port}/metrics"
    assert isinstance(edge.app, FastAPI)
    edge.app.state.metrics = lambda: asyncio.to_thread(fetched, url)
    answer_inquiries(inquiries, lambda: families(edge))
    run(edge, "", 0, socket(fileno=channel))


def _serve_metrics(host: str, port: int, metrics: Callable[[], bytes]) -> ThreadingHTTPServer:
    try:
        return serve_metrics(host, port, metrics)
    except OSError as error:
        sys.exit(f"sic: set SIC_METRICS_PORT to another port: {error.strerror}")
