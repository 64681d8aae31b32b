"""Counts and logs responses; cheap enough to stand in front of remembered ones."""

import logging
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from time import perf_counter
from typing import TextIO

from api.content.answers import Remembered
from api.server.access_log import AccessLog
from api.server.asgi import Scope
from api.server.clients import Clients, peer_of
from api.server.exchange import Exchange
from api.server.unavailable import Unavailable

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})  # others are one label
CLIENT_LEFT = 499  # in logs and metrics, as nginx writes it; no response has this status

log = logging.getLogger("sic")


class Times:
    """A histogram of seconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Observer:
    def __init__(self, clients: Clients, access_log: bool = False, stream: TextIO | None = None) -> None:
        self._clients = clients
        self.access_log = AccessLog(stream or sys.stdout) if access_log else None
        self.requests: Counter[tuple[str, str, int]] = Counter()  # by method, route and status
        self.hits: dict[str, Times] = defaultdict(Times)  # remembered answers that were sent at once, by route
        self.first_bytes: dict[tuple[str, bool], Times] = defaultdict(Times)  # others, by route and if remembered
        self.responses: dict[tuple[str, bool], Times] = defaultdict(Times)
        self.sizes: Counter[str] = Counter()  # bytes of content by route
        self.unavailable: Counter[str] = Counter()  # 503s by reason
        self.abandoned = 0
        self.waits = Times()  # in the queue

    def remembered(
        self, scope: Scope, named: dict[bytes, bytes], answer: Remembered, began: float, request_id: bytes
    ) -> None:
        """A remembered answer was sent whole, as 200 to a GET."""
        seconds = perf_counter() - began
        self.hits[answer.route].add(seconds)
        self.sizes[answer.route] += len(answer.body)
        if self.access_log is not None:
            _, client = self._clients.of(peer_of(scope), named.get(b"x-forwarded-for", b""))
            self.access_log.add(
                scope,
                method="GET",
                route=answer.route,
                status=200,
                size=len(answer.body),
                seconds=seconds,
                request_id=request_id,
                snapshot=answer.snapshot,
                remembered=True,
                client=client,
                agent=named.get(b"user-agent", b""),
            )

    def answered(self, exchange: Exchange, named: dict[bytes, bytes], method: str, began: float) -> None:
        now = perf_counter()
        route, remembered = exchange.route, "sic.remembered" in exchange.scope
        self.requests[method if method in METHODS else "other", route, exchange.status] += 1
        self.sizes[route] += exchange.size
        if exchange.status == CLIENT_LEFT:
            self.abandoned += 1
        else:
            self.first_bytes[route, remembered].add((exchange.first_byte or now) - began)
            self.responses[route, remembered].add(now - began)
        problem = exchange.scope.get("sic.problem")
        if problem is not None and problem.kind.status == 503:
            self.unavailable[problem.reason if isinstance(problem, Unavailable) else "not-ready"] += 1
        if self.access_log is not None:
            _, client = self._clients.of(peer_of(exchange.scope), named.get(b"x-forwarded-for", b""))
            self.access_log.add(
                exchange.scope,
                method=method,
                route=route,
                status=exchange.status,
                size=exchange.size,
                seconds=now - began,
                request_id=exchange.request_id,
                snapshot=exchange.snapshot,
                remembered=remembered,
                client=client,
                agent=named.get(b"user-agent", b""),
            )

    def waited(self, seconds: float) -> None:
        self.waits.add(seconds)

    def failed(self, scope: Scope, request_id: bytes) -> None:
        """Within an except clause."""
        path = scope["raw_path"].decode("latin-1")
        log.exception("request failed", extra={"sic.request_id": request_id.decode(), "url.path": path})
