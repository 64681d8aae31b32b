"""Work that waits for a thread, taken in turn by the address of its client.

A client that asks for much waits behind its own work, not in front of everybody else's. While others ask too, an
address has one thread; alone it has all but one, which is left for whoever comes next.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock
from time import monotonic

from api.server.job import Job

RECENT_SECONDS = 5.0  # an address is alone when no other had work within them


class Turns:
    """Used by threads and the event loop alike."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._jobs: list[Job] = []
        self._running: Counter[str] = Counter()
        self._served: dict[str, int] = {}  # at which turn an address was served last
        self._seen: OrderedDict[str, float] = OrderedDict()  # when an address had work last, in this order
        self._turn = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        with self._lock:
            self._turn += 1
            job.arrived = self._turn
            self._jobs.append(job)
            for address in job.addresses:
                self._see(address)

    def take(self) -> Job | None:
        """The job whose turn it is; None when none may run now."""
        with self._lock:
            best = min(self._eligible(), default=None, key=lambda each: each[0])
            if best is None:
                return None
            _, job, address = best
            self._jobs.remove(job)
            self._turn += 1
            job.turn = address
            if address is not None:
                self._served[address] = self._turn
                self._running[address] += 1
            return job

    def end(self, job: Job) -> None:
        if job.turn is None:
            return
        with self._lock:
            self._running[job.turn] -= 1
            self._see(job.turn)

    def may_take(self) -> bool:
        with self._lock:
            return next(self._eligible(), None) is not None

    def remove(self, unwanted: Callable[[Job], bool]) -> list[Job]:
        """Those that are not to be done; they are taken out."""
        with self._lock:
            removed = [job for job in self._jobs if unwanted(job)]
            for job in removed:
                self._jobs.remove(job)
            return removed

    def displace(self, address: str) -> Job | None:
        """The newest job of the address that has most waiting, if that is more than this one would have."""
        with self._lock:
            waiting = Counter(each for job in self._jobs if len(job.addresses) == 1 for each in job.addresses)
            most, number = max(waiting.items(), key=lambda pair: pair[1], default=("", 0))
            if number <= waiting[address] + 1:
                return None
            job = next(job for job in reversed(self._jobs) if list(job.addresses) == [most])
            self._jobs.remove(job)
            return job

    def _eligible(self) -> Iterator[tuple[int, Job, str | None]]:
        """The first job of each address that may run one more, with its place in the order of turns."""
        met: set[str] = set()
        for job in self._jobs:
            if job.deadline is None:
                yield job.arrived, job, None
            for address in job.addresses:
                if address in met:
                    continue
                met.add(address)
                if self._running[address] < (self._threads - 1 or 1 if self._alone(address) else 1):
                    yield max(job.arrived, self._served.get(address, 0)), job, address

    def _alone(self, address: str) -> bool:
        """Whether no other address had work lately."""
        recent = monotonic() - RECENT_SECONDS
        other = next((each for each in reversed(self._seen) if each != address), None)
        return other is None or self._seen[other] < recent

    def _see(self, address: str) -> None:
        now = monotonic()
        self._seen[address] = now
        self._seen.move_to_end(address)
        if len(self._seen) > 10_000 or self._seen[next(iter(self._seen))] < now - 60:
            oldest = next(iter(self._seen))
            if not self._running[oldest]:
                del self._seen[oldest]
                self._served.pop(oldest, None)
                del self._running[oldest]
