"""One spelling for the same words: what a quotation keeps however it was pasted.

Nothing here looks further than one character and the white space beside it. So what is cut out of a text folds to
what is cut out of the folded text, and its words are words of the text, but for those that the cut went through.
"""

import re
from collections.abc import Callable, Iterator

SINGLE = "'‘’‚‛′`´"
DOUBLE = '"“”„‟″«»'
DASHES = "-‐‑‒–—−"

_WORD = re.compile(r"[^\W_]+")
_BETWEEN_SPACE = re.compile(r"\S+")


def _replaced(text: str, characters: str, by: str) -> str:
    for character in characters:  # several times as fast as str.translate where few of them occur
        text = text.replace(character, by)
    return text


def _single_spaced(text: str) -> str:
    """Runs of white space as one space, and none after a dash: a line may have been broken there."""
    text = " ".join(text.split())
    for dash in DASHES:
        text = text.replace(f"{dash} ", dash)
    return text


FOLDS: dict[str, Callable[[str], str]] = {
    "quotation marks": lambda text: _replaced(_replaced(text, SINGLE[1:], "'"), DOUBLE[1:], '"'),
    "dashes": lambda text: _replaced(text, DASHES[1:], "-"),
    "white space": _single_spaced,
    "case": lambda text: text.casefold().replace("ı", "i"),
}


def folded(text: str, without: str | None = None) -> str:
    """The text in its one spelling, or with one of the FOLDS left out."""
    for name, fold in FOLDS.items():
        if name != without:
            text = fold(text)
    return text


def words(folded: str) -> list[str]:
    """Runs of letters and digits."""
    found: list[str] = _WORD.findall(folded)
    return found


def unfolded(text: str, offsets: list[int]) -> Iterator[int]:
    """Where in the text the characters at these offsets of its folded form come from; offsets ascend."""
    wanted = iter(offsets)
    offset = next(wanted, None)
    at = 0  # in the folded form
    for stretch in _BETWEEN_SPACE.finditer(text):
        if offset is None:
            return
        said = stretch[0]
        width = len(said) if said.isascii() else len(said.casefold())
        while offset is not None and offset < at + width:
            yield stretch.start() + _character(said, offset - at)
            offset = next(wanted, None)
        at += width + (said[-1] not in DASHES)


def _character(said: str, offset: int) -> int:
    """Which character that offset of the case-folded string belongs to: some fold to two or three."""
    end = 0
    for at, character in enumerate(said):
        end += len(character.casefold())
        if offset < end:
            return at
    raise AssertionError(f"{offset} is beyond {end}")
