"""What a pasted quotation may stand for: as it is, and without what others have put around or into it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from api.search.characters import IGNORED, QUOTATION_MARKS, SUPERSCRIPTS
from api.search.folding import folded, stops_first

MARKS, NOTE, BRACKETS = "marks around it", "note number", "brackets"
STOP = "comma or full stop at a mark"

# Within a part: a hyphen at the end of a line, which the text has or has not. It cannot occur in a quotation.
HYPHEN = "\x00"

ELLIPSIS = re.compile(
    r"(?<!\s)\s*+"  # from where white space begins, or each of its characters would be tried
    r"(?:(?:[\[(]\s*+)?(?:…|\.{3,}|(?:\. ){2,}\.)(?:\s*+[\])])?\s*+)+"
)
LINE_END = re.compile(r"(?<=[^\W_])[-‐‑\u00ad]\s+(?=[^\W_])")
_BRACKETED = re.compile(r"\[([^\[\]]+)\]")
WHITE_SPACE = "".join(filter(str.isspace, map(chr, range(0x3001))))  # U+3000 is the last of it
_STOPS = ".,，。、،"


@dataclass(frozen=True)
class Variant:
    """The parts between ellipses, as pasted and folded, and what was changed to come to them."""

    parts: tuple[str, ...]
    changes: frozenset[str]
    stops_first: bool = False
    folded: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", tuple(self.fold(part) for part in self.parts))

    def fold(self, text: str, without: str | None = None) -> str:
        text = folded(text, without)
        return stops_first(text) if self.stops_first else text


def variants(quote: str) -> list[Variant]:
    """The quotation as it is comes first: quotation marks and brackets may be the text's own. `quote` is in NFC."""
    peeled = list(_peeled(quote.replace(HYPHEN, " ").strip()))
    peeled += [
        (_BRACKETED.sub(r"\1", text), changes | {BRACKETS}) for text, changes in peeled if _BRACKETED.search(text)
    ]
    texts: dict[str, frozenset[str]] = {}
    for text, changes in peeled:
        texts.setdefault(text, changes)
    plain = [variant for text, changes in texts.items() if (variant := _variant(text, changes)).folded]
    turned = [Variant(each.parts, each.changes | {STOP}, stops_first=True) for each in plain if _has_stop_at_mark(each)]
    return plain + turned


def trimmed(quote: str) -> str:
    """Without white space and characters without width around it."""
    return quote.strip(IGNORED + WHITE_SPACE)


def _peeled(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The quotation, and what is left without a note's number, marks, a stop within the marks: again and again."""
    changes: frozenset[str] = frozenset()
    yield text, changes
    while True:
        peels = [
            (NOTE, text.rstrip(SUPERSCRIPTS)),
            (MARKS, text.strip(QUOTATION_MARKS + IGNORED + " \t\r\n\u00a0\u202f")),
        ]
        if MARKS in changes and text[-1:] in _STOPS and not text.endswith(".."):
            peels.append((STOP, text[:-1]))
        for change, shorter in peels:
            shorter = trimmed(shorter)
            if shorter and shorter != text:
                text, changes = shorter, changes | {change}
                yield text, changes
                break
        else:
            return


def _variant(text: str, changes: frozenset[str]) -> Variant:
    pieces = ELLIPSIS.split(text)
    if not (pieces[0] and pieces[-1]):
        changes |= {MARKS}
    parts = (LINE_END.sub(HYPHEN, piece) for piece in pieces)
    return Variant(tuple(part for part in parts if folded(part)), changes)


def _has_stop_at_mark(variant: Variant) -> bool:
    return any(f"'{stop}" in part or f"{stop}'" in part for part in variant.folded for stop in ".,")
