"""HTTP/1.1 with the bounds that uvicorn leaves to a proxy: how much and how long a client may take over its request,
and how long it may leave the response untaken.
"""

import fcntl
import struct
import termios
from asyncio import TimerHandle, Transport
from collections.abc import Callable
from socket import socket
from typing import ClassVar

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.server import refusals
from api.server.refusals import BODY_BYTES, HEAD_BYTES, LONGEST_PATH, Refusal

REQUEST_SECONDS = 10.0  # from connecting, or from a request's first byte, to its last, trailers included
UNTAKEN_SECONDS = 30.0  # in which the reader of a response has to take UNTAKEN_BYTES of it
UNTAKEN_BYTES = 4096


class BoundedProtocol(HttpToolsProtocol):
    draining: ClassVar[bool] = False  # the process is about to end: each response is the last of its connection
    open: ClassVar[int] = 0  # connections of this process
    on_lost: ClassVar[Callable[[], None]] = staticmethod(lambda: None)  # is called when one of them ends

    lost = False  # whether the client has left
    url: bytes = b""  # also before there is a request
    _received: bytes = b""  # the last bytes
    _head: int = 0  # bytes of a head that has not ended, before the last bytes
    _began: bool = False  # whether a request began among the last bytes
    _in_head: bool = False  # between a request's first byte and the end of its headers
    _in_request: bool = False  # between a request's first byte and its last
    _body: int = 0  # bytes received since the head of a request that has not ended
    _refusal: Refusal | None = None  # why a callback of the parser stopped it
    _request_timer: TimerHandle | None = None
    _untaken_timer: TimerHandle | None = None
    _untaken: int = 0
    _answering: RequestResponseCycle | None = None  # the last request that was begun; those behind it wait

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        BoundedProtocol.open += 1
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        BoundedProtocol.open -= 1
        BoundedProtocol.on_lost()
        for timer in (self._request_timer, self._untaken_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)
        # Of requests in a row uvicorn tells only the last one received, which may still wait for those before it.
        if self._answering is not None and self._answering is not self.cycle:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        HttpToolsProtocol._start_asgi_task(self, cycle, app)

    def data_received(self, data: bytes) -> None:
        """As uvicorn does it, without its log lines: whoever sends what is no request would fill the log."""
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        self._received, self._began = data, False
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:  # it may be ignored (RFC 9110, 7.8); what follows is the next request
            if rest := data[upgrade.args[0] :]:
                self.data_received(rest)
        except HttpParserError:
            self._refuse(self._refusal or refusals.of_unreadable(data, self.url))
        if self._in_request:
            self._bound(data)

    def _bound(self, data: bytes) -> None:
        """The request goes on after what was received: count its bytes, and see that it ends in time."""
        if self._request_timer is None:
            self._wait_for_request()
        if not self._in_head:
            self._body += len(data)
            if self._body > BODY_BYTES:
                self._refuse(refusals.CONTENT)
            return
        self._head = len(data) - _end_of_last_head(data) if self._began else self._head + len(data)
        if self._head > HEAD_BYTES:
            self._refuse(refusals.URI if len(self.url) > LONGEST_PATH and not self.headers else refusals.HEAD)

    def on_message_begin(self) -> None:
        self._in_head = self._in_request = self._began = True
        self._head = self._body = 0
        HttpToolsProtocol.on_message_begin(self)  # each super() would cost a remembered answer 1 %
        self.scope["sic.connection"] = self  # type: ignore[typeddict-unknown-key]

    def on_headers_complete(self) -> None:
        if self._head + len(self._received) > HEAD_BYTES and self._head_size() > HEAD_BYTES:
            self._refusal = refusals.URI if len(self.url) > LONGEST_PATH else refusals.HEAD
            raise ValueError(self._refusal.reason)
        HttpToolsProtocol.on_headers_complete(self)
        self._in_head, self._head = False, 0
        self.headers = []  # of trailers, which are no headers of the request
        if self.draining:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._in_request = False
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None
        HttpToolsProtocol.on_message_complete(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self._left_untaken()
        self._untaken_timer = self.loop.call_later(UNTAKEN_SECONDS, self._look_at_reader)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._untaken_timer is not None:
            self._untaken_timer.cancel()
            self._untaken_timer = None

    def _look_at_reader(self) -> None:
        """Cut a reader off that takes nothing. One that is slow and steady goes on, however long it takes."""
        left = self._left_untaken()
        if self._untaken - left < UNTAKEN_BYTES:
            self._cut_off("untaken")
            return
        self._untaken = left
        self._untaken_timer = self.loop.call_later(UNTAKEN_SECONDS, self._look_at_reader)

    def _left_untaken(self) -> int:
        """Bytes in the transport and, on Linux, those in the kernel that the reader has not acknowledged (tcp(7))."""
        left = self.transport.get_write_buffer_size()
        connection: socket | None = self.transport.get_extra_info("socket")
        if connection is not None:
            try:
                queued = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
            except OSError:
                return left
            left += int(struct.unpack("i", queued)[0])
        return left

    def _wait_for_request(self) -> None:
        self._request_timer = self.loop.call_later(REQUEST_SECONDS, self._look_at_request)

    def _look_at_request(self) -> None:
        if self.flow.read_paused:  # the rest waits here, not with the client
            self._wait_for_request()
        else:
            self._cut_off("slow" if self._in_request else "silent")

    def _cut_off(self, reason: str) -> None:
        refusals.COUNTS[reason] += 1
        self.transport.abort()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer what is no request, and hang up. What was asked before it on this connection is answered first."""
        if self.transport.is_closing():
            return
        refusals.COUNTS[refusal.reason] += 1
        within = self._in_request and not self._in_head  # it is no answer to this request, which has one
        self._in_request = False
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if not within:
            self.transport.write(refusals.written(refusal))
        self.transport.close()

    def _head_size(self) -> int:
        """Bytes of request line and headers as they are written without white space to spare."""
        line = len(self.parser.get_method()) + len(self.url) + len(b"  HTTP/1.1\r\n")
        return line + sum(len(name) + len(value) + 4 for name, value in self.headers) + 2


def _end_of_last_head(data: bytes) -> int:
    """Where the last head among these bytes ends; 0 when none does."""
    found = data.rfind(b"\r\n\r\n")
    return found + 4 if found >= 0 else 0
