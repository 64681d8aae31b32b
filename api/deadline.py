"""How long the work for one request may take, and whether a client still waits for it.

Code that takes long calls `check()` between its steps; statements are bounded by it where they are run
(api/content/database.py). Work that no request waits for has no deadline.
"""

from collections.abc import Callable
from contextvars import ContextVar
from time import monotonic


class Abandoned(BaseException):
    """Every client that waited for this work has left. Like a cancellation, it gets no response."""


class Overdue(Exception):
    """The work took longer than its request may. The code that runs the work answers 503."""


class Audience:
    """The clients that wait for one answer: the first, and those that sent the same request meanwhile."""

    __slots__ = ("_lost", "addresses")

    def __init__(self, address: str, lost: Callable[[], bool]) -> None:
        self.addresses = [address]
        self._lost = [lost]

    def join(self, address: str, lost: Callable[[], bool]) -> None:
        if address not in self.addresses:
            self.addresses.append(address)
        self._lost.append(lost)

    def left(self) -> bool:
        """Whether all of them have left. Any thread may call it."""
        return all(lost() for lost in self._lost)


class Deadline:
    """When the work for an audience has to end."""

    __slots__ = ("audience", "ends")

    def __init__(self, seconds: float, audience: Audience) -> None:
        self.ends = monotonic() + seconds
        self.audience = audience

    @property
    def left(self) -> float:
        """Seconds left; negative after the deadline."""
        return self.ends - monotonic()

    def over(self) -> bool:
        """Whether to stop. Any thread may call it."""
        return monotonic() >= self.ends or self.audience.left()

    def check(self) -> None:
        """Raises Abandoned when the clients have left, Overdue when the time is up."""
        if self.audience.left():
            raise Abandoned
        if monotonic() >= self.ends:
            raise Overdue


CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def check() -> None:
    """Check the deadline of the current work, if it has one. Raises Abandoned or Overdue."""
    deadline = CURRENT.get()
    if deadline is not None:
        deadline.check()
