"""How much of the event loop one address may have while others ask: so many requests in each span of time.

To answer from memory takes the event loop some 20 microseconds, to refuse some 100. An address that asks as fast as it
is answered would keep it busy all the time, and threads that compute would get the lock of Python only now and then. An
address that is alone has no bound.
"""

import asyncio
from collections import Counter, deque

SPAN_SECONDS = 0.002
MOST = 8  # requests of an address in a span
SHARED_SECONDS = 1.0  # that others count as present after they asked


class Share:
    """Used by the event loop alone."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()  # in this span
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._shared_until = 0.0

    def turn(self, address: str) -> asyncio.Future[None] | None:
        """What a request of this address has to wait for; None when it may go on at once."""
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_later(SPAN_SECONDS, self._renew, loop)
        self._asked[address] += 1
        if self._asked[address] <= MOST or not self._is_shared(loop.time()):
            return None
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(address, deque()).append(turn)
        return turn

    def _is_shared(self, now: float) -> bool:
        if len(self._asked) > 1:
            self._shared_until = now + SHARED_SECONDS
        return now < self._shared_until

    def _renew(self, loop: asyncio.AbstractEventLoop) -> None:
        """The next span begins, with those that wait."""
        shared = self._is_shared(loop.time())
        self._asked.clear()
        for address, turns in [*self._waiting.items()]:
            for _ in range(min(len(turns), MOST) if shared else len(turns)):
                turn = turns.popleft()
                self._asked[address] += 1
                if not turn.cancelled():
                    turn.set_result(None)
            if not turns:
                del self._waiting[address]
        if self._asked:
            loop.call_later(SPAN_SECONDS, self._renew, loop)
