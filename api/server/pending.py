"""A question that is being computed, and those who wait for its answer."""

from asyncio import Event

from api.deadline import Audience


class Pending:
    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self._settled = Event()
        self._outcome: BaseException | None = None

    def settle(self, outcome: BaseException | None) -> None:
        """The first word counts."""
        if not self._settled.is_set():
            self._outcome = outcome
            self._settled.set()

    async def outcome(self) -> BaseException | None:
        """None once the answer is kept or cannot be; otherwise what became of it.

        A problem other than 503 is as cheap to find again as to pass on, so that it counts as none.
        """
        await self._settled.wait()
        return self._outcome
