"""Worker threads: where answers are computed, off the event loop.

Python runs one thread at a time. Threads that compute beside each other pass its lock on at every row that SQLite
gives, and each answer then costs twice the processor. So they take turns, one answer after another, and an answer
that takes long is overtaken: another thread goes on with those that wait behind it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from api.deadline import CURRENT, Abandoned, Deadline
from api.server.job import Job
from api.server.turns import Turns
from api.server.unavailable import unavailable

T = TypeVar("T")

PATIENCE = 0.003  # seconds after which work is overtaken: several times what a page of a list takes
WAITING_SECONDS = 2.0  # that a request may wait for its turn
STREAM_SECONDS = 30.0  # that one step of a stream that was begun may wait and take


class Workers:
    """At most `most` threads, of which `abreast` take up new work at any time.

    `abreast` is 1 where computing is what takes the time, and `most` where it is waiting for another machine.
    """

    def __init__(self, most: int, abreast: int, waited: Callable[[float], None] = lambda _: None) -> None:
        self._most, self._abreast = most, abreast
        self._waited = waited  # is called with the seconds that each job waited for its turn
        self._turns = Turns(most)
        self._calls: SimpleQueue[bool] = SimpleQueue()  # wakes a thread: there is work, or False: there is no more
        self._running: set[Job] = set()
        self._threads = 0
        self._lock = Lock()
        self._watched: asyncio.AbstractEventLoop | None = None  # that looks after the queue while some work waits

    @property
    def queued(self) -> int:
        return len(self._turns)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, in a thread; also when the task is cancelled it ends before this does.

        Raises Problem (503) when its turn does not come within WAITING_SECONDS or it takes longer than the request
        may, and Abandoned when every client that waits for it has left.
        """
        return await self._run(work, CURRENT.get())

    async def each(self, items: Iterator[T]) -> AsyncIterator[T]:
        """The items, each made in a thread. Those after the first have deadlines of their own: a stream takes as long
        as its reader does, and once it was begun nobody can be told any more to come back.
        """
        end: Any = object()
        request = CURRENT.get()
        item = await self._run(lambda: next(items, end), request)
        while item is not end:
            yield item
            deadline = request and Deadline(STREAM_SECONDS, request.audience)
            item = await self._run(lambda: next(items, end), deadline, STREAM_SECONDS)

    def displace(self, address: str) -> bool:
        """Make room for a request from this address, if another address has more of them waiting."""
        job = self._turns.displace(address)
        if job is not None:
            job.drop(unavailable("displaced"))
        return job is not None

    def close(self) -> None:
        """Threads end once they have done what they were given."""
        for _ in range(self._threads):
            self._calls.put(False)

    async def _run(self, work: Callable[[], T], deadline: Deadline | None, patience: float = WAITING_SECONDS) -> T:
        loop = asyncio.get_running_loop()
        job = Job(work, loop, deadline, patience)
        if self._threads < self._abreast:
            with self._lock:
                self._start()
        self._turns.put(job)
        self._calls.put(True)
        if self._watched is not loop:
            self._watched = loop
            loop.call_later(PATIENCE, self._look, loop)
        try:
            await job.done
        except asyncio.CancelledError:
            if not job.ended:  # the thread still reads what the caller would let go
                job.done = loop.create_future()
                await job.done
            raise
        result: T = job.result()
        return result

    def _start(self) -> None:
        self._threads += 1
        Thread(target=self._serve, name=f"worker {self._threads}", daemon=True).start()

    def _serve(self) -> None:
        while self._calls.get():
            while (job := self._turns.take()) is not None:
                job.begun = monotonic()
                self._waited(job.begun - job.queued)
                with self._lock:
                    self._running.add(job)
                job.do()
                self._turns.end(job)
                with self._lock:
                    self._running.discard(job)
                    if job.overtaken:
                        self._threads -= 1
                        self._calls.put(True)  # what waits may be what was not to run beside this
                        return
                del job  # and what it holds, while this waits for the next

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """While work waits: drop what is late or abandoned, and overtake what takes long."""
        if not self._turns:
            self._watched = None
            return
        now = monotonic()
        for job in self._turns.remove(lambda job: job.late(now) or job.abandoned):
            job.drop(Abandoned() if job.abandoned else unavailable("waited"))
        with self._lock:
            late = next((job for job in self._running if job.begun < now - PATIENCE and not job.overtaken), None)
            if self._turns.may_take():
                if late is not None and self._threads < self._most:
                    late.overtaken = True
                    self._start()
                if self._calls.empty():
                    self._calls.put(True)
        loop.call_later(PATIENCE, self._look, loop)
