"""Each vocabulary, its values and their definitions."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy import select

from api.model.columns import columns
from api.model.tables import Topic
from api.model.vocabularies import VOCABULARIES
from api.params.base import Params
from api.problems import Fault, Problem, nearest
from api.records.lists import enveloped, reading
from api.records.reader import Record
from api.records.shapes import One, Shape
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute
from api.web import terms as term_pages

router = APIRouter(prefix="/v1/vocabularies", tags=["service"], route_class=SnapshotRoute)

TOPIC = columns(Topic)


class Term(Shape):
    value: str
    label: str | None
    definition: str


class Vocabulary(Shape):
    id: str
    kind: str
    terms: list[Term]
    links: dict[str, str]


class VocabularyResponse(One[Vocabulary]):
    """One vocabulary."""


class VocabulariesResponse(One[list[Vocabulary]]):
    pass


def _vocabularies(request: SnapshotRequest) -> list[Record]:
    """The closed vocabularies, and the topics that the packages declare."""
    terms = {
        name: [{"value": term.value, "label": None, "definition": term.definition} for term in vocabulary]
        for name, vocabulary in VOCABULARIES.items()
    }
    with reading(request) as reader:
        topics = reader.rows(select(TOPIC.id, TOPIC.label, TOPIC.definition).order_by(TOPIC.id))
    terms["topic"] = [{"value": row.id, "label": row.label, "definition": row.definition} for row in topics]
    return [
        {"id": name, "kind": "vocabulary", "terms": each, "links": {"self": request.href(f"/v1/vocabularies/{name}")}}
        for name, each in terms.items()
    ]


def all_vocabularies(request: SnapshotRequest, params: Params) -> Body:  # noqa: ARG001
    records = _vocabularies(request)
    if request.form.name == "html":
        return term_pages.vocabularies(request, records)
    return enveloped(request, records)


def one_vocabulary(request: SnapshotRequest, params: Params, name: str) -> Body:  # noqa: ARG001
    by_name = {each["id"]: each for each in _vocabularies(request)}
    if name not in by_name:
        detail = "there is no vocabulary of this name"
        fault = Fault("not-found", "name", detail, sorted(by_name), nearest(name, by_name))
        raise Problem("not-found", detail, (fault,))
    if request.form.name == "html":
        return term_pages.vocabulary(request, by_name[name])
    return enveloped(request, by_name[name])


@router.get("", response_model=VocabulariesResponse)
async def list_vocabularies(params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """Each vocabulary with its values and their definitions; a page for browsers."""
    return await request.respond(params, all_vocabularies)


@router.get("/{name}", response_model=VocabularyResponse)
async def get_vocabulary(name: str, params: Annotated[Params, Query()], request: OnSnapshot) -> Response:
    """One vocabulary; a page for browsers."""
    return await request.respond(params, one_vocabulary, name)
