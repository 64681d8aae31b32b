"""The server's own limit: an ASGI app that sends the same bytes and headers to whoever asks."""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]

RECORDED = Path(os.environ["RECORDED"])  # the answer's body; its headers lie beside it
BODY = RECORDED.read_bytes()
HEADERS = [
    (name.encode(), value.encode()) for name, value in json.loads(RECORDED.with_suffix(".headers.json").read_text())
]


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
