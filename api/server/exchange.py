"""One request's way out: adds what every response carries, keeps it if it may be, and counts what was sent."""

from collections.abc import Callable
from time import perf_counter

from api.content.answers import Answers, Headers, Remembered, Spelling, matches
from api.problems import MEDIA_TYPE, Problem
from api.server import refusals
from api.server.asgi import Message, Scope, Send
from api.server.headers import ALWAYS, PREFLIGHT, of_304
from api.server.refusals import Refusal
from api.server.unavailable import unavailable

LONG_BYTES = 262_144  # a response that is longer needs a place for long ones until its reader has taken it
SLICE = 65_536  # bytes of it that are written at once


class Exchange:
    """`take_place` makes the response a long one, or tells that there is no place for one more."""

    def __init__(self, scope: Scope, send: Send, request_id: bytes) -> None:
        self.scope, self._send, self.request_id = scope, send, request_id
        self.status = 0
        self.size = 0  # bytes of content
        self.first_byte: float | None = None  # when it was handed to the server, by perf_counter
        self.finished = False
        self.snapshot: str | None = None
        self.keeping: tuple[Answers, Spelling] | None = None
        self.settled: Callable[[BaseException | None], None] = lambda _: None  # tells those who wait for this answer
        self.take_place: Callable[[], bool] = lambda: True
        self._start: Message | None = None
        self._head = scope["method"] == "HEAD"

    @property
    def route(self) -> str:
        remembered: Remembered | None = self.scope.get("sic.remembered")
        return remembered.route if remembered else getattr(self.scope.get("route"), "path", "") or "(none)"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        if self._start is not None:
            if (more or len(body) > LONG_BYTES) and not self._head and not self.take_place():
                raise unavailable("long")
            start, self._start = self._start, None
            headers = self._headers(start["headers"])
            if not more and start["status"] == 200 and self.keeping is not None and "sic.key" in self.scope:
                self._keep(headers, body)
            self.settled(self.scope.get("sic.problem"))
            await self._begin(start["status"], headers)
        await self._write(body, more)

    def _headers(self, headers: Headers) -> Headers:
        remembered: Remembered | None = self.scope.get("sic.remembered")
        return remembered.headers if remembered else [pair for pair in headers if pair[0] != b"vary"] + ALWAYS

    def _keep(self, headers: Headers, body: bytes) -> None:
        assert self.keeping is not None
        answers, spelling = self.keeping
        named = dict(headers)
        etag = named.get(b"etag")
        if etag is None or self.snapshot is None or b"content-length" not in named:  # an empty stream is one, too
            return
        key = (self.scope["sic.key"], spelling[3])
        answers.keep(spelling, key, Remembered(headers, body, etag, self.route, self.snapshot))

    async def _begin(self, status: int, headers: Headers) -> None:
        self.status = status
        self.first_byte = perf_counter()
        await self._send(
            {"type": "http.response.start", "status": status, "headers": [*headers, (b"x-request-id", self.request_id)]}
        )

    async def _write(self, body: bytes, more: bool = False) -> None:
        """Slice by slice where it is long, each when the reader has taken those before it."""
        if self._head:
            body = b""
        start = 0
        if len(body) > LONG_BYTES:
            for start in range(0, len(body) - SLICE, SLICE):
                part = body[start : start + SLICE]
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
                self.size += SLICE
            start += SLICE
        part = body[start:]
        await self._send({"type": "http.response.body", "body": part, "more_body": more})
        self.size += len(part)
        self.finished = not more

    async def remembered(self, answer: Remembered) -> None:
        """304 where the client has it (RFC 9110, 13.1.2), otherwise the answer as it was kept."""
        self.scope["sic.remembered"], self.snapshot = answer, answer.snapshot
        if_none_match = self.scope["sic.if_none_match"]
        if if_none_match and matches(if_none_match, answer.etag):
            await self._begin(304, of_304(answer.headers))
            await self._write(b"")
        else:
            await self._begin(200, answer.headers)
            await self._write(answer.body)

    async def preflight(self) -> None:
        await self._begin(204, [*ALWAYS, *PREFLIGHT])
        await self._write(b"")

    async def refusal(self, refusal: Refusal) -> None:
        refusals.COUNTS[refusal.reason] += 1
        body = refusal.body
        own = [pair for pair in refusals.HEADERS if pair not in ALWAYS]
        await self._begin(refusal.status, [*own, (b"content-length", b"%d" % len(body)), *ALWAYS])
        await self._write(body)

    async def problem(self, problem: Problem) -> None:
        self._start = None
        status, headers, body = problem_answer(problem, self.scope)
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def problem_answer(problem: Problem, scope: Scope) -> tuple[int, Headers, bytes]:
    """Status, headers and content of a problem. The scope keeps it, for the log and the metrics."""
    scope["sic.problem"] = problem
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
