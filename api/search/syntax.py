"""The parts of `q`: words, phrases, prefixes, exclusions. No string is an error: what is not syntax is words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from api.search.characters import PHRASE_MARKS, without_ignored
from api.search.question import TooCostly
from api.search.words import LONGEST, WRITES_NO_SPACES, initials_joined, is_stop_word, query_tokens, read, words

MOST_WORDS, MOST_PHRASES, MOST_PREFIXES = 64, 16, 16
SHORTEST_PREFIX = 2  # letters
SHORTEST_UNFINISHED = 3  # letters
ENDINGS = " .,;:!?…"  # what may follow the last word

_PHRASES = "|".join(f"[{opening}]([^{closing}]*)[{closing}]" for opening, closing in PHRASE_MARKS)
_SINGLE = r"(?<!\w)‘((?:[^‘’]|’(?=\w))*)’(?!\w)"  # elsewhere these marks are apostrophes
_MARKS = "".join(dict.fromkeys("".join(map("".join, PHRASE_MARKS))))
_PART = re.compile(rf"((?<!\S)-)?(?:{_PHRASES}|{_SINGLE}|([^\s{_MARKS}]+))|[{_MARKS}]")


@dataclass(frozen=True)
class Word:
    stem: str
    word: str
    token: str  # as typed
    place: int  # among the words and prefixes of `q`; those of neighbours differ by one


@dataclass(frozen=True)
class Phrase:
    written: str
    words: tuple[Word, ...]

    @property
    def stems(self) -> tuple[str, ...]:
        return tuple(word.stem for word in self.words)


@dataclass
class Expression:
    """`words`, `phrases` and `prefixes` are alternatives. `unfinished` is the last word, if nothing follows it."""

    words: list[Word] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    without: list[tuple[str, ...]] = field(default_factory=list)  # stems of phrases, of one word or more
    without_prefixes: list[str] = field(default_factory=list)
    unfinished: Word | None = None

    @property
    def positive(self) -> bool:
        return bool(self.words or self.phrases or self.prefixes)

    @property
    def negative(self) -> bool:
        return bool(self.without or self.without_prefixes)


def parse(q: str) -> Expression:
    """Raises TooCostly beyond the most words, phrases or prefixes."""
    expression, places = Expression(), count(1)
    q = initials_joined(without_ignored(q.encode("utf-8", "replace").decode())).strip()
    phrases = 0
    every: list[Word] = []
    for part in _PART.finditer(q):
        excluding, *enclosed, piece = part.groups()
        written = next((text for text in enclosed if text is not None), None)
        if written is not None:
            phrase = Phrase(part[0], tuple(_words(written, places)))
            phrases += 1
            if phrase.words and excluding:
                expression.without.append(phrase.stems)
            elif phrase.words:
                expression.phrases.append(phrase)
        elif piece:
            every += _read_piece(expression, places, piece, excluding is not None)
    prefixes = len(expression.prefixes) + len(expression.without_prefixes)
    for number, most, name in (
        (next(places) - 1 - prefixes, MOST_WORDS, "words"),
        (phrases, MOST_PHRASES, "phrases"),
        (prefixes, MOST_PREFIXES, "prefixes"),
    ):
        if number > most:
            raise TooCostly(f"q has {number} {name}; at most {most} are answered: leave some of them out")
    telling = telling_words(every)
    expression.words = telling if telling or expression.phrases or expression.prefixes else every
    last = expression.words[-1] if expression.words else None
    if (
        last
        and q.rstrip(ENDINGS).endswith(last.token)
        and len(last.word) >= SHORTEST_UNFINISHED
        and last.word.isalpha()
    ):
        expression.unfinished = last
    return expression


def telling_words(words: list[Word]) -> list[Word]:
    """The words that are no stop words."""
    return [word for word in words if not is_stop_word(word.token, word.word)]


def _words(text: str, places: Iterator[int]) -> Iterator[Word]:
    for token, _, _ in query_tokens(text):
        yield from _words_of(token, places)


def _words_of(token: str, places: Iterator[int]) -> Iterator[Word]:
    for word, stem in zip(*map(str.split, read(token)), strict=True):
        yield Word(stem, word, token, next(places))


def _read_piece(expression: Expression, places: Iterator[int], piece: str, excluding: bool) -> list[Word]:
    """Adds the prefixes and exclusions of a piece without white space; returns its other words."""
    others: list[Word] = []
    excluded: list[str] = []
    for token, _, end in query_tokens(piece):
        if _is_prefix(piece, token, end):
            next(places)
            prefixes = expression.without_prefixes if excluding else expression.prefixes
            prefixes.append(words(token).split()[-1][:LONGEST])
        elif excluding:
            excluded += [word.stem for word in _words_of(token, places)]
        else:
            others += _words_of(token, places)
    if excluded:
        expression.without.append(tuple(excluded))
    return others


def _is_prefix(piece: str, token: str, end: int) -> bool:
    """One character of a script without spaces is the beginning of pairs of characters."""
    read = words(token).split()
    if len(token) == 1 and WRITES_NO_SPACES.match(token):
        return len(read) == 1
    if piece[end : end + 1] != "*" or piece[end + 1 : end + 2].isalnum():
        return False
    return len(read) == 1 and len(read[0]) >= SHORTEST_PREFIX
