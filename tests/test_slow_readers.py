"""What the process holds while a file is read slowly.

Thousands of records for each reader would stop all threads for a tenth of a second when garbage is collected.
"""

import asyncio
import gc
from typing import Any

import httpx
import pytest

from tests.in_process import in_process


def claims_in_memory() -> int:
    return sum(type(each) is dict and each.get("kind") == "claim" and "hedge_cue" in each for each in gc.get_objects())


@pytest.mark.parametrize(
    "file", ["claims.jsonl", "claims.csv?q=war", "claims.jsonl?q=war&sort=-id", "search.jsonl?q=war"]
)
def test_records_are_let_go_before_their_bytes_are_sent(sqlite_database: dict[str, str], file: str) -> None:
    held: list[int] = []
    with in_process(sqlite_database, answer_cache_bytes=0) as asked:

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            async def sent(message: Any) -> None:
                if message.get("body"):
                    held.append(claims_in_memory())
                await send(message)

            await asked.app(scope, receive, sent)

        async def read() -> str:
            transport = httpx.ASGITransport(watched)
            async with httpx.AsyncClient(transport=transport, base_url="http://in.process") as client:
                return (await client.get(f"/v1/{file}")).text

        before = claims_in_memory()
        assert asyncio.run(read()).count("\n") > 20
    assert held
    assert max(held) <= before
