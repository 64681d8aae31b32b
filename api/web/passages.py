"""A text with what is marked in it: paragraphs, cut where a mark begins or ends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from api.records.reader import Record
from api.web.cards import Card

Range = tuple[int, int]


@dataclass(frozen=True)
class Mark:
    """A stretch of the text that a card rests on."""

    start: int
    end: int
    id: str
    marks: tuple[str, ...]
    href: str


@dataclass
class Segment:
    """Words with the same marks. `found`: they match the query of a search, or are those that were asked for."""

    text: str
    start: int
    marks: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    href: str = ""
    found: bool = False
    hit: int = 0  # the number of the hit that begins here


@dataclass
class Paragraph:
    number: int
    start: int
    end: int
    segments: list[Segment]
    cards: list[Card] = field(default_factory=list)


@dataclass
class Part:
    """A section as it is read: its heading, and its paragraphs where it is a leaf."""

    section: Record
    level: int
    paragraphs: list[Paragraph] = field(default_factory=list)


def marks(cards: Iterable[Card], everything: bool = False) -> list[Mark]:
    """The marks of the claims that are reported, quoted, hedged or contradicted, or of all claims."""
    return [
        Mark(card.source["start"], card.source["end"], card.id, tuple(card.marks), f"#{card.id}")
        for card in cards
        if card.marks or everything
    ]


def parts(
    sections: Sequence[Record], text: str, marked: Sequence[Mark], cards: Sequence[Card], found: Sequence[Range]
) -> list[Part]:
    """The whole text by sections. Each card stands beside the paragraph in which its words begin."""
    level: dict[str | None, int] = {None: 0}
    parents = {section["parent"] for section in sections}
    hit_at = {start: number for number, (start, _) in enumerate(found, 1)}
    made, number = [], 0
    for section in sections:
        level[section["id"]] = level[section["parent"]] + 1
        part = Part(section, level[section["id"]])
        for block in section["paragraphs"] if section["id"] not in parents else ():
            number += 1
            span = block["start"], block["end"]
            beside = [card for card in cards if span[0] <= card.source["start"] < span[1]]
            cut = segments(text, span, marked, found)
            for segment in cut:
                segment.hit = hit_at.get(segment.start, 0)
            part.paragraphs.append(Paragraph(number, *span, cut, beside))
        made.append(part)
    return made


def segments(
    text: str, span: Range, marked: Sequence[Mark] = (), found: Sequence[Range] = (), at: int = 0
) -> list[Segment]:
    """The words of a span; `text` begins at the offset `at`."""
    start, end = span
    here = [mark for mark in marked if mark.start < end and start < mark.end]
    hits = [hit for hit in found if hit[0] < end and start < hit[1]]
    edges = {start, end, *(edge for mark in here for edge in (mark.start, mark.end))}
    edges |= {edge for hit in hits for edge in hit}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    return list(_segments(text, at, cuts, here, hits))


def _segments(
    text: str, at: int, cuts: Sequence[int], here: Sequence[Mark], hits: Sequence[Range]
) -> Iterator[Segment]:
    for start, end in pairwise(cuts):
        over = [mark for mark in here if mark.start <= start and end <= mark.end]
        shortest = min(over, key=lambda mark: mark.end - mark.start, default=None)
        yield Segment(
            text=text[start - at : end - at],
            start=start,
            marks=sorted({each for mark in over for each in mark.marks}),
            ids=[mark.id for mark in over],
            href=shortest.href if shortest else "",
            found=any(hit[0] <= start and end <= hit[1] for hit in hits),
        )
