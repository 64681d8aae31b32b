"""Two things that ASGI cannot say to uvicorn, done on its RequestResponseCycle, which is private to it.

The risk: a release of uvicorn that changes `RequestResponseCycle.send` may make these send wrong bytes.
tests/test_cycle.py fails then; read the new `send` and repeat here what it does.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from api.server.asgi import Message, Send


def send_whole(send: Any, headers: bytes, body: bytes) -> bool:
    """Send a 200 with these header lines, as `send` does in two messages; False where `send` has to do it.

    Without it a remembered page reaches 0.90 of the rate of a bare ASGI application, which is the floor and leaves
    nothing for the log or the checks of a request; with it 1.41 (medians of five paired rounds, docs/performance.md):
    uvicorn checks and writes a dozen header lines anew for each response.
    """
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


def unchunked(send: Send) -> Send:
    """`send` for HTTP/1.0, which has no chunks: content of unknown length ends with its connection (RFC 9112, 6.3).

    uvicorn would send chunks, and a client would take their sizes for content.
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
