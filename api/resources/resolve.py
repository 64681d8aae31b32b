"""Whether a quotation is in the texts, where, and what rests on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import func, select

from api import search
from api.content.statements import among
from api.model.tables import Document, columns_of
from api.openapi import described
from api.params.accepts import Words
from api.params.questions import Questions
from api.problems import Fault, Problem, bad_question
from api.records.shapes import Id, OneLinks, OneMeta, Reader, Record, Shape, Utf16
from api.records.spans import Text, overlapping, resting_on
from api.request import Answering, Asked, Asking, Body
from api.search.quotations import DIFFERENCES, PARTS, Found, Quotation, found

router = APIRouter(prefix="/v1", tags=["text"], route_class=Answering)

DOCUMENT = columns_of(Document)
TEXTS = select(DOCUMENT.id, DOCUMENT.text).where(among(DOCUMENT.sequence, "wanted")).order_by(DOCUMENT.sequence)
SHOWN = 25  # spans
AT_ONCE = 20  # texts in memory

# What may be looked through for one quotation, in code points of text for each part of it; in so much stand only words
# that are in nearly every text. Opening a text and telling a place apart cost what so many code points do.
LOOKED_THROUGH = 100_000_000
OPENING, TELLING = 1000, 10


class ResolveQuestions(Questions):
    quote: Annotated[
        str, Words(4000), Field(description="A quotation, as it was copied.", examples=["Karabakh is Armenia"])
    ]


class ResolvedSpan(Shape):
    document: Id
    start: int
    end: int
    utf16: Utf16
    text: str = Field(description="The words as they stand in the text.")
    differs: list[str] = Field(
        description=f"In what the quotation differs from them; empty if it is exact. Of: {', '.join(DIFFERENCES)}; "
        "an ellipsis differs where it stands for no words."
    )
    records: list[dict[str, Any]] = Field(description="What rests on these words, up to 25 in document order.")
    total: int
    href: str


class Resolution(Shape):
    quote: str
    match: Literal["exact", "normalised", "none"] = Field(
        description="exact: it stands in a text character by character; whole words are preferred to pieces of words."
    )
    spans: list[ResolvedSpan] = Field(description="The first 25, by document and place.")


class ResolutionMeta(OneMeta):
    total: int | None = Field(
        description="Spans in all; null where the words stand in more text than is looked through for one quotation."
    )


class ResolveAnswer(Shape):
    data: Resolution
    meta: ResolutionMeta
    links: OneLinks


@dataclass
class Sought:
    """What was found of a quotation so far. Where it stands exactly, other places do not count."""

    quotation: Quotation
    exact: bool = False
    complete: bool = False
    total: int = 0
    spans: list[tuple[str, Found]] = field(default_factory=list)

    def look(self, document: str, text: str, cut: bool, loosely: bool) -> int:
        """Add what this text holds, and say what looking cost."""
        exactly = self.quotation.exactly(text, cut)
        if exactly and not self.exact:
            self.exact, self.total, self.spans = True, 0, []
        places: Sequence[Any] = exactly
        shown: Iterable[Found] = (found(text, span, []) for span in exactly)
        if loosely and not self.exact and (normalised := self.quotation.normalised(text, cut)):
            parts, places = normalised
            shown = self.quotation.found(text, parts, places[: SHOWN - len(self.spans)])
        self.total += len(places)
        self.spans += [(document, hit) for hit in islice(shown, SHOWN - len(self.spans))]
        return (OPENING + len(text)) * max(1, len(self.quotation.parts)) + TELLING * len(places)


def resolve(asked: Asked, question: ResolveQuestions) -> Body:
    quotation = Quotation(question.quote)
    with asked.reading() as reader:
        sought = _sought(asked, reader, quotation)
        match = "none" if not sought.spans else "exact" if sought.exact else "normalised"
        spans = [_resolved(reader, document, hit) for document, hit in sought.spans]
    return Body(
        {
            "data": {"quote": question.quote, "match": match, "spans": spans},
            "meta": {"total": sought.total if sought.complete else None, "snapshot": asked.state},
            "links": {"self": asked.href(asked.question)},
        }
    )


def _sought(asked: Asked, reader: Reader, quotation: Quotation) -> Sought:
    """What is found of it in every document that holds its words. Raises a problem where that would be too much."""
    sought = Sought(quotation)
    for cut in (False, True)[: 1 + quotation.cuts]:
        loosely = not sought.spans
        words = search.wording(quotation.parts, cut)
        sequences, holding = asked.snapshot.index.holding(words, LOOKED_THROUGH // OPENING)
        looked, left = 0, LOOKED_THROUGH
        while looked < len(sequences) and left > 0:
            for document, text in reader.rows(TEXTS, wanted=sequences[looked : looked + AT_ONCE]):
                left -= sought.look(document, text, cut, loosely)
            looked += AT_ONCE
        sought.complete = looked >= holding
        if sought.exact or not sought.complete:
            break
    if not (sought.spans or sought.complete):
        raise _refused(f"its words are in {holding} documents, more than are looked through; quote more of it")
    if not (sought.spans or quotation.elided):
        raise _refused(f"{quotation.ellipses} ellipses are more than {PARTS - 1}; quote less of it")
    return sought


def _refused(why: str) -> Problem:
    return bad_question([Fault("invalid-value", "quote", f"quote: {why}")])


def _resolved(reader: Reader, document: str, hit: Found) -> Record:
    text = Text(reader, document)
    resting = overlapping(text, hit.start, hit.end)
    return {
        "document": document,
        "start": hit.start,
        "end": hit.end,
        "utf16": {"start": hit.utf16_start, "end": hit.utf16_end},
        "text": hit.text,
        "differs": hit.differs,
        "records": resting_on(reader, resting, hit.start, hit.end, 25, 0),
        "total": reader.rows(select(func.count()).select_from(resting))[0][0],
        "href": f"{reader.root}/v1/documents/{document}/spans?end={hit.end}&start={hit.start}",
    }


@router.get("/resolve", **described(ResolveQuestions, ResolveAnswer))
async def resolve_quote(asking: Asking) -> Response:
    """Whether a quotation is in the texts, where, in what it differs, and what rests on it.

    Every text that holds its words is looked through. A quotation of nothing but words that are nearly everywhere may
    stand in more text than that: then it is refused, or, where some of it was found, total is null. Up to 15 ellipses.
    """
    return await asking.answer(ResolveQuestions, lambda asked: resolve(asking, asked))
