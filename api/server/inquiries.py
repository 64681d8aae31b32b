"""How the metrics of several workers become one: the supervisor inquires, each worker tells what it has counted."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from threading import Thread
from urllib.request import ProxyHandler, build_opener

from api.server.metrics import Family
from api.server.supervisor import Worker


def answer_inquiries(descriptor: int, families: Callable[[], list[Family]]) -> None:
    """In a worker, from a thread of its own, until the supervisor ends."""
    inquiries = Connection(descriptor)

    def answer() -> None:
        try:
            while inquiries.recv_bytes():
                inquiries.send_bytes(json.dumps([family.plain() for family in families()]).encode())
        except (OSError, EOFError):
            return

    Thread(target=answer, name="inquiries", daemon=True).start()


def families_of(workers: Sequence[Worker]) -> list[list[Family]]:
    """In the supervisor: the metrics of each worker that answers."""
    if not workers:
        return []
    with ThreadPoolExecutor(len(workers)) as threads:
        answers = threads.map(Worker.metrics, list(workers))
        return [[Family.of(plain) for plain in json.loads(answer)] for answer in answers if answer is not None]


def fetch(url: str) -> bytes:
    """In a worker that is asked for the metrics of all. Raises OSError."""
    with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
        content: bytes = response.read()
        return content
