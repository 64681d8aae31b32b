"""HTTP/1.1 with the bounds that uvicorn leaves to a proxy: how much and how long a client may take over its question,
and how long it may leave the answer untaken.

What is refused here never was a request, so it reaches neither the application nor its log; it still gets a problem.

An answer whose headers were written out before may be sent as it is: to check and write a dozen of them costs more
than to find a remembered answer.
"""

import re
from asyncio import TimerHandle, Transport
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from api.problems import MEDIA_TYPE

HEAD_BYTES = 65_536  # of request line and headers
HEAD_SECONDS = 10.0  # from the first byte, or from connecting, to the end of the headers
UNTAKEN_SECONDS = 30.0  # that an answer may wait for its reader to take any of it

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

LONGEST_PATH = 8192  # bytes of path and query
ALLOW = b"GET, HEAD, OPTIONS"
OTHER_METHOD = re.compile(rb"(?!(GET|HEAD|OPTIONS) )[!#$%&'*+.^_`|~0-9A-Za-z-]+ /\S* HTTP/1\.[01]\r?\n")

ALWAYS = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)
REFUSALS = {
    400: (b"Bad Request", b"this is not an HTTP request that can be read"),
    405: (b"Method Not Allowed", b"only GET, HEAD and OPTIONS are answered here"),
    414: (b"URI Too Long", b"path and query are longer than 8 KiB"),
    431: (b"Request Header Fields Too Large", b"the headers are longer than 64 KiB"),
}


class BoundedProtocol(HttpToolsProtocol):
    _head: int = 0  # bytes of a head that has not ended
    _in_head: bool = False  # between a request's first byte and the end of its headers
    url: bytes = b""  # also before there is a request
    _received: bytes = b""  # last
    _head_timer: TimerHandle | None = None
    _untaken_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._untaken_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received = data
        HttpToolsProtocol.data_received(self, data)  # each super() would cost a remembered answer 1 %
        if self._in_head:
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self._refuse(414 if len(self.url) > LONGEST_PATH and not self.headers else 431)
            elif self._head_timer is None:
                self._wait_for_head()

    def on_message_begin(self) -> None:
        self._in_head = True
        HttpToolsProtocol.on_message_begin(self)

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        HttpToolsProtocol.on_headers_complete(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken_timer = self.loop.call_later(UNTAKEN_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._untaken_timer is not None:
            self._untaken_timer.cancel()
            self._untaken_timer = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        if len(self.url) > LONGEST_PATH:  # longer than its parser can count
            self._refuse(414)
        else:
            self._refuse(405 if OTHER_METHOD.match(self._received) else 400)

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _refuse(self, status: int) -> None:
        """Answer what is no request, and hang up: where one request ends is no longer certain."""
        if self.transport.is_closing():
            return
        title, detail = REFUSALS[status]
        body = b'{"type":"about:blank","title":"%s","status":%d,"detail":"%s"}' % (title, status, detail)
        named = (*ALWAYS, (b"allow", ALLOW)) if status == 405 else ALWAYS
        head = b"HTTP/1.1 %d %s\r\n" % (status, title) + b"".join(b"%s: %s\r\n" % pair for pair in named)
        self.transport.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        self.transport.close()


def unchunked(send: Send) -> Send:
    """`send` for HTTP/1.0, which knows no chunks: an answer of unknown length ends with its connection (RFC 9112, 6.3).

    uvicorn would send chunks, and a client take their sizes for content.
    """
    cycle = getattr(send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle):
        return send

    async def plain(message: Message) -> None:
        if message["type"] == "http.response.start":
            if all(name != b"content-length" for name, _ in message["headers"]):
                cycle.chunked_encoding = False
        elif cycle.chunked_encoding is False and not cycle.expected_content_length:
            cycle.expected_content_length = len(message.get("body", b""))
        await send(message)

    return plain


def send_whole(send: Any, headers: bytes, body: bytes) -> bool:
    """Send a 200 with these header lines, as `send` does it in two messages; False where those have to do it."""
    cycle = getattr(send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or cycle.flow.write_paused or cycle.disconnected:
        return False
    if not cycle.keep_alive or cycle.access_log:
        return False
    default = b"".join([b"%b: %b\r\n" % pair for pair in cycle.default_headers])
    cycle.response_started = cycle.response_complete = True
    cycle.transport.writelines((b"%b%b%b\r\n" % (STATUS_LINE[200], default, headers), body))
    cycle.message_event.set()
    cycle.on_response()
    return True
