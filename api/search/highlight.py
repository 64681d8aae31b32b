"""Where a question's words stand in a record's own strings: ranges of code points, no markup."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from api.search.words import APOSTROPHES, stems, tokens, words


@dataclass(frozen=True)
class Terms:
    """What a question looks for, after forgiveness: stems, phrases of stems, beginnings of words."""

    stems: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    prefixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.phrases or self.prefixes)


class Highlight(TypedDict):
    field: str
    start: int
    end: int


def highlight(terms: Terms, strings: Mapping[str, str]) -> list[Highlight]:
    """Ranges in `strings` (dotted path to string), in order and without overlap."""
    if not terms:
        return []
    return [
        {"field": field, "start": start, "end": end}
        for field, text in strings.items()
        for start, end in _ranges(terms, text)
    ]


def _ranges(terms: Terms, text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    read: list[tuple[str, int, int]] = []  # every stem with the range of its token
    for token, start, end in tokens(text):
        end = _without_ending(token, end)
        stemmed = stems(token).split()
        read += [(stem, start, end) for stem in stemmed]
        if not terms.stems.isdisjoint(stemmed) or (
            terms.prefixes and any(word.startswith(terms.prefixes) for word in words(token).split())
        ):
            found.append((start, end))
    for phrase in terms.phrases:
        found += [
            (read[at][1], read[at + len(phrase) - 1][2])
            for at in range(len(read) - len(phrase) + 1)
            if all(read[at + step][0] == stem for step, stem in enumerate(phrase))
        ]
    return _merged(found)


def _without_ending(token: str, end: int) -> int:
    """ "Armenia’s" is found as "Armenia"."""
    ending = token[-2:]
    return end - 2 if len(token) > 2 and ending[0] in APOSTROPHES and ending[1] in "sS" else end


def _merged(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
