"""Read: the whole text of a document, what is marked in it, and a card beside each mark."""

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import MISSING, Field

from api import search
from api.formats.annotations import iri
from api.model.kinds import KINDS
from api.model.selection import Condition, Selection
from api.params.base import Params, canonical
from api.params.words import MOST_Q, SearchWords
from api.records.lists import reading
from api.records.reader import Record
from api.records.spans import Text
from api.request import Body, SnapshotRequest
from api.web.asking import OnPage
from api.web.cards import cards_of
from api.web.document import document_of, read, spans_of_claims, telling
from api.web.environment import STRINGS
from api.web.page import Head, page
from api.web.passages import Mark, Range, marks, parts

router = APIRouter(include_in_schema=False)

MOST_CARDS = 300  # beside the text; the list of claims has all of them


class ReadParams(Params):
    marks: Annotated[Literal["voices", "all"], Field(description="Which claims are marked in the text.")] = "voices"
    q: Annotated[SearchWords | MISSING, Field(max_length=MOST_Q, description="Words to find in the text.")] = MISSING


def read_page(request: SnapshotRequest, params: ReadParams, id: str) -> Body:
    with reading(request) as reader:
        document = document_of(request, reader, id)
        text = Text(reader, id).read(0, document["text_length"])
        sections = read(reader, KINDS["section"], id)
        cards = cards_of(reader, telling(reader, id, MOST_CARDS))
        marked = marks(cards)
        if params.marks == "all":
            own = {mark.id for mark in marked}
            at = f"{request.root}/d/{id}/@"
            marked += [
                Mark(row.start, row.end, row.id, ("plain",), f"{at}{row.start}-{row.end}")
                for row in spans_of_claims(reader, id)
                if row.id not in own
            ]
    matches = hits(request, params, text)
    return page(
        request,
        "read.html",
        head_of(document, canonical(request.path, params, q=None, marks=None)),
        document=document,
        parts=parts(sections, text, marked, cards, matches),
        params=params,
        q="" if params.q is MISSING else params.q,
        hits=len(matches),
        voices=voices(request, id),
        paths={
            "marks": request.href(canonical(request.path, params, marks="voices" if params.marks == "all" else "all"))
        },
        urn=iri(request.settings.public_url, "document", id),
    )


def hits(request: SnapshotRequest, params: ReadParams, text: str) -> list[Range]:
    """Where the words of `q` stand in the text."""
    if params.q is MISSING:
        return []
    index = request.snapshot.index
    terms = index.ask(search.Question(kinds=("section",), q=params.q, limit=0)).terms
    ranges, at = [], 0
    for block in text.split("\n\n"):  # highlights of one string are bounded
        ranges += [(at + each["start"], at + each["end"]) for each in index.highlight(terms, {"text": block})]
        at += len(block) + 2
    return ranges


def voices(request: SnapshotRequest, id: str) -> Record:
    """How many claims are in whose voice."""
    in_document = Selection(filters={"document": Condition(any=(id,))})
    question = search.Question(kinds=("claim",), selection=in_document, limit=0, facets=("mode", "speaker", "relation"))
    facets = {name: dict(values) for name, values in request.snapshot.index.ask(question).facets.items()}
    total = sum(facets["mode"].values())
    return {
        "all": total,
        "others": total - facets["mode"].get("asserted", 0),
        "speakers": len(facets["speaker"].keys() - {"none"}),
        "contradicting": facets["relation"].get("contradicts", 0),
    }


def head_of(document: Record, path: str) -> Head:
    links = document["links"]
    return Head(
        document["label"],
        STRINGS["read"]["description"].format(document=document["label"], **document["counts"]),
        path,
        others=(
            ("application/json", links["self"]),
            ("text/plain", links["text"]),
            ("application/x-bibtex", links["cite"]),
        ),
        document=document,
        view="read",
    )


@router.get("/d/{id}")
async def get_document(id: str, request: OnPage) -> Response:
    """The text of a document."""
    return await request.show(ReadParams, read_page, id)
