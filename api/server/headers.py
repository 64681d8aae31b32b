"""Header fields: those of every response, and what is read of a request's."""

import re
from functools import lru_cache

from api.content.answers import Headers
from api.server.refusals import ALLOW

ALWAYS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Link, X-Request-Id, Content-Disposition, Retry-After, Allow, Deprecation, Sunset, Content-Length",
    ),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
]
# `*` stands for every name but Authorization (Fetch Standard, CORS protocol).
PREFLIGHT: Headers = [
    (b"allow", ALLOW),
    (b"access-control-allow-methods", ALLOW),
    (b"access-control-allow-headers", b"*, Authorization"),
    (b"access-control-max-age", b"86400"),
    (b"cache-control", b"public, max-age=86400"),
    (b"content-length", b"0"),
]
KEPT_BY_304 = (b"etag", b"cache-control")

_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]*)?")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def fields(raw: Headers) -> dict[bytes, bytes]:
    """Values by name; those of several lines joined by commas (RFC 9110, 5.3)."""
    joined = dict(raw)
    if len(joined) != len(raw):
        joined = {}
        for name, value in raw:
            joined[name] = joined[name] + b", " + value if name in joined else value
    return joined


@lru_cache(maxsize=1000)
def is_host(value: bytes) -> bool:
    """Whether a Host field holds one host, with or without a port (RFC 9110, 7.2). Two lines of it are joined."""
    return _HOST.fullmatch(value) is not None


def is_request_id(value: bytes) -> bool:
    return _REQUEST_ID.fullmatch(value) is not None


def of_304(headers: Headers) -> Headers:
    """What a 304 repeats of the response that it stands for (RFC 9110, 15.4.5)."""
    return [pair for pair in headers if pair[0] in KEPT_BY_304] + ALWAYS
