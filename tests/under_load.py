"""What users notice while something fails: questions asked all the time, how long it took, what is missing after it.

`pytest -s` prints a row of docs/reliability.md for every fault: `… | grep '^|'`.
"""

import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from typing import Self

import httpx

from api.server.unavailable import OVERLOADED
from tests.server import Server

PAUSE = 0.005  # seconds between a client's questions: others use the machine too
QUESTIONS = count()  # each is a new one, so that nothing is remembered and the database is asked


class Load:
    """`with Load(servers) as load`: asks servers or URLs new questions all the time, and keeps what was answered."""

    def __init__(
        self,
        asked: Sequence[Server | str],
        threads: int = 4,
        pause: float = PAUSE,
        path: str = "/v1/claims?",
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._path, self._pause, self._verify = path, pause, verify
        urls = [each if isinstance(each, str) else each.url for each in asked]
        self.statuses: Counter[int | str] = Counter()
        self.worst = 0.0
        self.unannounced = 0  # answers of 5xx that do not say when to come back
        self.overloaded = 0  # answers of 503 that say that the process has too much to do
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(urls[number % len(urls)],)) for number in range(threads)
        ]

    def _ask(self, url: str) -> None:
        with httpx.Client(base_url=url, timeout=30, trust_env=False, verify=self._verify) as client:
            while not self._stop.wait(self._pause):
                began = time.monotonic()
                try:
                    offset, limit = divmod(next(QUESTIONS), 100)
                    answer = client.get(f"{self._path}limit={limit + 1}&offset={offset % 240}")
                    self.statuses[answer.status_code] += 1
                    self.unannounced += answer.status_code >= 500 and "retry-after" not in answer.headers
                    self.overloaded += answer.status_code == 503 and answer.json()["detail"] == OVERLOADED
                except httpx.TransportError as error:
                    self.statuses[type(error).__name__] += 1
                self.worst = max(self.worst, time.monotonic() - began)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def requests(self) -> int:
        return self.statuses.total()

    @property
    def errors(self) -> str:
        """How many of what kind were not answered with 200."""
        found = [f"{count:,} × {status}" for status, count in sorted(self.statuses.items(), key=str) if status != 200]
        return f"{', '.join(found) or 0}; slowest {self.worst:.2f} s"

    def refused_for_now(self) -> bool:
        """Whether whatever was not answered was told when to come back."""
        return self.statuses.keys() <= {200, 503} and not self.unannounced

    def unnoticed(self) -> bool:
        """Whether nobody was refused for the fault. What waited 2 s for a processor that others took is no sign."""
        return self.refused_for_now() and self.overloaded == self.statuses[503] < self.statuses[200] / 10


def within(seconds: float, holds: Callable[[], bool]) -> float:
    """Seconds until it held."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def records(server: Server) -> frozenset[str]:
    """The ids of all claims it serves, by an export that nothing has remembered."""
    text = server.client.get("/v1/claims.csv", params={"fields": "id"}).text
    return frozenset(text.splitlines()[1:])


def row(
    fault: str, injected: str, times: int, load: Load | None, recovered: float | str, lost: int | str, note: str = ""
) -> None:
    """Prints the line of the table; `recovered` in seconds, or in words where nobody had to wait."""
    requests, errors = (f"{load.requests:,}", load.errors) if load else ("–", "–")
    took = recovered if isinstance(recovered, str) else f"{recovered:.2f} s"
    print(f"\n| {fault} | {injected} | {times} | {requests} | {errors} | {took}{note} | {lost} |")
