"""What the process holds while files are read slowly, and after an attack."""

import asyncio
import gc
import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.benchmarks.attacked import SETTINGS, resident
from tests.in_process import in_process
from tests.server import ROOT, Server
from tests.under_load import within


def claims_in_memory() -> int:
    return sum(type(each) is dict and each.get("kind") == "claim" and "hedge_cue" in each for each in gc.get_objects())


@pytest.mark.parametrize(
    "file", ["claims.jsonl", "claims.csv?q=war", "claims.jsonl?q=war&sort=-id", "search.jsonl?q=war"]
)
def test_records_are_let_go_before_their_bytes_are_sent(sqlite_database: dict[str, str], file: str) -> None:
    """Thousands of records for each reader would stop all threads for a tenth of a second when garbage is collected."""
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


@pytest.mark.parametrize("attack", [["hang up", "leave unread"], ["stay", "read files slowly"]], ids=" and ".join)
def test_memory_returns_within_a_minute_after_an_attack(sqlite_database: dict[str, str], attack: list[str]) -> None:
    with Server(sqlite_database | SETTINGS) as server:
        for limit in range(1, 101):
            assert server.client.get(f"/v1/claims?limit={limit}").status_code == 200
        before = resident(server)
        command = (sys.executable, "-m", "tests.benchmarks.attacks", *attack, str(server.port), "8")
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        took = within(60, lambda: resident(server) < 1.5 * before)
        print(f"\n{' and '.join(attack)}: {before:.0f} MB before, {resident(server):.0f} MB {took:.0f} s after")
