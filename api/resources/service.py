"""What is here, in which words, and in what health."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from api import __version__
from api.content.answers import matches
from api.model.tables import Topic, columns_of
from api.model.vocabularies import VOCABULARIES
from api.openapi import described, described_text
from api.params.accepts import OneOf
from api.params.questions import Questions
from api.problems import PROBLEM_TYPES, Problem
from api.records.shapes import KINDS, One, OneLinks, OneMeta, Shape
from api.request import Answering, Asked, Asking, Body, one
from api.server.metrics import EXPOSITION
from api.web import pages

router = APIRouter(tags=["service"], route_class=Answering)

TOPIC = columns_of(Topic)


class PageQuestions(Questions):
    """What a path may be asked that is a page for people, too."""

    format: Annotated[str, OneOf(("json", "html")), Field(description="Instead of Accept.")] = "json"


class ServiceRecord(Shape):
    name: str
    description: str
    version: str
    release: str
    snapshot: str
    counts: dict[str, int]
    links: dict[str, str]


class ServiceAnswer(One[ServiceRecord]):
    pass


class TermRecord(Shape):
    value: str
    label: str | None
    definition: str


class VocabularyRecord(Shape):
    id: str
    kind: str
    terms: list[TermRecord]
    links: dict[str, str]


class VocabularyAnswer(One[VocabularyRecord]):
    pass


class VocabulariesAnswer(BaseModel):
    data: list[VocabularyRecord]
    meta: OneMeta
    links: OneLinks


class ProblemTypeRecord(Shape):
    id: str
    status: int
    title: str
    meaning: str
    remedy: str
    links: dict[str, str]


class ProblemTypeAnswer(One[ProblemTypeRecord]):
    pass


class ProblemTypesAnswer(BaseModel):
    data: list[ProblemTypeRecord]
    meta: OneMeta
    links: OneLinks


class Health(BaseModel):
    status: str
    snapshot: str | None = None
    down: dict[str, str] = {}


@router.get("/", **described(PageQuestions, ServiceAnswer))
async def get_root(asking: Asking) -> Response:
    """The page on which people read the documents and see what rests on their words; the same as /v1 for programs."""
    return await asking.answer(PageQuestions, lambda _: root_answer(asking))


@router.get("/v1", **described(Questions, ServiceAnswer))
async def get_service(asking: Asking) -> Response:
    """What is here: links, counts, snapshot and release."""
    return await asking.answer(Questions, lambda _: here(asking))


def root_answer(asked: Asked) -> Body:
    return Body(pages.reader_page(asked.root)) if asked.format == "html" else here(asked)


def here(asked: Asked) -> Body:
    root = asked.root
    paths = {kind.plural: kind.path for kind in KINDS.values()} | {
        "search": "/v1/search",
        "suggest": "/v1/suggest",
        "resolve": "/v1/resolve",
        "vocabularies": "/v1/vocabularies",
        "problems": "/problems",
        "openapi": "/openapi.json",
        "docs": "/docs",
        "llms": "/llms.txt",
    }
    record = {
        "name": "sic",
        "description": "What a document says, each record resting on a verbatim quote.",
        "version": __version__,
        "release": asked.release,
        "snapshot": asked.snapshot.id,
        "counts": asked.snapshot.counts,
        "links": {name: root + path for name, path in paths.items()},
    }
    return one(asked, record)


def vocabularies(asked: Asked) -> list[dict[str, Any]]:
    """The closed vocabularies, and the topics that the packages declare."""
    known = [
        (name, [{"value": term.value, "label": None, "definition": term.definition} for term in terms])
        for name, terms in VOCABULARIES.items()
    ]
    with asked.reading() as reader:
        topics = reader.rows(select(TOPIC.id, TOPIC.label, TOPIC.definition).order_by(TOPIC.id))
    known.append(
        ("topic", [{"value": id, "label": label, "definition": definition} for id, label, definition in topics])
    )
    return [
        {"id": name, "kind": "vocabulary", "terms": terms, "links": {"self": f"{asked.root}/v1/vocabularies/{name}"}}
        for name, terms in known
    ]


def several(asked: Asked, records: list[dict[str, Any]]) -> Body:
    return Body({"data": records, "meta": {"snapshot": asked.state}, "links": {"self": asked.href(asked.question)}})


def vocabularies_answer(asked: Asked) -> Body:
    records = vocabularies(asked)
    return Body(pages.vocabularies_page(asked.root, records)) if asked.format == "html" else several(asked, records)


def vocabulary_answer(asked: Asked, name: str) -> Body:
    found = next((item for item in vocabularies(asked) if item["id"] == name), None)
    if found is None:
        raise Problem("not-found", "there is no vocabulary of this name")
    return Body(pages.vocabulary_page(asked.root, found)) if asked.format == "html" else one(asked, found)


@router.get("/v1/vocabularies", **described(PageQuestions, VocabulariesAnswer))
async def list_vocabularies(asking: Asking) -> Response:
    """Each vocabulary with its values and their definitions; a page for browsers."""
    return await asking.answer(PageQuestions, lambda _: vocabularies_answer(asking))


@router.get("/v1/vocabularies/{name}", **described(PageQuestions, VocabularyAnswer))
async def get_vocabulary(asking: Asking, name: str) -> Response:
    """One vocabulary; a page for browsers."""
    return await asking.answer(PageQuestions, lambda _: vocabulary_answer(asking, name))


def problem_record(asked: Asked, slug: str) -> dict[str, Any]:
    kind = PROBLEM_TYPES[slug]
    return {
        "id": slug,
        "status": kind.status,
        "title": kind.title,
        "meaning": kind.meaning,
        "remedy": kind.remedy,
        "links": {"self": f"{asked.root}/problems/{slug}"},
    }


def problems_answer(asked: Asked) -> Body:
    if asked.format == "html":
        return Body(pages.problems_page(asked.root))
    return several(asked, [problem_record(asked, slug) for slug in PROBLEM_TYPES])


def problem_answer(asked: Asked, slug: str) -> Body:
    if slug not in PROBLEM_TYPES:
        raise Problem("not-found", "there is no problem type of this name")
    if asked.format == "html":
        return Body(pages.problem_page(asked.root, PROBLEM_TYPES[slug]))
    return one(asked, problem_record(asked, slug))


@router.get("/problems", **described(PageQuestions, ProblemTypesAnswer))
async def list_problems(asking: Asking) -> Response:
    """What each error means and how to mend it; a page for browsers."""
    return await asking.answer(PageQuestions, lambda _: problems_answer(asking))


@router.get("/problems/{type}", **described(PageQuestions, ProblemTypeAnswer))
async def get_problem(asking: Asking, type: str) -> Response:
    """What one error means and how to mend it; a page for browsers."""
    return await asking.answer(PageQuestions, lambda _: problem_answer(asking, type))


@router.get("/openapi.json", response_class=JSONResponse)
async def get_openapi(asking: Asking) -> Response:
    """This document."""
    return await asking.answer(Questions, lambda _: Body(asking.contract()))


@router.get("/llms.txt", **described_text(Questions))
async def get_llms(asking: Asking) -> Response:
    """What this service is and how to ask it, for language models."""
    return await asking.answer(Questions, lambda _: Body(pages.llms(asking.root)), ("text",))


@router.get("/docs", include_in_schema=False)
async def get_docs(asking: Asking) -> Response:
    return await asking.answer(Questions, lambda _: Body(pages.docs_page(asking.root)), ("html",))


@router.get("/docs/{asset}", include_in_schema=False)
def get_docs_asset(asset: str) -> Response:
    if asset not in pages.ASSETS:
        raise Problem("not-found", "there is nothing at this path")
    name, media_type = pages.ASSETS[asset]
    return Response(
        (pages.WEB / name).read_bytes(), headers={"Content-Type": media_type, "Cache-Control": "public, max-age=86400"}
    )


@router.get("/reader/{asset}", include_in_schema=False)
def get_reader_asset(request: Request, asset: str) -> Response:
    """Modules and style of the reader page go together: each use asks whether it still has the right ones."""
    if asset not in pages.READER_ASSETS:
        raise Problem("not-found", "there is nothing at this path")
    content = (pages.WEB / "reader" / asset).read_bytes()
    tag = f'W/"{sha256(content).hexdigest()[:24]}"'
    headers = {"Content-Type": pages.READER_ASSETS[asset], "Cache-Control": "no-cache", "ETag": tag}
    if matches(request.scope["sic.if_none_match"], tag.encode()):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers)


@router.get("/livez", **described(None, Health))
async def get_livez() -> Response:
    """Whether the process runs. Depends on nothing."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz", **described(None, Health))
async def get_readyz(request: Request) -> Response:
    """Whether questions can be answered; 503 says which dependency is down."""
    serving = request.app.state.serving
    snapshot = serving.current.id if serving.current else None
    if unready := serving.unready:
        why = "; ".join(f"{name}: {reason}" for name, reason in unready.items())
        raise Problem("unavailable", why, members={"down": unready, "snapshot": snapshot}, headers={"Retry-After": "1"})
    return JSONResponse(
        {"status": "ready", "snapshot": snapshot, "down": serving.behind}, headers={"Cache-Control": "no-store"}
    )


@router.get("/metrics", include_in_schema=False)
async def get_metrics(request: Request) -> Response:
    state = request.app.state
    if state.settings.metrics_port is not None:
        raise Problem("not-found", "metrics are on a port of their own")
    return PlainTextResponse(await state.metrics(), headers={"Cache-Control": "no-store", "Content-Type": EXPOSITION})
