"""Finding a pasted quotation in a text: exactly, or as normalised, never loosely.

Normalised covers what is no matter of letters or digits (DIFFERENCES). Everything else must be there, in order.

Whole words are preferred: a match begins or ends within a word only where the quotation stands nowhere as whole words.
Between parts, words are always whole. Each part between ellipses takes one pass through the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from api.search.characters import IGNORED, SUPERSCRIPTS
from api.search.folding import FOLDS, divided, folded, stops_first, unfolded
from api.search.pasted import BRACKETS, HYPHEN, LINE_END, MARKS, NOTE, STOP, Variant, variants
from api.search.wording import Wording, wording

GAP = 1000  # code points that one ellipsis may stand for
PARTS = 16
LINE_ENDS, LEFT_OUT, NOTHING, COMPOSED = "line-end hyphens", "words left out", "ellipsis", "Unicode normalisation"
DIFFERENCES = (*FOLDS, LINE_ENDS, MARKS, STOP, BRACKETS, NOTE, LEFT_OUT, NOTHING, COMPOSED)

Span = tuple[int, int]
Spans = tuple[Span, ...]  # where each part stands


@dataclass(frozen=True)
class Match:
    """A span of code points in the text, and in what the quotation differs from it."""

    start: int
    end: int
    utf16_start: int
    utf16_end: int
    text: str
    differs: list[str]


class Quotation:
    def __init__(self, quote: str) -> None:
        self.quote = quote
        self._composed = unicodedata.normalize("NFC", quote)
        self.variants = variants(self._composed)
        self.worded = any(_in_word(character) for character in quote) and bool(self.variants)
        self._unturned = [variant for variant in self.variants if not variant.stops_first]
        self.ellipses = max((len(variant.parts) for variant in self._unturned), default=1) - 1  # between words
        self.elided = self.ellipses < PARTS

    @property
    def passes(self) -> int:
        """How often a text is looked through."""
        return max(1, sum(len(variant.parts) for variant in self.variants)) if self.elided else 1

    @property
    def cuts(self) -> bool:
        """Whether it may begin or end within a word."""
        return self.worded and any(
            _in_word(variant.folded[0][0]) or _in_word(variant.folded[-1][-1]) for variant in self.variants
        )

    def wording(self, cut: bool) -> Wording:
        """What every text that holds the quotation holds in one of its alternatives."""
        if not self.elided:
            return wording([[folded(self._composed.strip())]], cut)
        unbracketed = [variant for variant in self._unturned if BRACKETS in variant.changes]
        as_it_is = [variant for variant in self._unturned if BRACKETS not in variant.changes]
        return wording([list(group[-1].folded) for group in (as_it_is, unbracketed) if group], cut)

    def exactly(self, text: str, cut: bool) -> list[Span]:
        """Everywhere it stands as it is; `cut` takes it also within words."""
        return list(_standing(self.quote, text, not cut, not cut))

    def normalised(self, text: str, cut: bool) -> tuple[Variant, list[Spans]] | None:
        """Everywhere the parts of a variant stand in the *folded* text. Marks alone are no quotation."""
        if not (self.worded and self.elided):
            return None
        written = folded(text)
        for variant in self.variants:
            target = stops_first(written) if variant.stops_first else written
            places = _in_order(variant.folded, target, cut)
            if cut and places:
                starts, ends = divided(text, [place[0][0] for place in places], [place[-1][1] for place in places])
                places = [place for place in places if place[0][0] not in starts and place[-1][1] not in ends]
            if places:
                return variant, places
        return None

    def matches(self, text: str, variant: Variant, places: Iterable[Spans]) -> Iterator[Match]:
        """Normalised places as spans of the text."""
        listed = list(places)
        ends = sorted({offset for place in listed for start, end in place for offset in (start, end - 1)})
        origin = dict(zip(ends, unfolded(text, ends), strict=True))
        for place in listed:
            spans = [(origin[start], _after(text, origin[end - 1])) for start, end in place]
            yield match_at(text, (spans[0][0], spans[-1][1]), self._differs(variant, text, spans))

    def _differs(self, variant: Variant, text: str, spans: list[Span]) -> list[str]:
        pairs = []
        hyphens: set[bool] = set()  # whether the text has them
        for part, (start, end) in zip(variant.parts, spans, strict=True):
            written, kept = _with_hyphens(variant, part, text[start:end])
            pairs.append((written, text[start:end]))
            hyphens |= kept
        gaps = [text[before[1] : after[0]] for before, after in pairwise(spans)]
        omits = [any(character.isalnum() for character in gap) for gap in gaps]
        differs = {
            name: any(variant.fold(part, name) != variant.fold(words, name) for part, words in pairs) for name in FOLDS
        }
        differs["white space"] |= self._composed != self._composed.strip() or True in hyphens
        around = _ignored(LINE_END.sub("", self._composed)) - sum(map(_ignored, variant.parts))
        differs["characters without width"] |= around > 0
        differs |= dict.fromkeys(variant.changes, True)
        differs |= {LINE_ENDS: False in hyphens, LEFT_OUT: any(omits), NOTHING: not all(omits)}
        differs[COMPOSED] = self._composed != self.quote
        return [name for name in DIFFERENCES if differs.get(name)]


def match_at(text: str, span: Span, differs: list[str]) -> Match:
    start, end = span
    before, within = (len(part.encode("utf-16-le")) // 2 for part in (text[:start], text[start:end]))
    return Match(start, end, before, before + within, text[start:end], differs)


def _in_word(character: str) -> bool:
    return character.isalnum() and character not in SUPERSCRIPTS


def _ignored(text: str) -> int:
    return sum(character in IGNORED for character in text)


def _after(text: str, place: int) -> int:
    """The end of what folds to one character: a dot above i goes with it."""
    end = place + 1
    return end + 1 if text[end : end + 1] == "\u0307" and text[place] in "iIıİ" else end


def _pattern(part: str, hyphen: str) -> re.Pattern[str]:
    return re.compile(hyphen.join(map(re.escape, part.split(HYPHEN))))


def _with_hyphens(variant: Variant, part: str, words: str) -> tuple[str, set[bool]]:
    """The part with the hyphens that the text has, and whether the text has each."""
    if HYPHEN not in part:
        return part, set()
    match = _pattern(variant.fold(part), "(-?)").fullmatch(variant.fold(words))
    kept = match.groups() if match else ()
    pieces = part.split(HYPHEN)
    return "".join(piece + hyphen for piece, hyphen in zip(pieces, (*kept, ""), strict=False)), set(map(bool, kept))


def _standing(part: str, text: str, whole_first: bool, whole_last: bool) -> Iterator[Span]:
    """Everywhere the part stands in the text; a first or last word that has to be whole is not within another."""
    whole_first, whole_last = whole_first and _in_word(part[0]), whole_last and _in_word(part[-1])
    for start, end in _everywhere(part, text):
        if not (
            (whole_first and start and _in_word(text[start - 1]))
            or (whole_last and end < len(text) and _in_word(text[end]))
        ):
            yield start, end


def _everywhere(part: str, text: str) -> Iterator[Span]:
    if HYPHEN in part:
        pattern = _pattern(part, "-?")
        match = pattern.search(text)
        while match:
            yield match.span()
            match = pattern.search(text, match.start() + 1)
        return
    start = text.find(part)
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + 1)


def _in_order(parts: tuple[str, ...], text: str, cut: bool) -> list[Spans]:
    """Everywhere all parts stand in order, each within GAP of the one before it: the shortest of those that overlap."""
    if not all(next(_everywhere(part, text), None) for part in parts):
        return []
    last = len(parts) - 1
    places: list[Spans] = []
    for number, part in enumerate(parts):
        spans = _standing(part, text, number > 0 or not cut, number < last or not cut)
        places = list(_continued(places, spans)) if number else [(span,) for span in spans]
    return list({place[0]: place for place in reversed(places)}.values())[::-1]


def _continued(places: list[Spans], spans: Iterable[Span]) -> Iterator[Spans]:
    """Each span after the nearest place that ends before it; both ascend, and each is looked at once."""
    waiting = iter(places)
    nearest, following = None, next(waiting, None)
    for span in spans:
        while following is not None and following[-1][1] <= span[0]:
            nearest, following = following, next(waiting, None)
        if nearest is not None and span[0] - nearest[-1][1] <= GAP:
            yield *nearest, span
