"""The application in this process, so that a test can count the statements it sends to its database."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, Pool, event

from api.main import create_app
from api.settings import Settings


class InProcess:
    """Answers like a server; `statements` are those that the last question took."""

    def __init__(self, env: dict[str, str], statements: list[str], **settings: Any) -> None:
        given = {name.removeprefix("SIC_").lower(): value for name, value in env.items()}
        self.app = create_app(Settings(**(given | {"access_log": "off"} | settings)))
        self.app.serving.refresh()
        self.statements = statements

    def get(self, question: str, method: str = "GET", **headers: str) -> httpx.Response:
        self.statements.clear()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(self._asked(method, question, named))

    async def _asked(self, method: str, question: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://in.process") as client:
            return await client.request(method, question, headers=headers)


@contextmanager
def in_process(env: dict[str, str], **settings: Any) -> Iterator[InProcess]:
    noted: list[str] = []

    def listen(driver: Any, _record: Any) -> None:
        """By the driver itself, where it can: not every statement goes through SQLAlchemy."""
        if isinstance(driver, sqlite3.Connection):
            driver.set_trace_callback(noted.append)

    def note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.dialect.name != "sqlite":
            noted.append(statement)

    event.listen(Pool, "connect", listen)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        asked = InProcess(env, noted, **settings)
        try:
            yield asked
        finally:
            asked.app.serving.close()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Pool, "connect", listen)
