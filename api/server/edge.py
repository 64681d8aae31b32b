"""The outermost ASGI layer: remembered answers, methods, limits, and who computes.

A request that was answered before on this snapshot is answered here, before the framework. Everything else goes
through it, on one snapshot that is held open until the last byte is sent.
"""

from collections.abc import Callable
from itertools import count
from os import urandom
from time import perf_counter
from urllib.parse import unquote

from api.content.answers import Spelling
from api.content.snapshot import Serving, Snapshot
from api.deadline import CURRENT, Abandoned, Audience, Deadline
from api.problems import Problem
from api.server import refusals
from api.server.asgi import App, Receive, Scope, Send
from api.server.clients import Clients, peer_of
from api.server.compression import takes_gzip
from api.server.cycle import send_whole, unchunked
from api.server.entrance import Entrance
from api.server.exchange import LONG_BYTES, Exchange
from api.server.headers import fields, is_host, is_request_id
from api.server.observer import CLIENT_LEFT, Observer
from api.server.pending import Pending
from api.server.places import PagePlaces, Places
from api.server.refusals import ALLOW, LONGEST_PATH
from api.server.share import Share
from api.server.unavailable import Unavailable, unavailable
from api.server.workers import WAITING_SECONDS, Workers
from api.settings import Settings

UNLIMITED = ("/livez", "/readyz", "/metrics")
INTERNAL = Problem("internal", "something failed; the log has it under this request_id")


class Edge:
    def __init__(
        self, app: App, settings: Settings, serving: Serving, observer: Observer, workers: Workers, clients: Clients
    ) -> None:
        self.app, self.settings, self.serving, self.observer = app, settings, serving, observer
        self.workers, self.clients = workers, clients
        self.pages = PagePlaces(settings.max_concurrency, workers.displace)
        self.long = Places(settings.max_streams)
        self._entrance = Entrance()
        self._share = Share()
        self._ids = count(1)
        self._process = urandom(6).hex()
        self._pending: dict[tuple[str, Spelling], Pending] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began = perf_counter()
        named = fields(scope["headers"])
        request_id = named.get(b"x-request-id", b"")
        if not request_id or not is_request_id(request_id):
            request_id = b"%s-%x" % (self._process.encode(), next(self._ids))
        address, _ = self.clients.of(peer_of(scope), named.get(b"x-forwarded-for", b""))
        if (turn := self._share.turn(address)) is not None:
            await turn
        accept, method = named.get(b"accept", b""), scope["method"]
        gzip = takes_gzip(named.get(b"accept-encoding", b""))
        spelling = (scope["raw_path"], scope["query_string"], accept, gzip)
        host = named.get(b"host")
        misdirected = scope["http_version"] == "1.1" if host is None else not is_host(host)
        current = self.serving.current
        answer = current.answers.find(spelling) if current is not None and method in ("GET", "HEAD") else None
        if misdirected:
            answer = None
        if answer is not None and method == "GET" and b"if-none-match" not in named:
            lines = b"%bx-request-id: %b\r\n" % (answer.lines, request_id)
            if len(answer.body) <= LONG_BYTES and send_whole(send, lines, answer.body):
                self.observer.remembered(scope, named, answer, began, request_id)
                return None
        if scope["http_version"] == "1.0":
            send = unchunked(send)
        scope = dict(scope)  # the server frames the response by the method in its own
        exchange = Exchange(scope, send, request_id)
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        if gzip:
            scope["headers"].append((b"accept-encoding", b"gzip"))
        scope["sic.root"] = self.settings.root_path
        scope["sic.request_id"] = request_id
        scope["sic.accept"] = accept.decode("latin-1")
        scope["sic.if_none_match"] = named.get(b"if-none-match", b"")
        scope["sic.head"] = method == "HEAD"
        scope["sic.gzip"] = gzip
        scope["sic.snapshot"] = None
        try:
            if misdirected:
                await exchange.refusal(refusals.HOST)
            elif answer is not None:
                await exchange.remembered(answer)
            else:
                await self._answer(exchange, spelling, receive, address)
        except Abandoned:
            exchange.status = CLIENT_LEFT
        except Exception as error:
            problem = _problem_behind(error)
            if problem is None:
                self.observer.failed(scope, request_id)
            if exchange.status and not exchange.finished:
                raise  # cut the answer off, so that nobody takes it for whole
            if not exchange.status:
                await exchange.problem(problem or INTERNAL)
        finally:
            if _lost(scope)() and not exchange.finished:
                exchange.status = CLIENT_LEFT
            self.observer.answered(exchange, named, method, began)
        return None

    async def _answer(self, exchange: Exchange, spelling: Spelling, receive: Receive, address: str) -> None:
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
        exchange.scope = scope = {**scope, "method": "GET", "path": _path(scope, self.settings.root_path)}
        if scope["path"] in UNLIMITED:
            return await self.app(scope, receive, exchange.send)
        snapshot = self.serving.take()
        try:
            await self._once(exchange, spelling, receive, snapshot, address)
        finally:
            if snapshot is not None:
                snapshot.release()
        return None

    async def _once(
        self, exchange: Exchange, spelling: Spelling, receive: Receive, snapshot: Snapshot | None, address: str
    ) -> None:
        """Of many that ask the same cold question at once, one computes; the others wait and take its answer."""
        audience = Audience(address, lost := _lost(exchange.scope))
        if snapshot is None:
            return await self._compute(exchange, receive, audience)
        exchange.scope["sic.snapshot"] = snapshot
        exchange.snapshot = snapshot.id
        answer = snapshot.answers.find(spelling)
        if answer is not None:
            return await exchange.remembered(answer)
        if not snapshot.answers.limit:  # nobody finds here what another computed
            return await self._compute(exchange, receive, audience)
        key = (snapshot.id, spelling)
        while (pending := self._pending.get(key)) is not None:
            pending.audience.join(address, lost)
            outcome = await pending.outcome()
            if lost():
                raise Abandoned
            if isinstance(outcome, Problem):
                if _refuses_address(outcome) and address != pending.audience.addresses[0]:
                    continue
                raise outcome
            answer = snapshot.answers.find(spelling)
            if answer is not None:
                return await exchange.remembered(answer)
            if outcome is None:  # it could not be kept: each has to compute it
                return await self._compute(exchange, receive, audience)
        self._pending[key] = pending = Pending(audience)

        def settle(outcome: BaseException | None = None) -> None:
            pending.settle(outcome)
            if self._pending.get(key) is pending:
                del self._pending[key]

        exchange.keeping, exchange.settled = (snapshot.answers, spelling), settle
        try:
            await self._compute(exchange, receive, audience)
        except BaseException as error:
            settle(error)
            raise
        settle(exchange.scope.get("sic.problem"))
        return None

    async def _compute(self, exchange: Exchange, receive: Receive, audience: Audience) -> None:
        """In a place for pages, until it turns out to be a long response: those have places of their own."""
        address = audience.addresses[0]
        deadline = Deadline(self.settings.request_seconds, audience)
        await self._entrance.enter(address)
        if audience.left():
            raise Abandoned
        if deadline.left < self.settings.request_seconds - WAITING_SECONDS:
            raise unavailable("waited")
        if not self.pages.take(address):
            raise unavailable("places")
        long = False

        def take_place() -> bool:
            nonlocal long
            if not long and self.long.take(address):
                self.pages.give_back(address)
                long = True
            return long

        exchange.take_place = take_place
        token = CURRENT.set(deadline)
        try:
            await self.app(exchange.scope, receive, exchange.send)
        finally:
            CURRENT.reset(token)
            self._judge(exchange)
            (self.long if long else self.pages).give_back(address)

    def _judge(self, exchange: Exchange) -> None:
        """Readiness follows whether answers come in time."""
        problem = exchange.scope.get("sic.problem")
        if isinstance(problem, Unavailable) and problem.reason == "deadline":
            self.serving.answered(in_time=False)
        elif problem is None and exchange.snapshot is not None:
            self.serving.answered(in_time=True)


def _refuses_address(problem: Problem) -> bool:
    """Whether it was refused for what its own address has asked; another address may have the same computed."""
    return isinstance(problem, Unavailable) and problem.reason in ("places", "displaced")


def _lost(scope: Scope) -> Callable[[], bool]:
    """Asks whether the client has left, where the protocol knows (api/server/protocol.py)."""
    connection = scope.get("sic.connection")
    return (lambda: connection.lost) if connection is not None else (lambda: False)


def _path(scope: Scope, root: str) -> str:
    """The decoded path below the root path. `%2F` stays as it is: it is data within a segment (RFC 3986, 2.2)."""
    path: str = scope["path"]
    raw: bytes = scope["raw_path"]
    if b"%2f" in raw or b"%2F" in raw:
        path = unquote(raw.replace(b"%2f", b"%252F").replace(b"%2F", b"%252F").decode("latin-1"))
    if root and (path + "/").startswith(root + "/"):
        path = path.removeprefix(root) or "/"
    return path


def _problem_behind(error: BaseException | None) -> Problem | None:
    """The problem that was raised, also where Starlette wraps it because a response had begun to be made."""
    while error is not None and not isinstance(error, Problem):
        error = error.__cause__
    return error
