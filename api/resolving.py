"""Finding a pasted quotation in a text: exactly, or as normalised, never loosely.

Normalised means: quotation marks and dashes of any shape, any white space (a line broken after a hyphen too), upper
or lower case, and an ellipsis for words left out. Everything else must be there, in order.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ELLIPSIS = re.compile(r"\s*(?:\[\s*)?(?:…|\.{3,}|(?:\. ){2,}\.)(?:\s*\])?\s*")
GAP = 1000  # code points that one ellipsis may stand for
MOST = 25

SINGLE = "'‘’‚‛′`´"
DOUBLE = '"“”„‟″«»'
DASHES = "-‐‑‒–—−"

FOLDS: dict[str, Callable[[str], str]] = {
    "quotation marks": lambda text: text.translate(
        {ord(mark): "'" for mark in SINGLE} | {ord(mark): '"' for mark in DOUBLE}
    ),
    "dashes": lambda text: text.translate({ord(dash): "-" for dash in DASHES}),
    "white space": lambda text: re.sub(r"(?<=[-‐‑‒–—−]) ", "", " ".join(text.split())),
    "case": str.casefold,
}


@dataclass(frozen=True)
class Found:
    """A span of code points in the text, and in what the quotation differs from it."""

    start: int
    end: int
    utf16_start: int
    utf16_end: int
    text: str
    differs: list[str]


def locate(quote: str, text: str) -> list[Found]:
    """Where the quotation stands in the text: the exact places, or else those found as normalised."""
    exact = [(start, start + len(quote)) for start in _places(quote, text)] if quote else []
    if exact:
        return [_found(text, start, end, []) for start, end in exact]
    given = unicodedata.normalize("NFC", quote).strip().strip(SINGLE + DOUBLE + " ")
    parts = [part for part in ELLIPSIS.split(given) if part.strip()]
    if not any(char.isalnum() for part in parts for char in part):
        return []
    return [_found(text, start, end, _differs(quote, parts, text[start:end])) for start, end in _spans(parts, text)]


def _places(quote: str, text: str) -> Iterator[int]:
    start = text.find(quote)
    for _ in range(MOST):
        if start < 0:
            return
        yield start
        start = text.find(quote, start + 1)


def _spans(parts: list[str], text: str) -> list[tuple[int, int]]:
    """Spans in which all parts stand in order, each within GAP of the one before it."""
    patterns = [re.compile(_pattern(part), re.IGNORECASE) for part in parts]
    spans = []
    for first in patterns[0].finditer(text):
        end = first.end()
        for pattern in patterns[1:]:
            following = pattern.search(text, end, min(len(text), end + GAP + len(pattern.pattern)))
            if following is None:
                break
            end = following.end()
        else:
            spans.append((first.start(), end))
            if len(spans) == MOST:
                break
    return spans


def _pattern(part: str) -> str:
    def one(char: str) -> str:
        for group in (SINGLE, DOUBLE):
            if char in group:
                return f"[{re.escape(group)}]"
        return rf"[{re.escape(DASHES)}]\s*" if char in DASHES else re.escape(char)

    words = ["".join(one(char) for char in word) for word in part.split()]
    return r"\s+".join(words).replace(r"\s*\s+", r"\s*")


def _differs(quote: str, parts: list[str], found: str) -> list[str]:
    """The foldings without which the words would not be the same."""
    if len(parts) > 1:
        return ["words left out"]

    def folded(text: str, without: str) -> str:
        for name, fold in FOLDS.items():
            text = fold(text) if name != without else text
        return text

    given = unicodedata.normalize("NFC", quote)
    names = [name for name in FOLDS if folded(parts[0], name) != folded(found, name)]
    if given.strip() != parts[0]:
        names.append("marks around it")
    return names or ["Unicode normalisation"]


def _found(text: str, start: int, end: int, differs: list[str]) -> Found:
    before = start + sum(ord(char) > 0xFFFF for char in text[:start])
    within = (end - start) + sum(ord(char) > 0xFFFF for char in text[start:end])
    return Found(start, end, before, before + within, text[start:end], differs)
