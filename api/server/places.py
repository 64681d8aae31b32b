"""Places for pages and for long responses: so many at once, never all of them with one address."""

from collections import Counter
from collections.abc import Callable


class Pages:
    """An address that holds none gets one even when all are taken, as long as there are not twice as many."""

    def __init__(self, most: int, make_room: Callable[[str], bool]) -> None:
        self._most, self._make_room = most, make_room
        self._held: Counter[str] = Counter()
        self.taken = 0

    def take(self, address: str) -> bool:
        more = not self._held[address] and self.taken < 2 * self._most
        if self.taken >= self._most and not self._make_room(address) and not more:
            return False
        self._held[address] += 1
        self.taken += 1
        return True

    def give_back(self, address: str) -> None:
        self.taken -= 1
        self._held[address] -= 1
        if not self._held[address]:
            del self._held[address]


class Places:
    """An address may hold as many as are then still free: alone half of them, beside another a third, and so on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        free = self._most - self.taken
        if not free or (self._most > 1 and self._held[address] >= free):
            return False
        self._held[address] += 1
        return True

    def give_back(self, address: str) -> None:
        self._held[address] -= 1
        if not self._held[address]:
            del self._held[address]

    @property
    def taken(self) -> int:
        return self._held.total()
