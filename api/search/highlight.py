"""Where a question's words stand in a record's own strings: ranges, no markup.

One pass over each text for all words, phrases and prefixes at once: the cost is linear in the text.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

from api.search.characters import APOSTROPHES
from api.search.words import read as read_token
from api.search.words import tokens

MOST_RANGES = 100  # of a record

Range = tuple[int, int]


class Highlight(TypedDict):
    """Offsets in code points and in UTF-16 code units."""

    field: str
    start: int
    end: int
    utf16_start: int
    utf16_end: int


class _Node:
    """A state of the automaton of Aho and Corasick ("Efficient String Matching", 1975), over stems."""

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.fail: _Node | None = None
        self.longest = 0  # stems of the longest phrase that ends here


@dataclass(frozen=True)
class Terms:
    """What a question looks for after forgiveness: stems, phrases of stems, beginnings of words."""

    stems: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    prefixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.phrases or self.prefixes)

    @cached_property
    def automaton(self) -> _Node:
        root = _Node()
        for phrase in self.phrases:
            node = root
            for stem in phrase:
                node = node.next.setdefault(stem, _Node())
            node.longest = len(phrase)
        waiting = deque(root.next.values())
        while waiting:
            node = waiting.popleft()
            for stem, child in node.next.items():
                child.fail = _step(node.fail or root, root, stem)
                child.longest = max(child.longest, child.fail.longest)
                waiting.append(child)
        return root


def _step(node: _Node, root: _Node, stem: str) -> _Node:
    while stem not in node.next and node is not root:
        node = node.fail or root
    return node.next.get(stem, root)


def highlight(terms: Terms, strings: Mapping[str, str]) -> list[Highlight]:
    """The first ranges in `strings` (dotted path to string), in order and without overlap."""
    highlights: list[Highlight] = []
    if terms:
        for field, text in strings.items():
            if len(highlights) < MOST_RANGES:
                ranges = _ranges(terms, text, MOST_RANGES - len(highlights))
                highlights += _with_code_units(field, text, ranges)
    return highlights


def _ranges(terms: Terms, text: str, most: int) -> list[Range]:
    """Matches come in the order of their ends, so that those that overlap are next to each other."""
    merged: list[Range] = []
    enough = most + max(map(len, terms.phrases), default=0)  # a phrase may join as many ranges
    for start, end in _matches(terms, text):
        while merged and start < merged[-1][1]:
            previous = merged.pop()
            start, end = min(start, previous[0]), max(end, previous[1])
        merged.append((start, end))
        if len(merged) > enough:
            break
    return merged[:most]


def _matches(terms: Terms, text: str) -> Iterator[Range]:
    root = terms.automaton
    node = root
    starts: deque[int] = deque(maxlen=max(map(len, terms.phrases), default=1))  # of the last stems
    for token, start, end in tokens(text):
        end = _without_ending(token, end)
        words, stems = read_token(token)
        matches = False
        for stem in stems.split():
            starts.append(start)
            matches = matches or stem in terms.stems
            if terms.phrases:
                node = _step(node, root, stem)
                if node.longest:
                    yield starts[-node.longest], end
        if matches or (terms.prefixes and _begins(words, terms.prefixes)):
            yield start, end


def _begins(words: str, prefixes: tuple[str, ...]) -> bool:
    return words.startswith(prefixes) or (" " in words and any(word.startswith(prefixes) for word in words.split()))


def _without_ending(token: str, end: int) -> int:
    """ "Armenia’s" is highlighted as "Armenia"."""
    return end - 2 if len(token) > 2 and token[-1] in "sS" and token[-2] in APOSTROPHES else end


def _with_code_units(field: str, text: str, ranges: list[Range]) -> Iterator[Highlight]:
    """Characters beyond U+FFFF have two code units each."""
    wide = not text.isascii() and max(text) > "\uffff"
    position = beyond = 0
    for start, end in ranges:
        units = []
        for offset in (start, end):
            if wide:
                beyond += sum(character > "\uffff" for character in text[position:offset])
                position = offset
            units.append(offset + beyond)
        yield {"field": field, "start": start, "end": end, "utf16_start": units[0], "utf16_end": units[1]}
