"""The service with paths that cost what their query says: `python -m tests.costly serve --host … --port …`.

`/burn?ms=200` computes in a thread in steps of 5 ms, `/query?seconds=9` keeps the database at one statement, and
`/stream?mb=3` is a file. `/burns` tells what was begun, stopped and done, and how much at once for each client.
HASTY=1 shortens what the protocol waits for.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from threading import Lock

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy import text

from api import deadline
from api.main import create_app
from api.server import protocol
from api.server.edge import Edge
from api.settings import Settings
from tests.serving import serve

STEP = 0.005
SLOW = {
    "sqlite": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 9999999999) SELECT count(*) FROM c",
    "postgresql": "SELECT count(*) FROM generate_series(1, 10000000000)",
}

burns: Counter[str] = Counter()
running: Counter[str] = Counter()
most: Counter[str] = Counter()
lock = Lock()


def burn(milliseconds: int, address: str) -> None:
    with lock:
        burns["begun"] += 1
        running[address] += 1
        most[address] = max(most[address], running[address])
    try:
        ends = time.thread_time() + milliseconds / 1000
        while time.thread_time() < ends:
            step = time.thread_time() + STEP
            while time.thread_time() < step:
                pass
            deadline.check()
        with lock:
            burns["done"] += 1
    except BaseException:
        with lock:
            burns["stopped"] += 1
        raise
    finally:
        with lock:
            running[address] -= 1


async def get_burn(request: Request) -> Response:
    milliseconds = int(request.query_params["ms"])
    address = request.headers.get("x-forwarded-for", "")
    await request.app.state.workers.run(lambda: burn(milliseconds, address))
    request.scope["sic.key"] = f"burn {request.url.query}"
    content = request.url.query.encode()
    return Response(content, headers={"ETag": f'W/"{request.url.query}"', "Content-Type": "text/plain"})


async def get_query(request: Request) -> Response:
    database = request.scope["sic.snapshot"].database

    def work() -> None:
        with database.connect() as connection:
            connection.execute(text(SLOW[connection.dialect.name]))

    await request.app.state.workers.run(work)
    return Response(b"done")


async def get_stream(request: Request) -> Response:
    pieces = int(float(request.query_params["mb"]) * 16)

    def made() -> Iterator[bytes]:
        for _ in range(pieces):
            yield os.urandom(32_768).hex().encode()

    return StreamingResponse(request.app.state.workers.each(made()), media_type="text/plain")


async def get_long(request: Request) -> Response:
    return Response(b"x" * int(float(request.query_params["mb"]) * 1_000_000), media_type="text/plain")


async def get_burns() -> Response:
    await asyncio.sleep(0)
    return JSONResponse({**burns, "most": dict(most), "running": running.total()})


def create() -> Edge:
    edge = create_app(Settings())
    assert isinstance(edge.app, FastAPI)
    for path, endpoint in (
        ("/burn", get_burn),
        ("/query", get_query),
        ("/stream", get_stream),
        ("/long", get_long),
        ("/burns", get_burns),
    ):
        edge.app.add_api_route(path, endpoint)
    return edge


if __name__ == "__main__":
    if os.environ.get("HASTY"):
        protocol.UNTAKEN_SECONDS = 1.5
    serve(create)
