"""How strings become terms: texts and questions are read alike.

A *token* is a stretch of a string as written ("Armenia’s", "U.S.", "700,000"), a *word* what is left of it without
case, accents, apostrophes and separators ("armenia", "us", "700000"), a *stem* the word without its English ending
("armenian" for "armenians"). A token may hold several words ("O’Brien") or none. In scripts without spaces each
character with the next one is a token.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import TypeVar

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from api.search.characters import (
    ACCENTS,
    APOSTROPHES,
    SPACELESS,
    VOWEL_SIGNS,
    replaced,
    visible,
    without_accents,
    without_case,
    without_ignored,
)

LONGEST = 100  # code points of a word that count
MOST_REMEMBERED = 1 << 18  # tokens or stretches

T = TypeVar("T")

_SIGNS = ACCENTS + VOWEL_SIGNS
_LETTER = f"[\\w{_SIGNS}]"
_POSSESSIVE = f"(?:[{APOSTROPHES}][sS](?!{_LETTER}))?"
_ALTERNATIVES = (
    rf"[^\W\d_]{{2,}}+(?![\d{_SIGNS}{APOSTROPHES}])"  # nearly all of them
    rf"|[^\W\d_]\.(?:\s[^\W\d_]\.)+(?!{_LETTER}){_POSSESSIVE}"  # U. S.
    rf"|[^\W\d_](?:\.[^\W\d_])+(?!{_LETTER})\.?{_POSSESSIVE}"  # U.S., e.g., U.S.’s
    rf"|\d+(?:[.,]\d+)+(?!{_LETTER})"  # 700,000 and 0.05
    rf"|{_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)*"
)
_TOKEN = re.compile(_ALTERNATIVES)
_CHARACTER = re.compile(f"[{SPACELESS}][{_SIGNS}]*")
WRITES_NO_SPACES = re.compile(f"[{SPACELESS}]")
_RUN = f"(?P<run>(?:[{SPACELESS}][{_SIGNS}]*)+)"
_NO_RUN = _ALTERNATIVES.replace("[^\\W\\d_]", f"[^\\W\\d_{SPACELESS}]").replace(
    _LETTER, f"(?:(?![{SPACELESS}]){_LETTER})"
)

_SPACED_INITIALS = re.compile(rf"(?<!{_LETTER})(?:[^\W\d_]\.\s)+[^\W\d_]\.(?!{_LETTER})")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+\.\d+")
_ENDING = re.compile(r"'(?:s|re|ve|ll|d|m)$")
_PARTS = re.compile(rf"\d+\.\d+|(?:[^\W_]|[{VOWEL_SIGNS}])+")

# Words of a question that do not show what it is about: articles, pronouns, auxiliaries, particles.
STOP_WORDS = frozenset(
    """
    a about also am an and any are arent as at be been being but by can cant could couldnt did didnt do does doesnt
    doing dont for from had hadnt has hasnt have havent having he her hers herself him himself his how i if in into is
    isnt it its itself just me my myself no nor not of on or our ours ourselves she should shouldnt so some such than
    that the their theirs them themselves then there these they this those to too us very was wasnt we were werent
    what when where which while who whom whose why will with wont would wouldnt you your yours
    """.split()  # noqa: SIM905
)


def _analyzer(*filters: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.raw())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


_ascii = _analyzer(Filter.ascii_fold(), Filter.lowercase())
_english = _analyzer(Filter.stemmer("english"))


@cache
def _mixed_token() -> re.Pattern[str]:
    """A token or a run of a text with characters that are written without spaces. Its compilation takes 12 ms."""
    return re.compile(f"{_RUN}|{_NO_RUN}")


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Each token of a text with its start and end in code points."""
    shown, places = visible(text)
    if places is None:
        yield from _tokens(shown, True)
    else:
        for token, start, end in _tokens(shown, True):
            yield token, places[start], places[end - 1] + 1


def query_tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """The same of a question, in which the last character of a run is part of its last pair only."""
    yield from _tokens(without_ignored(text), False)


def _tokens(text: str, closed: bool) -> Iterator[tuple[str, int, int]]:
    text = text.replace("_", " ")
    if text.isascii() or not WRITES_NO_SPACES.search(text):
        for match in _TOKEN.finditer(text):
            yield match[0], match.start(), match.end()
        return
    for match in _mixed_token().finditer(text):
        if match["run"]:
            yield from _pairs(match[0], match.start(), closed)
        else:
            yield match[0], match.start(), match.end()


def _pairs(run: str, start: int, closed: bool) -> Iterator[tuple[str, int, int]]:
    """Each character with the next one. The last one is a token by itself, so that every character begins a token."""
    ends = [match.span() for match in _CHARACTER.finditer(run)]
    for (first, _), (_, last) in pairwise(ends):
        yield run[first:last], start + first, start + last
    if closed or len(ends) == 1:
        first, last = ends[-1]
        yield run[first:last], start + first, start + last


def token_list(text: str) -> list[str]:
    """The tokens of a text without characters that are ignored."""
    if text.isascii() or not WRITES_NO_SPACES.search(text):
        return _TOKEN.findall(text.replace("_", " "))
    return [token for token, _, _ in _tokens(text, True)]


def words(token: str) -> str:
    """The words of a token, separated by spaces."""
    return read(token)[0]


def stems(token: str) -> str:
    """The stems of a token, separated by spaces."""
    return read(token)[1]


def stem(word: str) -> str:
    return str(_english.analyze(word)[0])


def is_stop_word(token: str, word: str) -> bool:
    """Whether a word of a question is left out of it. "US" and "WHO" in capitals, and "U.S.", are names."""
    return word in STOP_WORDS and "." not in token and not (len(token) > 1 and token.isupper())


def stretches(text: str) -> list[str]:
    """What stands between white space, and never less than a token: initials such as U. S. are brought together."""
    text = without_ignored(text)
    if ". " in text or ".\u00a0" in text:
        text = initials_joined(text)
    return text.split()


def initials_joined(text: str) -> str:
    return _SPACED_INITIALS.sub(lambda match: "".join(match[0].split()), text)


def _words(token: str) -> str:
    if token.isascii():
        folded = token.lower()
        if token.isalpha():
            return folded[:LONGEST]
    else:
        folded = replaced(without_accents(without_case(token)), APOSTROPHES[1:], "'")
        folded = " ".join(_ascii.analyze(folded))
    if "'" in folded:
        folded = _ENDING.sub("", folded).replace("n't", "nt")
    if folded[:1].isdigit():
        if _THOUSANDS.fullmatch(folded):
            folded = folded.replace(",", "")
        elif not _DECIMAL.fullmatch(folded):
            folded = folded.replace(".", " ")
    elif "." in folded:
        folded = "".join(folded.replace(".", "").split())
    return " ".join(part[:LONGEST] for part in _PARTS.findall(folded))


class _Remembered(dict[str, T]):
    """What a function makes of strings. Few differ and most occur often: each is read once, unless it is long."""

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> T:
        value = self._function(text)
        if len(text) <= LONGEST:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[text] = value
        return value


def remembering(function: Callable[[str], T]) -> Callable[[str], T]:
    """Several times as fast as functools.cache, which does not bound what it holds."""
    return _Remembered(function).__getitem__


@remembering
def read(token: str) -> tuple[str, str]:
    """A token's words and its stems, each separated by spaces."""
    folded = _words(token)
    return folded, " ".join(map(stem, folded.split()))


@remembering
def stretch_words(stretch: str) -> str:
    """The words of a stretch between white space, punctuation and all."""
    return " ".join(filter(None, map(words, token_list(stretch))))


@remembering
def stretch_stems(stretch: str) -> str:
    return " ".join(filter(None, map(stems, token_list(stretch))))
