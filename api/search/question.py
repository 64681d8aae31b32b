"""What is asked, and what the words of it ask for. No string is a syntax error: what is not syntax is words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from api.search.words import LONGEST, is_stop_word, stems, tokens, words

SHORTEST_PREFIX = 2  # letters
SHORTEST_FORGIVEN = 5  # letters

_PIECE = re.compile(
    r"""(?P<without>(?<!\S)-)?(?:["“”„](?P<phrase>[^"“”„]*)["“”„]|(?P<bare>[^\s"“”„]+))|["“”„]""",
)


@dataclass(frozen=True)
class Question:
    """Values of one filter mean *or*, filters mean *and*; days are ISO 8601, the first and last that count.

    `filters` may name "kind" and "id" beside the kinds' own. A kind that lacks a filter has no match under it.
    """

    kinds: tuple[str, ...]
    q: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_from: str | None = None
    date_to: str | None = None
    date_match: Literal["possible", "certain"] = "possible"
    sort: str | None = None  # a key of the kind's `orders`; None is relevance under `q`, else document order
    limit: int = 25
    offset: int = 0
    facets: tuple[str, ...] = ()
    sequence_range: tuple[int, int] | None = None  # inclusive

    @property
    def kinds_asked(self) -> list[str]:
        """In byte order."""
        chosen = self.filters.get("kind")
        return sorted(kind for kind in self.kinds if not chosen or kind in chosen)

    @property
    def narrowed(self) -> bool:
        """Whether anything beside `q` and the kinds keeps records out."""
        filtered = any(values for name, values in self.filters.items() if name != "kind")
        return filtered or bool(self.date_from or self.date_to or self.sequence_range)


@dataclass(frozen=True)
class Word:
    stem: str
    word: str
    token: str  # as typed
    place: int  # among the words of the question; those that stood next to each other differ by one
    forgivable: bool = False


@dataclass
class Asked:
    """The parts of `q`. All of `words`, `phrases` and `prefixes` are alternatives; phrases are lists of stems."""

    words: list[Word] = field(default_factory=list)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    without: list[tuple[str, ...]] = field(default_factory=list)  # phrases, of one word or more
    without_prefixes: list[str] = field(default_factory=list)

    @property
    def positive(self) -> bool:
        return bool(self.words or self.phrases or self.prefixes)

    @property
    def negative(self) -> bool:
        return bool(self.without or self.without_prefixes)


def asked(q: str) -> Asked:
    parts = Asked()
    read: list[Word] = []
    place = 0
    for piece in _PIECE.finditer(q):
        without = piece["without"] is not None
        if piece["phrase"] is not None:
            place += 2
            phrase = tuple(stem for token, _, _ in tokens(piece["phrase"]) for stem in stems(token).split())
            if phrase:
                (parts.without if without else parts.phrases).append(phrase)
            continue
        bare = piece["bare"] or ""
        excluded: list[str] = []
        for token, _, end in tokens(bare):
            if _is_prefix(bare, token, end):
                place += 2
                (parts.without_prefixes if without else parts.prefixes).append(words(token).split()[-1][:LONGEST])
            elif without:
                excluded += stems(token).split()
            else:
                for word, stem in zip(words(token).split(), stems(token).split(), strict=True):
                    place += 1
                    forgivable = len(word) >= SHORTEST_FORGIVEN and word.isalpha()
                    read.append(Word(stem, word, token, place, forgivable))
        if excluded:
            parts.without.append(tuple(excluded))
    telling = [word for word in read if not is_stop_word(word.token, word.word)]
    parts.words = telling if telling or parts.phrases or parts.prefixes else read
    return parts


def _is_prefix(bare: str, token: str, end: int) -> bool:
    if bare[end : end + 1] != "*" or bare[end + 1 : end + 2].isalnum():
        return False
    read = words(token).split()
    return len(read) == 1 and len(read[0]) >= SHORTEST_PREFIX
