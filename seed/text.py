"""The canonical text of a source, and the spans it is made of.

Offsets are Unicode code points, `end` exclusive (W3C Web Annotation Data Model, 4.2.5 Text Position Selector).
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from sentencex import segment

Span = tuple[int, int]

NUMBER = re.compile(r"\d+\.\s*")
BREAK = "\n\n"


def canonical(source: bytes) -> str:
    """The text that quotes are cut from; raises UnicodeDecodeError where the source is not UTF-8.

    Lines are joined to paragraphs: a blank line, or a line that begins with white space, starts a new one.
    An empty string means that the source holds nothing but white space.
    """
    lines = (
        unicodedata.normalize("NFC", source.decode("utf-8-sig")).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    paragraphs: list[str] = []
    current: list[str] = []
    for line in lines:
        words = line.strip()
        if current and (not words or line[0].isspace()):
            paragraphs.append(_joined(current))
            current = []
        if words:
            current.append(words)
    if current:
        paragraphs.append(_joined(current))
    return BREAK.join(paragraphs) + "\n" if paragraphs else ""


def _joined(lines: list[str]) -> str:
    return "".join(line if line.endswith("-") else line + " " for line in lines[:-1]) + lines[-1]


def paragraphs(text: str) -> list[Span]:
    spans = []
    start = 0
    for words in text.removesuffix("\n").split(BREAK):
        spans.append((start, start + len(words)))
        start += len(words) + len(BREAK)
    return spans


def sentences(text: str, blocks: list[Span], language: str) -> Iterator[Span]:
    """Spans of the sentences of each paragraph, without the white space that follows them.

    A bare list number ("1. ") belongs to the sentence that it opens.
    """
    for first, last in blocks:
        start = at = first
        for words in segment(language, text[first:last]):
            at += len(words)
            if at < last and NUMBER.fullmatch(words) and start + len(words) == at:
                continue
            if length := len(text[start:at].rstrip()):
                yield start, start + length
            start = at
        if at != last:
            raise AssertionError(f"sentences of {first}-{last} end at {at}")


class Utf16:
    """Where a code point offset lies for JavaScript: characters beyond U+FFFF count twice there."""

    def __init__(self, text: str) -> None:
        self._wide = (
            [] if text.isascii() or max(text) < "\U00010000" else [i for i, c in enumerate(text) if c > "\uffff"]
        )
        self.length = len(text) + len(self._wide)

    def __call__(self, offset: int) -> int:
        return offset + bisect_left(self._wide, offset) if self._wide else offset
