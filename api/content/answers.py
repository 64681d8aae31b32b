"""Remembered answers: between two loads every answer is a pure function of snapshot and query.

An answer is kept under its canonical query and form. Each raw spelling of the query is an alias of it, once it was
validated. Both are bounded in bytes; the least recently used go first.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

Headers = list[tuple[bytes, bytes]]
Spelling = tuple[bytes, bytes, bytes, bool]  # raw path, raw query, Accept, whether gzip is taken


@dataclass(frozen=True, slots=True)
class Remembered:
    headers: Headers
    body: bytes
    etag: bytes
    route: str
    snapshot: str
    lines: bytes = field(init=False)  # the headers, written out

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", b"".join([b"%b: %b\r\n" % pair for pair in self.headers]))

    @property
    def cost(self) -> int:
        return len(self.body) + 2 * len(self.lines) + 400


class Answers:
    """The remembered answers of one snapshot."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self._kept: OrderedDict[tuple[str, bool], Remembered] = OrderedDict()
        self._spellings: OrderedDict[Spelling, tuple[str, bool]] = OrderedDict()
        self._lock = Lock()

    def find(self, spelling: Spelling) -> Remembered | None:
        """The answer to a request whose raw path, query and Accept are those of an earlier one."""
        key = self._spellings.get(spelling)
        return None if key is None else self.get(key)

    def get(self, key: tuple[str, bool]) -> Remembered | None:
        answer = self._kept.get(key)
        if answer is not None:
            try:
                self._kept.move_to_end(key)
            except KeyError:  # another thread has just removed it
                return None
        return answer

    def alias(self, spelling: Spelling, key: tuple[str, bool]) -> None:
        with self._lock:
            if key in self._kept and spelling not in self._spellings:
                self._spellings[spelling] = key
                self.size += _cost(spelling)
                self._shrink()

    def keep(self, spelling: Spelling, key: tuple[str, bool], answer: Remembered) -> None:
        if answer.cost * 8 > self.limit:  # one answer never pushes out most of the others
            return
        with self._lock:
            if key not in self._kept:
                self._kept[key] = answer
                self.size += answer.cost
        self.alias(spelling, key)

    def _shrink(self) -> None:
        while self.size > self.limit and self._kept:
            if len(self._spellings) > 4 * len(self._kept):
                spelling, _ = self._spellings.popitem(last=False)
                self.size -= _cost(spelling)
            else:
                _, answer = self._kept.popitem(last=False)
                self.size -= answer.cost
        if not self._kept:
            self._spellings.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._kept)


def _cost(spelling: Spelling) -> int:
    return len(spelling[0]) + len(spelling[1]) + len(spelling[2]) + 300


def etag(snapshot: str, release: str, query: str, form: str) -> str:
    """A weak entity tag (RFC 9110, 8.8.3): the same for every encoding of one answer."""
    digest = blake2b("\n".join((snapshot, release, query, form)).encode(), digest_size=12)
    return f'W/"{digest.hexdigest()}"'


def matches(if_none_match: bytes, tag: bytes) -> bool:
    """Weak comparison (RFC 9110, 8.8.3.2). `*` is not a match: it is answered like a plain GET."""
    opaque = tag.removeprefix(b"W/")
    return any(part.strip().removeprefix(b"W/") == opaque for part in if_none_match.split(b","))
