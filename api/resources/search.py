"""Search across all kinds."""

from typing import Annotated, Any, Union

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import MISSING, Field

from api.formats.routes import files
from api.formats.tabular import value_at
from api.model.kinds import KINDS
from api.model.vocabularies import ClaimMode, ClaimType
from api.params.base import Params
from api.params.fields import (
    ActorIdOrNone,
    DocumentId,
    Flag,
    Many,
    PlaceIdOrNone,
    SectionId,
    SpeakerId,
    TopicIdOrNone,
)
from api.params.filters import ClosedParams
from api.params.lists import FileLimit, PageParams
from api.params.words import MOST_Q, SearchWords
from api.records.files import windowed_file
from api.records.hits import FILTERS, NAMES, SEARCHED, question_of, records_of, search_page
from api.records.pages import facets_of, model
from api.records.presentation import PRESENTATIONS
from api.records.reader import Record
from api.records.shapes import Page
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["search"], route_class=SnapshotRoute)

SHAPES: Any = tuple(PRESENTATIONS[kind.name].shape for kind in SEARCHED)
Hit: Any = Annotated[Union[SHAPES], Field(discriminator="kind")]  # noqa: UP007 - made of a tuple
SearchFacets: Any = facets_of("Search", ("kind", *FILTERS))
SearchPage = model("SearchPage", Page[Hit], facets=(SearchFacets | MISSING, MISSING))

# A file of several kinds has the columns that they share; a record may lack some.
COLUMNS = ("id", "kind", "document", "section", "text", "quote", "start", "end", "href")


class SearchFilters(ClosedParams, negated=FILTERS, over_lists=("actor", "place", "topic")):
    q: Annotated[
        SearchWords,
        Field(
            max_length=MOST_Q,
            description='Any of these words, best first; `"a phrase"`, `-without`, `pre*`.',
            examples=["prisoner exchange"],
        ),
    ]
    kind: Many[str] = Field((), description="Records of these kinds.")
    kind_not: Many[str] = Field((), alias="kind.not", description="Not: Records of these kinds.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    section: Many[SectionId] = Field((), description="In these leaf sections.")
    actor: Many[ActorIdOrNone] = Field((), description="About these actors.")
    place: Many[PlaceIdOrNone] = Field((), description="At these places.")
    topic: Many[TopicIdOrNone] = Field((), description="On these topics.")
    type: Many[ClaimType] = Field((), description="Claims of these types.")
    mode: Many[ClaimMode] = Field((), description="Claims in these modes.")
    speaker: Many[SpeakerId] = Field((), description="Said by these: `author`, actors' ids, `none` for nobody named.")


class SearchParams(SearchFilters, PageParams, sets={"kind": NAMES, "kind_not": NAMES, "facets": ("kind", *FILTERS)}):
    highlight: Flag = Field(False, description="Adds the ranges that match `q`.")
    facets: Many[str] = Field((), description="Counts of the values of these filters.")


class SearchFileParams(SearchFilters, Params, sets={"kind": NAMES, "kind_not": NAMES, "fields": COLUMNS}):
    limit: FileLimit | MISSING = Field(MISSING, description="Records at most; all if absent.")
    fields: Many[str] = Field((), description="Columns of csv, keys of jsonl, in this order.")


def search_file(request: SnapshotRequest, params: SearchFileParams) -> Body:
    flat = params.fields or request.form.has_columns

    def read(offset: int, limit: int) -> list[Record]:
        records = records_of(request, request.snapshot.index.ask(question_of(params, limit=limit, offset=offset)))
        return [_row(record) for record in records] if flat else records

    return windowed_file(request, params, "search", COLUMNS, read)


def _row(record: Record) -> Record:
    """What records of all kinds share."""
    source = record.get("source") or {}
    return {
        "id": record["id"],
        "kind": record["kind"],
        "document": record.get("document"),
        "section": record.get("section"),
        "text": value_at(record, KINDS[record["kind"]].headline),
        "quote": source.get("quote"),
        "start": source.get("start", record.get("start")),
        "end": source.get("end", record.get("end")),
        "href": record["links"]["self"],
    }


@router.get("/search", response_model=SearchPage)
async def search_all(params: Annotated[SearchParams, Query()], request: OnSnapshot) -> Response:
    """Records of all kinds, best first."""
    return await request.respond(params, search_page)


@files(router, "/search")
async def search_in_file(params: Annotated[SearchFileParams, Query()], request: OnSnapshot) -> Response:
    """The same records as a file, best first."""
    return await request.respond(params, search_file)
