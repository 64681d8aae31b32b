"""Starting the service: one process, or a supervisor that hands connections on to several."""

import asyncio
import logging
import sys
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from socket import socket

from fastapi import FastAPI

from api.main import create_app
from api.server.gathering import families
from api.server.inquiries import answer_inquiries, families_of, fetch
from api.server.logs import log_to
from api.server.metrics import summed, written
from api.server.metrics_port import serve_metrics
from api.server.process import run
from api.server.supervisor import Supervisor, Worker, bound
from api.settings import Settings

log = logging.getLogger("sic")


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
    server = _serve_metrics(host if own else "127.0.0.1", own or 0, lambda: written(summed(families_of(workers))))
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
    edge.app.state.metrics = lambda: asyncio.to_thread(fetch, url)
    answer_inquiries(inquiries, lambda: families(edge))
    run(edge, "", 0, socket(fileno=channel))


def _serve_metrics(host: str, port: int, metrics: Callable[[], bytes]) -> ThreadingHTTPServer:
    try:
        return serve_metrics(host, port, metrics)
    except OSError as error:
        sys.exit(f"sic: set SIC_METRICS_PORT to another port: {error.strerror}")
