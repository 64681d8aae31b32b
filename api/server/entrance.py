"""Where questions wait to be read: the framework reads one in each turn of the event loop, of each address in turn.

To read a question takes up to a millisecond or two. A hundred that arrive together would otherwise be read one after
the other, and whatever is remembered would wait for all of them.
"""

import asyncio
from collections import OrderedDict, deque


class Entrance:
    """Used by the event loop alone."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # in the order of addresses' turns
        self._taken = False  # whether a question was let in, in this turn of the loop

    async def enter(self, address: str) -> None:
        """Returns when a question from this address may be read."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._let_in, loop)
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(address, deque()).append(turn)
        await turn

    def _let_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """The first of the address whose turn it is; that address is the last one then."""
        if not self._waiting:
            self._taken = False
            return
        address, turns = self._waiting.popitem(last=False)
        turn = turns.popleft()
        if turns:
            self._waiting[address] = turns
        if not turn.cancelled():
            turn.set_result(None)
        loop.call_soon(self._let_in, loop)
