"""Answers to what is not an HTTP request that can be read. It reaches neither the application nor the access log.

Each is an RFC 9457 problem of type `about:blank` and the end of its connection: where the next request begins is not
certain any more.
"""

import re
from collections import Counter
from dataclasses import dataclass

from api.problems import MEDIA_TYPE

LONGEST_PATH = 8192  # bytes of path and query
HEAD_BYTES = 65_536  # of request line and headers
BODY_BYTES = 1_048_576  # of a request's content, which nobody reads
ALLOW = b"GET, HEAD, OPTIONS"

COUNTS: Counter[str] = Counter()  # by reason, since the process started; /metrics shows them


@dataclass(frozen=True)
class Refusal:
    reason: str  # the label in /metrics
    status: int
    title: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def body(self) -> bytes:
        return b'{"type":"about:blank","title":"%s","status":%d,"detail":"%s"}' % (
            self.title.encode(),
            self.status,
            self.detail.encode(),
        )


NOT_HTTP = Refusal("not-http", 400, "Bad Request", "this is not an HTTP request that can be read")
TARGET = Refusal(
    "target",
    400,
    "Bad Request",
    "the request target holds characters that must be percent-encoded as UTF-8 (RFC 3986, 2.1); "
    "curl does it with: curl -G --data-urlencode 'q=...' URL",
)
HOST = Refusal("host", 400, "Bad Request", "a request has exactly one Host header, with a host name (RFC 9112, 3.2)")
METHOD = Refusal(
    "method", 405, "Method Not Allowed", "only GET, HEAD and OPTIONS are answered here", ((b"allow", ALLOW),)
)
CONTENT = Refusal("content", 413, "Content Too Large", "no content is read here, and none longer than 1 MiB is taken")
URI = Refusal("uri-too-long", 414, "URI Too Long", "path and query are longer than 8 KiB")
HEAD = Refusal("head-too-long", 431, "Request Header Fields Too Large", "the headers are longer than 64 KiB")

HEADERS = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)
_OTHER_METHOD = re.compile(rb"(?!(GET|HEAD|OPTIONS) )[!#$%&'*+.^_`|~0-9A-Za-z-]+ /\S* HTTP/1\.[01]\r?\n")
_UNENCODED_TARGET = re.compile(rb"(?:GET|HEAD|OPTIONS) /[^\r\n]*?(?:[\x80-\xff]| (?!HTTP/1\.[01]\r?\n))")


def written(refusal: Refusal) -> bytes:
    """The whole response, from its status line on."""
    body = refusal.body
    headers = (*HEADERS, *refusal.headers, (b"content-length", b"%d" % len(body)))
    lines = b"".join(b"%s: %s\r\n" % pair for pair in headers)
    return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (refusal.status, refusal.title.encode(), lines, body)


def of_unreadable(received: bytes, url: bytes) -> Refusal:
    """Why the parser could not read it, from the last bytes received and what it had read of the target."""
    if len(url) > LONGEST_PATH:
        return URI
    if _OTHER_METHOD.match(received):
        return METHOD
    last = received[received.rfind(b"\r\n\r\n") + 4 :] if b"\r\n\r\n" in received else received
    return TARGET if _UNENCODED_TARGET.match(received) or _UNENCODED_TARGET.match(last) else NOT_HTTP
