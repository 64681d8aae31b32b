"""Worker threads: where answers are computed, off the event loop.

Python runs one thread at a time. Threads that compute beside each other pass its lock on at every row that SQLite
gives, and each answer then costs twice the processor. So they take turns, one answer after another, and an answer
that takes long is overtaken: another thread goes on with those that wait behind it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from contextvars import Context, copy_context
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 0.003  # seconds after which work is overtaken: several times what a page of a list takes


class Job:
    """One piece of work, the event loop that waits for it, and how it ended."""

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self._work, self._loop = work, loop
        self._context: Context = copy_context()  # a trace goes on in the thread
        self._result: Any = None
        self._error: BaseException | None = None
        self.done: asyncio.Future[None] = loop.create_future()
        self.begun = 0.0
        self.told = False
        self.overtaken = False

    def do(self) -> None:
        """In a thread."""
        try:
            self._result = self._context.run(self._work)
        except BaseException as error:  # it is the waiting task's to handle
            self._error = error
        with suppress(RuntimeError):  # the loop was closed: nobody waits
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self.told = True
        if not self.done.done():
            self.done.set_result(None)

    def result(self) -> Any:
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # it holds this frame by its traceback
        return self._result


class Workers:
    """At most `most` threads, of which `abreast` take up new work at any time.

    `abreast` is 1 where computing is what takes the time, and `most` where it is waiting for another machine.
    """

    def __init__(self, most: int, abreast: int) -> None:
        self._most, self._abreast = most, abreast
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._running: set[Job] = set()
        self._threads = 0
        self._lock = Lock()
        self._watched: asyncio.AbstractEventLoop | None = None  # that looks for late work while some waits

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, in a thread; also when the task is cancelled it ends before this does."""
        loop = asyncio.get_running_loop()
        job = Job(work, loop)
        if self._threads < self._abreast:
            with self._lock:
                self._start()
        self._jobs.put(job)
        if self._watched is not loop:
            self._watched = loop
            loop.call_later(PATIENCE, self._look, loop)
        try:
            await job.done
        except asyncio.CancelledError:
            if not job.told:  # the thread still reads what the caller would let go
                job.done = loop.create_future()
                await job.done
            raise
        result: T = job.result()
        return result

    async def each(self, items: Iterator[T]) -> AsyncIterator[T]:
        """The items, each made in a thread."""
        end: Any = object()
        while (item := await self.run(lambda: next(items, end))) is not end:
            yield item

    def close(self) -> None:
        """Threads end once they have done what they were given."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _start(self) -> None:
        self._threads += 1
        Thread(target=self._serve, name=f"worker {self._threads}", daemon=True).start()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.begun = monotonic()
            with self._lock:
                self._running.add(job)
            job.do()
            with self._lock:
                self._running.discard(job)
                if job.overtaken:
                    self._threads -= 1
                    return
            del job  # and what it holds, while this waits for the next

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """While work waits: go on with it in another thread where what runs takes long."""
        if self._jobs.empty():
            self._watched = None
            return
        with self._lock:
            began = monotonic() - PATIENCE
            late = next((job for job in self._running if job.begun < began and not job.overtaken), None)
            if late is not None and self._threads < self._most:
                late.overtaken = True
                self._start()
        loop.call_later(PATIENCE, self._look, loop)
