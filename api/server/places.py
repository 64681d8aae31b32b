"""Places for long responses: so many at once, never all of them with one address."""

from collections import Counter


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
