"""Words: a stretch of a text in its paragraphs, and everything that rests on it."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import MISSING, Field

from api.params.base import Params
from api.records.lists import reading
from api.records.spans import SOURCED, Expansion, Text, count, overlapping, resting_on
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.cards import cards_of
from api.web.document import document_of
from api.web.environment import STRINGS
from api.web.page import Head, page
from api.web.passages import segments

router = APIRouter(include_in_schema=False)

MOST_CARDS = 50
TITLE_LENGTH = 60  # characters of the words in the page's title


class WordsParams(Params):
    expand: Annotated[
        Expansion | MISSING, Field(description="Widens the words to the sentences, paragraphs or sections around.")
    ] = MISSING


def words_page(request: SnapshotRequest, params: WordsParams, id: str, start: int, end: int) -> Body:
    with reading(request) as reader:
        document = document_of(request, reader, id)
        text = Text(reader, id)
        span = text.span(start, end, "code_point")
        if params.expand is not MISSING:
            span = text.expanded(span, params.expand)
        around = text.expanded(span, "paragraph")
        resting = overlapping(text, span, SOURCED)
        total = count(reader, resting)
        records = resting_on(reader, resting, span, MOST_CARDS, 0)
        records.sort(key=lambda record: record["matched"][:1] != ["source"])  # records that stand here come first
        cards = cards_of(reader, records)
        shown = text.read(*around)
        words = text.read(*span)
    at = f"/d/{id}/@{span[0]}-{span[1]}"
    data = f"/v1/documents/{id}/spans?end={span[1]}&start={span[0]}"
    title = words if len(words) <= TITLE_LENGTH else words[:TITLE_LENGTH].rsplit(" ", 1)[0] + " …"
    head = Head(
        f"“{title}”",
        STRINGS["words"]["description"].format(document=document["label"], words=words[:200]),
        at,
        others=(("application/json", request.href(data)),),
        indexed=False,
        document=document,
    )
    paragraphs = [segments(shown, block, (), [span], around[0]) for block in _blocks(shown, around[0])]
    return page(
        request, "words.html", head, document=document, paragraphs=paragraphs, cards=cards, span=span, words=words,
        total=total, most=MOST_CARDS, data=request.href(data),
    )  # fmt: skip


def _blocks(text: str, start: int) -> list[tuple[int, int]]:
    """The paragraphs of a part of a text that begins at `start`."""
    blocks = []
    for paragraph in text.split("\n\n"):
        blocks.append((start, start + len(paragraph)))
        start += len(paragraph) + 2
    return [block for block in blocks if block[0] < block[1]]


@router.get("/d/{id}/@{start:int}-{end:int}")
async def get_words(id: str, start: int, end: int, request: OnPage) -> Response:
    """A stretch of a text."""
    return await request.show(WordsParams, words_page, id, start, end)
