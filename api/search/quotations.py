"""Finding a pasted quotation in a text: exactly, or as normalised, never loosely.

Normalised means: quotation marks and dashes of any shape, any white space (a line broken after a dash too), upper
or lower case, marks put around it, and an ellipsis for words left out. Everything else must be there, in order.

Whole words are preferred: what begins or ends within a word is found where the quotation stands nowhere as whole words,
and between parts words are always whole. It takes one look through the text for each part that ellipses divide it into.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from api.search.folding import DOUBLE, FOLDS, SINGLE, folded, unfolded

ELLIPSIS = re.compile(
    r"(?<!\s)\s*+"  # from where white space begins, or each of its characters would be tried
    r"(?:(?:[\[(]\s*+)?(?:…|\.{3,}|(?:\. ){2,}\.)(?:\s*+[\])])?\s*+)+"
)
GAP = 1000  # code points that one ellipsis may stand for
PARTS = 16
MARKS, LEFT_OUT, NOTHING, COMPOSED = "marks around it", "words left out", "ellipsis", "Unicode normalisation"
DIFFERENCES = (*FOLDS, MARKS, LEFT_OUT, NOTHING, COMPOSED)

Span = tuple[int, int]
Place = tuple[Span, ...]  # where each part stands


@dataclass(frozen=True)
class Found:
    """A span of code points in the text, and in what the quotation differs from it."""

    start: int
    end: int
    utf16_start: int
    utf16_end: int
    text: str
    differs: list[str]


@dataclass(frozen=True)
class Parts:
    """What a quotation consists of once it is taken as normalised, as pasted and folded."""

    said: list[str]
    marked: bool  # whether marks around them were taken away
    folded: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", [folded(part) for part in self.said])


class Quotation:
    def __init__(self, quote: str) -> None:
        self.quote = quote
        self._composed = unicodedata.normalize("NFC", quote)
        given = self._composed.strip()
        bare = given.strip(SINGLE + DOUBLE + " ").strip()
        # As given first: quotation marks may be the text's own.
        self.readings = [_parts(each, each != given) for each in dict.fromkeys((given, bare))]
        self.ellipses = len(self.readings[-1].said) - 1  # between words
        self.elided = self.ellipses < PARTS
        self.worded = any(char.isalnum() for char in quote)
        # Every text that holds the quotation holds the words of these.
        self.parts = self.readings[-1].folded if self.elided else [folded(bare)]
        self.cuts = self.worded and (self.parts[0][0].isalnum() or self.parts[-1][-1].isalnum())

    def exactly(self, text: str, cut: bool) -> list[Span]:
        """Everywhere it stands as it is; `cut` takes it also within words."""
        return list(_standing(self.quote, text, not cut, not cut))

    def normalised(self, text: str, cut: bool) -> tuple[Parts, list[Place]] | None:
        """Everywhere its parts stand in the *folded* text, and which they are. Marks alone are no quotation."""
        if not (self.worded and self.elided):
            return None
        written = folded(text)
        for parts in self.readings:
            if places := _in_order(parts.folded, written, cut):
                return parts, places
        return None

    def found(self, text: str, parts: Parts, places: Iterable[Place]) -> Iterator[Found]:
        """Normalised places as spans of the text."""
        listed = list(places)
        ends = sorted({offset for place in listed for start, end in place for offset in (start, end - 1)})
        origin = dict(zip(ends, unfolded(text, ends), strict=True))
        for place in listed:
            spans = [(origin[start], origin[end - 1] + 1) for start, end in place]
            yield found(text, (spans[0][0], spans[-1][1]), self._differs(parts, text, spans))

    def _differs(self, parts: Parts, text: str, spans: list[Span]) -> list[str]:
        pairs = [(part, text[start:end]) for part, (start, end) in zip(parts.said, spans, strict=True)]
        gaps = [text[before[1] : after[0]] for before, after in pairwise(spans)]
        spaced = self._composed != self._composed.strip()
        said = [any(char.isalnum() for char in gap) for gap in gaps]
        told = {
            **{name: any(folded(part, name) != folded(words, name) for part, words in pairs) for name in FOLDS},
            MARKS: parts.marked,
            LEFT_OUT: any(said),
            NOTHING: not all(said),
            COMPOSED: self._composed != self.quote,
        }
        told["white space"] |= spaced
        return [name for name, differs in told.items() if differs]


def found(text: str, span: Span, differs: list[str]) -> Found:
    start, end = span
    before, within = (len(part.encode("utf-16-le")) // 2 for part in (text[:start], text[start:end]))
    return Found(start, end, before, before + within, text[start:end], differs)


def _parts(given: str, marked: bool) -> Parts:
    pieces = ELLIPSIS.split(given)
    said = [piece for piece in pieces if piece]
    return Parts(said, marked or not (pieces[0] and pieces[-1]))


def _standing(part: str, text: str, whole_first: bool, whole_last: bool) -> Iterator[Span]:
    """Everywhere the part stands in the text; a first or last word that has to be whole is not within another."""
    whole_first, whole_last = whole_first and part[0].isalnum(), whole_last and part[-1].isalnum()
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        within = (whole_first and start and text[start - 1].isalnum()) or (whole_last and text[end : end + 1].isalnum())
        if not within:
            yield start, end
        start = text.find(part, start + 1)


def _in_order(parts: list[str], text: str, cut: bool) -> list[Place]:
    """Everywhere all parts stand in order, each within GAP of the one before it: the shortest of those that overlap."""
    if not all(part in text for part in parts):
        return []
    last = len(parts) - 1
    places: list[Place] = []
    for at, part in enumerate(parts):
        spans = _standing(part, text, at > 0 or not cut, at < last or not cut)
        places = list(_continued(places, spans)) if at else [(span,) for span in spans]
    return list({place[0]: place for place in reversed(places)}.values())[::-1]


def _continued(places: list[Place], spans: Iterable[Span]) -> Iterator[Place]:
    """Each span after the nearest place that ends before it; both ascend, and each is looked at once."""
    waiting = iter(places)
    nearest, following = None, next(waiting, None)
    for span in spans:
        while following is not None and following[-1][1] <= span[0]:
            nearest, following = following, next(waiting, None)
        if nearest is not None and span[0] - nearest[-1][1] <= GAP:
            yield *nearest, span
