"""gzip: who gets it, and how it is written."""

import re
from functools import lru_cache

from starlette.middleware.gzip import GZipMiddleware

from api.server.asgi import Receive, Scope, Send

SMALLEST = 500  # bytes of content that are worth it
LEVEL = 6  # level 9 takes twice the time and saves 1 % of the bytes of a page or a file


@lru_cache(maxsize=1000)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether gzip may be sent (RFC 9110, 12.5.3); Starlette's middleware looks for the word alone."""
    weights = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        weights[name] = re.fullmatch(r"0(\.0*)?", weight) is None
    return weights.get("gzip", weights.get("*", False))


class Gzip(GZipMiddleware):
    """Stands aside where gzip is not taken: scope["sic.gzip"] holds the edge's decision."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = scope["type"] == "http" and scope["sic.gzip"]
        await (super().__call__ if taken else self.app)(scope, receive, send)
