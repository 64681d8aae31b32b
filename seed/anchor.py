"""Quotes become spans: exactly, once, or not at all."""

import re
from array import array
from bisect import bisect_right
from typing import Any

from api.search.mentions import bounded
from seed.faults import short
from seed.text import Span, Utf16

CONTEXT = 32  # code points of prefix and suffix
SCANS = 8  # after which the words of the text are looked up instead of scanning for a quote
LARGE = 200_000  # code points from which they always are
FEW = 16  # places of a word that are looked at sooner than a rarer word is looked for
PIECE = 500_000  # code points split at once; the words of all of a large text would fill the memory
REMEMBERED = 20_000


Passage = dict[str, Any]  # the columns of api.model.columns.Passage, without the document


class Anchors:
    """One document's canonical text, and where words stand in it."""

    def __init__(self, text: str, sentences: list[Span]) -> None:
        self.text = text
        self.utf16 = Utf16(text)
        self.sentences = sentences
        self._sentence_starts = [start for start, _ in sentences]
        self._section_starts = [0]
        self._section_ids = [""]
        self._results: dict[tuple[str, str, str], Span | int] = {}
        self._places: dict[str, array[int]] | None = None
        self._searches = 0

    def divide(self, leaves: list[tuple[int, str]]) -> None:
        """Sets the leaf sections, as (start, id) in order of the text."""
        self._section_starts = [start for start, _ in leaves]
        self._section_ids = [name for _, name in leaves]

    def find(self, quote: str, prefix: str | None = None, suffix: str | None = None) -> Span | str:
        """The span of the quote, or a message that says what is wrong with it and how to mend it."""
        words = (quote, prefix or "", suffix or "")
        result = self._results.get(words)
        if result is None:
            if len(self._results) >= REMEMBERED:
                self._results.clear()
            result = self._results[words] = self._look(*words)
        return result if isinstance(result, tuple) else self._problem(*words, result)

    def _look(self, quote: str, prefix: str, suffix: str) -> Span | int:
        needle = prefix + quote + suffix
        self._searches += 1
        if (self._searches > SCANS or len(self.text) >= LARGE) and (starts := self._candidates(needle)) is not None:
            startswith = self.text.startswith
            hits = [start for start in starts if startswith(needle, start)]
            if len(hits) != 1:
                return len(hits)
            at = hits[0]
        else:
            at = self.text.find(needle)
            if at < 0:
                return 0
            if self.text.find(needle, at + 1) >= 0:
                return sum(1 for _ in re.finditer(f"(?={re.escape(needle)})", self.text))
        start = at + len(prefix)
        return start, start + len(quote)

    def _candidates(self, needle: str) -> list[int] | None:
        """Where the needle can begin: near the places of a rare word that has a space on both sides in it.

        None where it has no such word, as in a script without spaces.
        """
        words = needle.split(" ")[1:-1]
        if not words:
            return None
        if self._places is None:
            self._places = _places(self.text)
        offsets = self._places
        word = max(words, key=len)  # as a rule it is rare
        places = offsets.get(word, ())
        if len(places) > FEW:
            word = min(words, key=lambda word: len(offsets.get(word, ())))
            places = offsets.get(word, ())
        offset = needle.find(f" {word} ") + 1
        return [place - offset for place in places if place >= offset]

    def _problem(self, quote: str, prefix: str, suffix: str, times: int) -> str:
        shown = short(quote)
        if times:
            return f"the quote “{shown}” occurs {times} times; add `prefix` or `suffix` to tell which is meant"
        if (prefix or suffix) and quote in self.text:
            return f"the quote “{shown}” does not stand between these; copy the adjoining words and their spaces"
        if len(self.text) >= LARGE:
            return f"the quote “{shown}” is not in the text; copy it from the canonical text"
        folded = " ".join(quote.split())
        if folded != quote and folded in self.text:
            return f"the quote “{shown}” differs from the text in white space; the canonical text has single spaces"
        straight = str.maketrans("“”‘’", "\"\"''")
        if quote.translate(straight) in self.text.translate(straight):
            return f"the quote “{shown}” differs from the text in its quotation marks; copy them from the text"
        if quote.casefold() in self.text.casefold():
            return f"the quote “{shown}” differs from the text in upper and lower case; copy it from the text"
        return f"the quote “{shown}” is not in the text; copy it from the canonical text"

    def offsets(self, span: Span) -> dict[str, int]:
        start, end = span
        return {"start": start, "end": end, "utf16_start": self.utf16(start), "utf16_end": self.utf16(end)}

    def passage(self, span: Span) -> Passage:
        start, end = span
        words = {
            "section": self.section(start),
            "quote": self.text[start:end],
            "prefix": self.text[max(0, start - CONTEXT) : start],
            "suffix": self.text[end : end + CONTEXT],
        }
        return words | self.offsets(span)

    def section(self, offset: int) -> str:
        """The leaf section that holds the offset."""
        return self._section_ids[bisect_right(self._section_starts, offset) - 1]

    def sentences_of(self, span: Span) -> range:
        """The ordinals, from 0, of the sentences that the span touches."""
        starts = self._sentence_starts
        last = bisect_right(starts, span[1] - 1)
        first = max(bisect_right(starts, span[0]) - 1, 0)
        if first < last and self.sentences[first][1] <= span[0]:
            first += 1
        return range(first, last)

    def sentence_text(self, span: Span) -> str:
        touched = self.sentences_of(span)
        return self.text[self.sentences[touched[0]][0] : self.sentences[touched[-1]][1]] if touched else ""


def _places(text: str) -> "dict[str, array[int]]":
    """The offsets of each word; spaces separate words."""
    places: dict[str, array[int]] = {}
    at = 0
    while at < len(text):
        cut = text.find(" ", at + PIECE)
        for word in text[at : cut if cut >= 0 else len(text)].split(" "):
            if word in places:
                places[word].append(at)
            else:
                places[word] = array("q", (at,))
            at += len(word) + 1
    return places


def holds(text: str, words: str) -> bool:
    """Whether the words occur in the text, not inside longer words."""
    at = text.find(words)
    while at >= 0:
        if bounded(text, at, at + len(words)):
            return True
        at = text.find(words, at + 1)
    return False
