"""Search across all kinds, and type-ahead."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from api import search
from api.model.vocabularies import ClaimMode, ClaimType
from api.openapi import described
from api.params.accepts import Flag, OneOf, Reference, Whole, Words
from api.params.questions import Questions, canonical
from api.records import cursors
from api.records.highlights import highlights
from api.records.lists import Ids, PagedQuestions, facet
from api.records.shapes import KINDS, Extras, Id, OneLinks, OneMeta, Page, Record, Shape
from api.request import Answering, Asked, Asking, Body

router = APIRouter(prefix="/v1", tags=["search"], route_class=Answering)

KINDS_FOUND = ("actor", "claim", "document", "event", "obstacle", "place", "position", "section")
FACETS = ("kind", "document", "section", "actor", "place", "topic", "type", "mode", "speaker")


class SearchRecord(Extras):
    """A record of any kind, as its own path shows it."""

    model_config = ConfigDict(extra="allow")

    id: Id
    kind: Literal["actor", "claim", "document", "event", "obstacle", "place", "position", "section"]


class SearchPage(Page[SearchRecord]):
    pass


class SearchQuestions(PagedQuestions):
    q: Annotated[
        str,
        Words(),
        Field(
            description='Words, any of them; "a phrase", -without, pre*. Best first.', examples=["prisoner exchange"]
        ),
    ]
    kind: Annotated[
        tuple[str, ...], OneOf(KINDS_FOUND), Field(description="Records of these kinds.", examples=["claim"])
    ] = ()
    document: Annotated[Ids, Reference("document"), Field(description="Of these documents.")] = ()
    section: Annotated[Ids, Reference("section"), Field(description="In these leaf sections.")] = ()
    actor: Annotated[Ids, Reference("actor"), Field(description="About these actors.", examples=["armenia"])] = ()
    place: Annotated[Ids, Reference("place"), Field(description="At these places.", examples=["karabakh"])] = ()
    topic: Annotated[Ids, Reference("topic"), Field(description="Claims on these topics.", examples=["war"])] = ()
    type: Annotated[tuple[str, ...], OneOf(ClaimType), Field(description="Claims of these types.")] = ()
    mode: Annotated[tuple[str, ...], OneOf(ClaimMode), Field(description="Claims in these modes.")] = ()
    speaker: Annotated[
        Ids,
        Reference("actor", ("author",)),
        Field(description="Claims of these: 'author' or actors' ids.", examples=["author"]),
    ] = ()
    highlight: Annotated[bool, Flag(), Field(description="Adds the ranges that match q.")] = False
    facets: Annotated[tuple[str, ...], OneOf(FACETS), Field(description="Counts by the values of these filters.")] = ()


class SuggestQuestions(Questions):
    q: Annotated[str, Words(200), Field(description="What was typed so far.", examples=["kara"])]
    kind: Annotated[tuple[str, ...], OneOf(KINDS_FOUND), Field(description="Names of these kinds only.")] = ()
    limit: Annotated[int, Whole(1, 25), Field(description="Completions at most.")] = 10


class Suggestion(Shape):
    text: str
    kind: str | None = Field(description="Of the record it names; null for a word of the texts.")
    id: Id | None
    count: int = Field(description="Records in which it stands.")
    href: str = Field(description="The record, or a search for the word.")


class Suggestions(Shape):
    data: list[Suggestion]
    meta: OneMeta
    links: OneLinks


def found(asked: Asked, question: SearchQuestions) -> Body:
    place = cursors.read(asked, question)
    offset, limit = place.window(question)
    filters = {name: getattr(question, name) for name in FACETS if getattr(question, name)}
    answer = asked.snapshot.index.ask(
        search.Question(
            kinds=KINDS_FOUND,
            q=question.q,
            filters=filters,
            limit=limit,
            offset=offset,
            facets=question.facets,
        )
    )
    with asked.reading() as reader:
        by_kind = {
            kind: KINDS[kind].by_sequence(reader, [hit.sequence for hit in answer.hits if hit.kind == kind])
            for kind in {hit.kind for hit in answer.hits}
        }
    records = [by_kind[hit.kind][hit.sequence] for hit in answer.hits]
    if question.highlight:
        for record in records:
            record["highlights"] = highlights(asked.snapshot.index, answer.terms, record)
    before, after = cursors.ranked(asked, question, offset, offset + len(records), answer.total)
    first = asked.href(canonical(asked.path, question, cursor=None, offset=None))
    meta: Record = {"total": answer.total, "limit": question.limit, "snapshot": asked.snapshot.id}
    if answer.corrected:
        meta["corrected"] = [{"from": old, "to": new} for old, new in answer.corrected]
    content: dict[str, Any] = {"data": records, "meta": meta}
    if question.facets:
        content["facets"] = {
            name: facet(asked, question, name, answer.facets[name]) for name in sorted(question.facets)
        }
    links = {"self": asked.href(asked.question), "first": first, "next": after, "prev": before}
    return Body(content | {"links": links}, [(name, href) for name, href in links.items() if href and name != "self"])


def suggestions(asked: Asked, question: SuggestQuestions) -> Body:
    data = [
        {
            **item,
            "href": f"{asked.root}{KINDS[item['kind']].path}/{item['id']}"
            if item["kind"]
            else asked.href(canonical("/v1/search", SearchQuestions(q=item["text"]))),
        }
        for item in asked.snapshot.index.suggest(question.q, question.limit, question.kind)
    ]
    return Body({"data": data, "meta": {"snapshot": asked.snapshot.id}, "links": {"self": asked.href(asked.question)}})


@router.get("/search", **described(SearchQuestions, SearchPage))
async def search_all(asking: Asking) -> Response:
    """Records of all kinds, best first."""
    return await asking.answer(SearchQuestions, lambda asked: found(asking, asked))


@router.get("/suggest", **described(SuggestQuestions, Suggestions))
async def suggest(asking: Asking) -> Response:
    """Completions of what was typed so far: names, titles, and words of the texts."""
    return await asking.answer(SuggestQuestions, lambda asked: suggestions(asking, asked))
