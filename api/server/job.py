"""One piece of work for a thread, and the task on the event loop that waits for it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from time import monotonic
from typing import Any

from api.deadline import CURRENT, Abandoned, Deadline, Overdue
from api.server.unavailable import overdue


class Job:
    """`patience` is how many seconds it may wait for its turn. Without a deadline it waits as long as it takes."""

    def __init__(
        self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop, deadline: Deadline | None, patience: float
    ) -> None:
        self._work, self._loop, self.deadline, self._patience = work, loop, deadline, patience
        self._context: Context = copy_context()  # a trace goes on in the thread
        self._context.run(CURRENT.set, deadline)
        self._result: Any = None
        self._error: BaseException | None = None
        self.done: asyncio.Future[None] = loop.create_future()
        self.ended = False  # as the event loop knows it
        self.queued = self.begun = monotonic()
        self.arrived = 0  # its place in the order of turns
        self.turn: str | None = None  # the address in whose turn it runs
        self.overtaken = False

    @property
    def addresses(self) -> Sequence[str]:
        """Those of the clients that wait for it."""
        return self.deadline.audience.addresses if self.deadline else ()

    def late(self, now: float) -> bool:
        return self.deadline is not None and now - self.queued > self._patience

    @property
    def abandoned(self) -> bool:
        return self.deadline is not None and self.deadline.audience.left()

    def do(self) -> None:
        """In a thread. Work that nobody waits for any more is not begun."""
        try:
            if self.deadline is not None:
                self.deadline.check()
            self._result = self._context.run(self._work)
        except BaseException as error:  # it is the waiting task's to handle
            self._error = self._reason(error)
        with suppress(RuntimeError):  # the loop was closed: nobody waits
            self._loop.call_soon_threadsafe(self._end)

    def drop(self, error: BaseException) -> None:
        """On the event loop: it will not be done."""
        self._error = error
        self._end()

    def result(self) -> Any:
        """What the work returned. Raises what it raised."""
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # it holds this frame by its traceback
        return self._result

    def _end(self) -> None:
        self.ended = True
        if not self.done.done():
            self.done.set_result(None)

    def _reason(self, error: BaseException) -> BaseException:
        """A statement that was interrupted at the deadline fails like one whose database went away."""
        if self.deadline is not None and isinstance(error, Exception) and self.deadline.over():
            return Abandoned() if self.deadline.audience.left() else overdue()
        return overdue() if isinstance(error, Overdue) else error
