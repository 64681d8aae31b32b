"""The outermost ASGI layer: remembered answers, methods, limits, and the headers that every answer carries.

A question that was answered before on this snapshot is answered here, before the framework. Everything else
goes through it, on one snapshot that is held open until the last byte is sent.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from itertools import count
from os import urandom
from time import perf_counter
from typing import Any

from api.content.answers import Answers, Headers, Remembered, Spelling, matches
from api.content.snapshot import Serving, Snapshot
from api.problems import MEDIA_TYPE, Problem
from api.server.observe import Observer
from api.server.protocol import ALLOW, LONGEST_PATH, Message, Send, send_whole, unchunked
from api.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ALWAYS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Link, X-Request-Id, Content-Disposition, Retry-After, Allow, Deprecation, Sunset, Content-Length",
    ),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
]
PREFLIGHT: Headers = [
    (b"allow", ALLOW),
    (b"access-control-allow-methods", ALLOW),
    (b"access-control-allow-headers", b"Accept, If-None-Match, X-Request-Id, Content-Type, Authorization"),
    (b"access-control-max-age", b"86400"),
    (b"cache-control", b"public, max-age=86400"),
    (b"content-length", b"0"),
]
UNLIMITED = ("/livez", "/readyz", "/metrics")
INTERNAL = Problem("internal", "something failed; the log has it under this request_id")
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


@lru_cache(maxsize=1000)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether gzip may be sent (RFC 9110, 12.5.3); Starlette's middleware looks for the word alone."""
    weights = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        weights[name] = re.fullmatch(r"0(\.0*)?", weight) is None
    return weights.get("gzip", weights.get("*", False))


class Edge:
    def __init__(self, app: App, settings: Settings, serving: Serving, observer: Observer) -> None:
        self.app, self.settings, self.serving, self.observer = app, settings, serving, observer
        self._ids = count(1)
        self._process = urandom(6).hex()
        self._at_work = 0
        self._pending: dict[tuple[str, Spelling], asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began = perf_counter()
        accept = encoding = if_none_match = given = b""
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = value if not accept else accept + b", " + value
            elif name == b"accept-encoding":
                encoding = value if not encoding else encoding + b", " + value
            elif name == b"if-none-match":
                if_none_match = value if not if_none_match else if_none_match + b", " + value
            elif name == b"x-request-id":
                given = value
        request_id = (
            given if given and REQUEST_ID.fullmatch(given) else b"%s-%x" % (self._process.encode(), next(self._ids))
        )
        method = scope["method"]
        spelling = (scope["raw_path"], scope["query_string"], accept, takes_gzip(encoding))
        current = self.serving.current
        if current is not None and (method == "GET" or method == "HEAD"):
            answer = current.answers.find(spelling)
            if answer is not None:
                lines = b"%bx-request-id: %b\r\n" % (answer.lines, request_id)
                if method == "GET" and not if_none_match and send_whole(send, lines, answer.body):
                    status = 200
                else:
                    status = await _send_remembered(answer, method, if_none_match, request_id, send)
                self.observer.answered(
                    method, answer.route, scope, status, began, request_id, answer.snapshot, hit=True
                )
                return None
        if scope["http_version"] == "1.0":
            send = unchunked(send)
        scope = dict(scope)  # the server frames the answer by the method in its own
        exchange = Exchange(self, scope, send, request_id, began)
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        if spelling[3]:
            scope["headers"].append((b"accept-encoding", b"gzip"))
        scope["sic.root"] = self.settings.root_path
        scope["sic.request_id"] = request_id
        scope["sic.accept"] = accept.decode("latin-1")
        scope["sic.if_none_match"] = if_none_match
        scope["sic.head"] = method == "HEAD"
        scope["sic.gzip"] = spelling[3]
        scope["sic.snapshot"] = None
        try:
            await self._answer(exchange, spelling, receive)
        except Problem as problem:
            await exchange.problem(problem)
        except Exception:
            self.observer.failed(scope, request_id)
            if exchange.status and not exchange.finished:
                raise  # cut the answer off, so that nobody takes it for whole
            if not exchange.status:
                await exchange.problem(INTERNAL)
        finally:
            self.observer.answered(
                method,
                exchange.route,
                scope,
                exchange.status,
                began,
                request_id,
                exchange.snapshot,
                hit="sic.remembered" in exchange.scope,
            )
        return None

    async def _answer(self, exchange: "Exchange", spelling: Spelling, receive: Receive) -> None:
        scope = exchange.scope
        if scope["method"] == "OPTIONS":
            return await exchange.preflight()
        if scope["method"] not in ("GET", "HEAD"):
            raise Problem(
                "method-not-allowed", f"{scope['method'][:20]} is not answered here", headers={"Allow": ALLOW.decode()}
            )
        if len(spelling[0]) + bool(spelling[1]) + len(spelling[1]) > LONGEST_PATH:  # and the question mark
            raise Problem("uri-too-long", f"path and query are longer than {LONGEST_PATH} bytes")
        # The server's own scope stays as it is: by its method uvicorn knows that HEAD has no body.
        exchange.scope = scope = {**scope, "method": "GET"}
        root = self.settings.root_path
        if root and (scope["path"] + "/").startswith(root + "/"):
            scope["path"] = scope["path"].removeprefix(root) or "/"
        if scope["path"] in UNLIMITED:
            return await self.app(scope, receive, exchange.send)
        snapshot = self.serving.take()
        try:
            await self._once(exchange, spelling, receive, snapshot)
        finally:
            if snapshot is not None:
                snapshot.release()
        return None

    async def _once(
        self, exchange: "Exchange", spelling: Spelling, receive: Receive, snapshot: Snapshot | None
    ) -> None:
        """Of many that ask the same cold question at once, one computes; the others wait and take its answer."""
        if snapshot is None:
            return await self._compute(exchange, receive)
        exchange.scope["sic.snapshot"] = snapshot
        exchange.snapshot = snapshot.id
        if not snapshot.answers.limit:  # nobody finds here what another computed
            return await self._compute(exchange, receive)
        key = (snapshot.id, spelling)
        pending = self._pending.get(key)
        if pending is not None:
            await pending.wait()
            answer = snapshot.answers.find(spelling)
            if answer is not None:
                return await exchange.remembered(answer)
        exchange.keeping = (snapshot.answers, spelling)
        exchange.begun = self._pending.setdefault(key, asyncio.Event())
        try:
            return await self._compute(exchange, receive)
        finally:
            exchange.begun.set()
            if self._pending.get(key) is exchange.begun:
                del self._pending[key]

    async def _compute(self, exchange: "Exchange", receive: Receive) -> None:
        if self._at_work >= self.settings.max_concurrency:
            raise Problem("unavailable", "this process is asked more than it takes on", headers={"Retry-After": "1"})
        self._at_work += 1
        try:
            await self.app(exchange.scope, receive, exchange.send)
        finally:
            self._at_work -= 1


class Exchange:
    """One request's way out: adds what every answer carries, and keeps the answer if it may be."""

    def __init__(self, edge: Edge, scope: Scope, send: Send, request_id: bytes, began: float) -> None:
        self.edge, self.scope, self._send, self.request_id, self.began = edge, scope, send, request_id, began
        self.status = 0
        self.finished = False
        self.snapshot: str | None = None
        self.keeping: tuple[Answers, Spelling] | None = None
        self.begun: asyncio.Event | None = None  # tells those who wait for this answer that it is kept, or will not be
        self._start: Message | None = None
        self._head = scope["method"] == "HEAD"

    @property
    def route(self) -> str:
        route = self.scope.get("route")
        return getattr(route, "path", "") or "(none)"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = message.get("body", b"")
        whole = self._start is not None and not message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            known: Remembered | None = self.scope.get("sic.remembered")
            headers = known.headers if known else [pair for pair in start["headers"] if pair[0] != b"vary"] + ALWAYS
            if whole and start["status"] == 200 and self.keeping is not None and "sic.key" in self.scope:
                self._keep(headers, body)
            if self.begun is not None:
                self.begun.set()
            self.status = start["status"]
            await self._send(
                {
                    "type": "http.response.start",
                    "status": start["status"],
                    "headers": [*headers, (b"x-request-id", self.request_id)],
                }
            )
        if self._head:
            message = {**message, "body": b""}
        self.finished = not message.get("more_body", False)
        await self._send(message)

    def _keep(self, headers: Headers, body: bytes) -> None:
        assert self.keeping is not None
        answers, spelling = self.keeping
        named = dict(headers)
        etag = named.get(b"etag")
        if etag is None or self.snapshot is None or b"content-length" not in named:  # an empty stream is one, too
            return
        key = (self.scope["sic.key"], spelling[3])
        answers.keep(spelling, key, Remembered(headers, body, etag, self.route, self.snapshot))

    async def remembered(self, answer: Remembered) -> None:
        self.status = await _send_remembered(
            answer, "HEAD" if self._head else "GET", self.scope["sic.if_none_match"], self.request_id, self._send
        )

    async def preflight(self) -> None:
        self.status = 204
        await self._send(
            {
                "type": "http.response.start",
                "status": 204,
                "headers": [*ALWAYS, *PREFLIGHT, (b"x-request-id", self.request_id)],
            }
        )
        await self._send({"type": "http.response.body", "body": b""})

    async def problem(self, problem: Problem) -> None:
        status, headers, body = problem_answer(problem, self.scope)
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def problem_answer(problem: Problem, scope: Scope) -> tuple[int, Headers, bytes]:
    root = scope["sic.root"]
    path = scope["raw_path"].decode("latin-1").removeprefix(root)
    body = problem.body(root=root, instance=root + path, request_id=scope["sic.request_id"].decode())
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    return problem.kind.status, headers, body


async def _send_remembered(answer: Remembered, method: str, if_none_match: bytes, request_id: bytes, send: Send) -> int:
    if if_none_match and matches(if_none_match, answer.etag):
        headers = [pair for pair in answer.headers if pair[0] in (b"etag", b"cache-control")] + ALWAYS
        await send({"type": "http.response.start", "status": 304, "headers": [*headers, (b"x-request-id", request_id)]})
        await send({"type": "http.response.body", "body": b""})
        return 304
    await send(
        {"type": "http.response.start", "status": 200, "headers": [*answer.headers, (b"x-request-id", request_id)]}
    )
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})
    return 200
