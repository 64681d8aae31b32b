"""Quotations: whether one is in the texts, where, and what rests on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, Literal, Union

from pydantic import Field
from sqlalchemy import select

from api.content.statements import among
from api.model.columns import columns
from api.model.tables import Document
from api.params.base import Params
from api.params.fields import DocumentId, Id, Many, Words
from api.problems import Fault, Problem, bad_query
from api.records.lists import enveloped, reading
from api.records.pages import model
from api.records.presentation import PRESENTATIONS
from api.records.reader import Reader, Record
from api.records.shapes import One, RecordMeta, Shape, Utf16
from api.records.spans import SOURCED, Text, count, overlapping, resting_on
from api.request import Body, SnapshotRequest
from api.search.quotations import DIFFERENCES, PARTS, Match, Quotation, match_at

DOCUMENT = columns(Document)
TEXTS = select(DOCUMENT.id, DOCUMENT.text).where(among(DOCUMENT.sequence, "wanted")).order_by(DOCUMENT.sequence)
SHOWN = 25  # spans
AT_ONCE = 20  # texts in memory

# What may be looked through for one quotation, in code points of text for each part of it; in so much stand only words
# that are in nearly every text. Opening a text and examining a place cost as much as so many code points.
LOOKED_THROUGH = 100_000_000
OPENING, EXAMINING = 1000, 10


class ResolveParams(Params):
    quote: Annotated[
        Words, Field(max_length=4000, description="A quotation, as it was copied.", examples=["Karabakh is Armenia"])
    ]
    document: Many[DocumentId] = Field((), description="In these documents.")


RESTING: Any = Annotated[
    Union[tuple(PRESENTATIONS[kind.name].shape for kind in SOURCED)],  # noqa: UP007 - made of a tuple
    Field(discriminator="kind"),
]


class Position(Shape):
    document: Id
    start: int
    end: int
    utf16: Utf16
    text: str = Field(description="The words as they stand in the text.")
    differs: list[str] = Field(
        description=f"In what the quotation differs from them; empty if it is exact. Of: {', '.join(DIFFERENCES)}."
    )
    sentence: str = Field(description="The sentences that hold the words, whole.")
    total: int = Field(description="Records that rest on these words.")
    href: str = Field(description="All of them.")


ResolvedSpan: Any = model("ResolvedSpan", Position, records=(list[RESTING], Field(description="The first 25 of them.")))


class Resolution(Shape):
    quote: str
    match: Literal["exact", "normalised", "none"] = Field(
        description="exact: it stands in a text character by character; whole words are preferred to pieces of words."
    )
    spans: list[ResolvedSpan] = Field(description="The first 25, by document and place.")


class ResolutionMeta(RecordMeta):
    total: int | None = Field(
        description="Spans in all; null where the words stand in more text than is looked through for one quotation."
    )


class ResolveResponse(One[Resolution]):
    meta: ResolutionMeta


@dataclass
class Lookup:
    """The places of a quotation so far. Where it stands exactly, other places do not count."""

    quotation: Quotation
    exact: bool = False
    complete: bool = False
    total: int = 0
    spans: list[tuple[str, Match]] = field(default_factory=list)

    def look(self, document: str, text: str, *, cut: bool, loosely: bool) -> int:
        """Add what this text holds. Returns what looking cost."""
        exactly = self.quotation.exactly(text, cut)
        if exactly and not self.exact:
            self.exact, self.total, self.spans = True, 0, []
        places: Sequence[Any] = exactly
        shown: Iterable[Match] = (match_at(text, span, []) for span in exactly)
        if loosely and not self.exact and (normalised := self.quotation.normalised(text, cut)):
            quotation_reading, places = normalised
            shown = self.quotation.matches(text, quotation_reading, places[: SHOWN - len(self.spans)])
        self.total += len(places)
        self.spans += [(document, match) for match in islice(shown, SHOWN - len(self.spans))]
        return (OPENING + len(text)) * self.quotation.passes + EXAMINING * len(places)


def resolution(request: SnapshotRequest, params: ResolveParams) -> Body:
    quotation = Quotation(params.quote)
    with reading(request) as reader:
        lookup = _lookup(request, reader, quotation, params.document)
        match = "none" if not lookup.spans else "exact" if lookup.exact else "normalised"
        spans = [_resolved(reader, document, each) for document, each in lookup.spans]
    data = {"quote": params.quote, "match": match, "spans": spans}
    return enveloped(request, data, total=lookup.total if lookup.complete else None)


def _lookup(request: SnapshotRequest, reader: Reader, quotation: Quotation, documents: tuple[str, ...]) -> Lookup:
    """Looks in every document that holds the quotation's words. Raises Problem where that would be too much."""
    lookup = Lookup(quotation)
    for cut in (False, True)[: 1 + quotation.cuts]:
        loosely = not lookup.spans
        sequences, holding = request.snapshot.index.holding(
            quotation.wording(cut), LOOKED_THROUGH // OPENING, documents
        )
        offset, left = 0, LOOKED_THROUGH
        while offset < len(sequences) and left > 0:
            for row in reader.rows(TEXTS, wanted=sequences[offset : offset + AT_ONCE]):
                left -= lookup.look(row.id, row.text, cut=cut, loosely=loosely)
            offset += AT_ONCE
        lookup.complete = offset >= holding
        if lookup.exact or not lookup.complete:
            break
    if not (lookup.spans or lookup.complete):
        raise _refused(f"its words are in {holding} documents, more than are looked through; quote more of it")
    if not (lookup.spans or quotation.elided):
        raise _refused(f"{quotation.ellipses} ellipses are more than {PARTS - 1}; quote less of it")
    return lookup


def _refused(why: str) -> Problem:
    return bad_query([Fault("too-costly", "quote", f"quote: {why}")])


def _resolved(reader: Reader, document: str, match: Match) -> Record:
    span = match.start, match.end
    text = Text(reader, document)
    resting = overlapping(text, span)
    return {
        "document": document,
        "start": match.start,
        "end": match.end,
        "utf16": {"start": match.utf16_start, "end": match.utf16_end},
        "text": match.text,
        "differs": match.differs,
        "sentence": text.read(*text.expanded(span, "sentence")),
        "total": count(reader, resting),
        "href": f"{reader.root}/v1/documents/{document}/spans?end={match.end}&start={match.start}",
        "records": [
            {name: value for name, value in record.items() if name not in ("overlap", "matched")}
            for record in resting_on(reader, resting, span, SHOWN, 0)
        ],
    }
