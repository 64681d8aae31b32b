"""Attacks of one address, each for some seconds: `python -m tests.benchmarks.attacks stay 8000 60`.

An attack is a process of its own, at a lower priority, since a real attacker does not take the server's processors.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count, pairwise
from random import Random

import httpx

ADDRESS = "192.0.2.1"
TIMEOUT = 15.0
LISTS = "/v1/claims", "/v1/events", "/v1/search"
FILES = "/v1/claims.jsonl", "/v1/claims.csv", "/v1/events.jsonl", "/v1/relations.csv"


class Target:
    """A server, and the costliest question that it accepts."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._random = Random()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
            claims = client.get("/v1/claims?limit=100").json()["data"]
            facets = _most_facets(client)
            words = [word for claim in claims for word in claim["statement"].lower().split() if word.isalpha()]
            pairs = sorted({f'"{first} {second}"' for first, second in pairwise(words)})
            beginnings = sorted({f"{word[:2]}*" for word in words if len(word) > 2})
            longer = self._words = sorted({word for word in words if len(word) > 3})
            self._found: list[tuple[float, str, list[str], str]] = []
            for parts, most in ((pairs, 100), (pairs, 16), (beginnings, 16), (longer, 64)):
                for path in LISTS:
                    chosen = self._random.sample(parts, min(most, len(parts)))
                    rest = f"&highlight=true&limit=100{facets.get(path, '')}"
                    began = time.perf_counter()
                    answer = client.get(f"{path}?q={'+'.join(chosen)}{rest}")
                    if answer.status_code == 200:
                        self._found.append((time.perf_counter() - began, path, chosen, rest))
        self._took, self._path, self._parts, self._rest = max(self._found)

    def __str__(self) -> str:
        return f"{self._path} with {len(self._parts)} parts such as {self._parts[0]}: {self._took * 1000:.0f} ms"

    async def connect(self, received: int = 2**16) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """`received` bounds what the system takes in before it is read."""
        client = socket.socket()
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", self.port))
        return await asyncio.open_connection(sock=client, limit=received)

    def gaps(self) -> str:
        """A quotation of sixteen words with something left out between them."""
        return "%E2%80%A6".join(self._random.sample(self._words, min(16, len(self._words))))

    def costly(self) -> str:
        """The question written anew, so that its answer is not remembered."""
        self._random.shuffle(self._parts)
        return f"{self._path}?q={'+'.join(self._parts).replace(chr(34), '%22')}{self._rest}"


def _most_facets(client: httpx.Client) -> dict[str, str]:
    """All facets that a list has, by the vocabulary that it tells when one is wrong."""
    found = {}
    for path in LISTS:
        answer = client.get(f"{path}?q=war&facets=none-such").json()
        allowed = [name for error in answer.get("errors", ()) for name in error.get("allowed") or ()]
        found[path] = f"&facets={','.join(allowed)}" if allowed else ""
    return found


def head(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: {ADDRESS}\r\n\r\n".encode()


async def answered(reader: asyncio.StreamReader) -> None:
    """Reads one whole answer."""
    got = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), TIMEOUT)).lower()
    if b"transfer-encoding: chunked" in got:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    elif b"content-length: " in got:
        await reader.readexactly(int(got.partition(b"content-length: ")[2].partition(b"\r\n")[0]))


async def hang_up(target: Target) -> None:
    """128 of the costliest questions at once, and gone after a fifth of a second."""
    connections = [await target.connect() for _ in range(128)]
    for _, writer in connections:
        writer.write(head(target.costly()))
    await asyncio.sleep(0.2)
    for _, writer in connections:
        writer.transport.abort()


async def stay(target: Target) -> None:
    """Asks the costliest question and takes the answer."""
    reader, writer = await target.connect()
    for _ in range(20):
        writer.write(head(target.costly()))
        await answered(reader)
    writer.close()


async def read_slowly(target: Target) -> None:
    """Takes 3 KB of a file a second; another file each time."""
    reader, writer = await target.connect(4096)
    writer.write(head(f"{FILES[next(NUMBERS) % len(FILES)]}?limit={100_000 - next(NUMBERS)}"))
    for _ in range(100):
        if not await reader.read(3000):
            break
        await asyncio.sleep(1)
    writer.close()


async def trickle(target: Target) -> None:
    """Sends one byte of its question a second."""
    reader, writer = await target.connect()
    for byte in head("/v1/claims"):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)
    await answered(reader)
    writer.close()


async def pipeline(target: Target) -> None:
    """Writes 100 new questions one after the other, and reads none of the answers for two seconds."""
    _, writer = await target.connect(4096)
    writer.write(b"".join(head(f"/v1/claims?limit=100&offset={next(NUMBERS) % 10_000}") for _ in range(100)))
    await asyncio.sleep(2)
    writer.transport.abort()


async def flood(target: Target) -> None:
    """Asks for a remembered answer as fast as it comes, eight questions at a time."""
    reader, writer = await target.connect()
    for _ in range(1000):
        writer.write(head("/v1/claims?limit=20") * 8)
        for _ in range(8):
            await answered(reader)
    writer.close()


async def churn(target: Target) -> None:
    """A new connection for every question, and every question wrong."""
    reader, writer = await target.connect()
    writer.write(head(f"/v1/claims?limt={next(NUMBERS)}&actor=nobody-{next(NUMBERS)}&sort=nothing"))
    await answered(reader)
    writer.transport.abort()


async def leave_unread(target: Target) -> None:
    """Asks for the largest pages and reads nothing of them."""
    _, writer = await target.connect(4096)
    writer.write(head(target.costly()))
    await asyncio.sleep(5)
    writer.transport.abort()


async def quote(target: Target) -> None:
    """Asks where quotations stand that have fifteen gaps and are in no text."""
    reader, writer = await target.connect()
    for _ in range(20):
        writer.write(head(f"/v1/resolve?quote={target.gaps()}"))
        await answered(reader)
    writer.close()


Attack = Callable[[Target], Awaitable[None]]
ATTACKS: dict[str, tuple[Attack, int]] = {  # and how many do it at once
    "hang up": (hang_up, 1),
    "stay": (stay, 32),
    "read files slowly": (read_slowly, 150),
    "trickle": (trickle, 300),
    "pipeline": (pipeline, 16),
    "flood": (flood, 32),
    "churn": (churn, 16),
    "leave unread": (leave_unread, 100),
    "quote": (quote, 32),
}
NUMBERS = count()


async def repeated(attack: Attack, target: Target, until: float) -> int:
    done = 0
    while time.monotonic() < until:
        try:
            await asyncio.wait_for(attack(target), max(0.1, until - time.monotonic()))
            done += 1
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
            await asyncio.sleep(0.05)
    return done


async def attacked(names: list[str], port: int, seconds: float) -> int:
    target = await asyncio.to_thread(Target, port)
    print(target, flush=True)
    until = time.monotonic() + seconds
    chosen = [(attack, number) for attack, number in map(ATTACKS.__getitem__, names)]
    return sum(
        await asyncio.gather(*(repeated(attack, target, until) for attack, number in chosen for _ in range(number)))
    )


if __name__ == "__main__":
    os.nice(10)
    *names, port, seconds = sys.argv[1:]
    print(asyncio.run(attacked(names, int(port), float(seconds))))
