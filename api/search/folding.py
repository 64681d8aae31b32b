"""One spelling for the same words: what a quotation keeps however it was pasted.

A fold looks at one character, its neighbour, and the white space beside it. So what is cut out of a text folds to what
is cut out of the folded text, and its words are words of the text, except for those that the cut went through.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from api.search.characters import (
    DASHES,
    LIGATURES,
    QUOTATION_MARKS,
    SUPERSCRIPTS,
    replaced,
    without_case,
    without_ignored,
)

_WORD = re.compile(f"[^\\W_{SUPERSCRIPTS}]+")
_STRETCH = re.compile(r"\S+")
_PLAIN = re.compile(r"[^'\"`]*(?:['\"`][^'\"`]+)*['\"`]?")  # no two marks in a row
BY_CONTEXT = "վՎ"  # after ե they are ւ
_MARK_AND_STOP = re.compile(f"([{QUOTATION_MARKS}])([.,])")


def _without_ligatures(text: str) -> str:
    if text.isascii():
        return text
    for ligature, letters in LIGATURES.items():
        if ligature in text:  # much faster than a replacement by several letters
            text = text.replace(ligature, letters)
    return text


def _one_mark(text: str) -> str:
    """Every quotation mark and apostrophe as one; several in a row, as of quotations within one another, as one."""
    text = replaced(text, QUOTATION_MARKS[1:], "'")
    while "''" in text:
        text = text.replace("''", "'")
    return text


def _single_spaced(text: str) -> str:
    """Runs of white space as one space, and none after a dash: a line may have been broken there."""
    text = " ".join(text.split())
    for dash in DASHES:
        text = text.replace(f"{dash} ", dash)
    return text


FOLDS: dict[str, Callable[[str], str]] = {
    "characters without width": without_ignored,
    "ligatures": _without_ligatures,
    "quotation marks": _one_mark,
    "dashes": lambda text: replaced(text, DASHES[1:], "-"),
    "white space": _single_spaced,
    "case": without_case,
}


def folded(text: str, without: str | None = None) -> str:
    """The text in its one spelling, or with one of the FOLDS left out."""
    for name, fold in FOLDS.items():
        if name != without:
            text = fold(text)
    return text


def stops_first(folded: str) -> str:
    """A comma or full stop after a quotation mark put before it, as some print it. The length stays."""
    return _MARK_AND_STOP.sub(r"\2\1", folded)


def folded_words(folded: str) -> list[str]:
    """Runs of letters and digits, without superscripts."""
    runs: list[str] = _WORD.findall(folded)
    return runs


def unfolded(text: str, offsets: list[int]) -> Iterator[int]:
    """Where in the text the characters at these offsets of its folded form come from; offsets ascend."""
    wanted = iter(offsets)
    offset = next(wanted, None)
    place = space = 0  # in the folded form; in the text, after the last stretch
    for match in _STRETCH.finditer(text):
        if offset is None:
            return
        stretch = match[0]
        plain = stretch.isascii() and _PLAIN.fullmatch(stretch) is not None
        origins = range(len(stretch)) if plain else _origins(stretch)
        while offset is not None and offset < place + len(origins):
            yield match.start() + origins[offset - place] if offset >= place else space
            offset = next(wanted, None)
        if origins:
            space = match.end()
            place += len(origins) + (stretch[origins[-1]] not in DASHES)


@cache
def _expanding() -> re.Pattern[str]:
    """Characters that fold to several, or by the one before them."""
    several = (chr(code) for code in range(0x80, 0x10000) if len(chr(code).casefold()) > 1)
    return re.compile(f"[{''.join(several)}{''.join(LIGATURES)}{BY_CONTEXT}]")


def divided(text: str, starts: list[int], ends: list[int]) -> tuple[set[int], set[int]]:
    """Those starts and ends in the folded text that fall within what one character of the text folds to."""
    if text.isascii() or not _expanding().search(text):
        return set(), set()
    beside = sorted({each for offset in (*starts, *ends) for each in (offset - 1, offset) if each >= 0})
    origin = dict(zip(beside, unfolded(text, beside), strict=False))

    def inside(offset: int) -> bool:
        return offset in origin and origin.get(offset - 1) == origin[offset]

    def changed(offset: int) -> bool:
        """Whether the character is another one without the one before it."""
        before = origin.get(offset - 1)
        return before is not None and text[before] in "եԵ" and text[origin[offset]] in BY_CONTEXT

    return {each for each in starts if inside(each) or changed(each)}, {each for each in ends if inside(each)}


def _origins(stretch: str) -> list[int]:
    """For each character of the folded stretch, which character it comes from."""
    origins: list[int] = []
    last = ""
    for place, character in enumerate(stretch):
        for each in _folded_character(character):
            if each == last == "'" or (last, each) == ("i", "\u0307"):
                continue
            origins.append(place)
            last = each
    return origins


@cache
def _folded_character(character: str) -> str:
    return folded(character, without="white space")
