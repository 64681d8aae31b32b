"""Places for pages and for long responses: so many at once, never all of them with one address."""

from collections import Counter
from collections.abc import Callable


class Places:
    """An address may hold as many as are then still free: alone half of them, beside another a third, and so on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        return self._held.total()

    def take(self, address: str) -> bool:
        """Whether there was a place for one more."""
        if not self._may_take(address):
            return False
        self._held[address] += 1
        return True

    def give_back(self, address: str) -> None:
        self._held[address] -= 1
        if not self._held[address]:
            del self._held[address]

    def _may_take(self, address: str) -> bool:
        free = self._most - self.taken
        return free > 0 and (self._most == 1 or self._held[address] < free)


class PagePlaces(Places):
    """An address may hold all. Then others displace its waiting requests, or get a place beyond: one for an address
    that holds none, up to twice as many in all.
    """

    def __init__(self, most: int, displace: Callable[[str], bool]) -> None:
        super().__init__(most)
        self._displace = displace

    def _may_take(self, address: str) -> bool:
        if self.taken < self._most or self._displace(address):
            return True
        return not self._held[address] and self.taken < 2 * self._most
