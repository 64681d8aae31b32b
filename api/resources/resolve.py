"""Whether a quotation is in the texts, where, and what rests on it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import func, select

from api import search
from api.accepts import Words
from api.asking import Answering, Asked, Asking, Body, one
from api.openapi import described
from api.questions import Questions
from api.records import Id, One, Reader, Record, Shape, Utf16
from api.resolving import Found, locate
from api.spans import Text, overlapping, resting_on
from api.tables import Document, Section, columns_of

router = APIRouter(prefix="/v1", tags=["text"], route_class=Answering)

DOCUMENT = columns_of(Document)
SECTION = columns_of(Section)
LIKELIEST = 50  # documents in which a quotation is looked for, of those the index ranks first


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
    differs: list[str] = Field(description="In what the quotation differs from them; empty if it is exact.")
    records: list[dict[str, Any]] = Field(description="What rests on these words, up to 25 in document order.")
    total: int
    href: str


class Resolution(Shape):
    quote: str
    match: Literal["exact", "normalised", "none"]
    spans: list[ResolvedSpan] = Field(description="Up to 25, by document and place.")


class ResolveAnswer(One[Resolution]):
    pass


def resolve(asked: Asked, question: ResolveQuestions) -> Body:
    with asked.reading() as reader:
        found = [
            (document, hit)
            for document, text in _candidates(asked, reader, question.quote)
            for hit in locate(question.quote, text)
        ]
        exact = any(not hit.differs for _, hit in found)
        spans = [_resolved(reader, document, hit) for document, hit in found if not (exact and hit.differs)][:25]
    match = "exact" if exact else "normalised" if found else "none"
    return one(asked, {"quote": question.quote, "match": match, "spans": spans})


def _candidates(asked: Asked, reader: Reader, quote: str) -> list[tuple[str, str]]:
    """Id and text of the documents that may hold the quotation: all, or of many the likeliest."""
    statement = select(DOCUMENT.id, DOCUMENT.text).order_by(DOCUMENT.id)
    if asked.snapshot.counts["documents"] > LIKELIEST:
        likely = search.Question(kinds=("section",), q=quote.replace('"', " ").replace("-", " "), limit=LIKELIEST)
        hits = asked.snapshot.index.ask(likely).hits
        sections = select(SECTION.document).where(SECTION.sequence.in_([hit.sequence for hit in hits]))
        statement = statement.where(DOCUMENT.id.in_(sections))
    return [(id, text) for id, text in reader.rows(statement)]


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
    """Whether a quotation is in the texts, where, in what it differs, and what rests on it."""
    return await asking.answer(ResolveQuestions, lambda asked: resolve(asking, asked))
