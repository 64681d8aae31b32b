"""Every sentence of a document's text, and what rests on it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import MISSING, Field
from sqlalchemy import Select

from api import search
from api.formats.routes import files
from api.params.base import Params
from api.params.fields import Flag, Many
from api.params.filters import ClosedParams
from api.params.lists import FileLimit, PageParams
from api.records.coverage import COVERING, CoveredSentence, covered, sentences
from api.records.files import windowed_file
from api.records.lists import reading, window_page
from api.records.pages import facets_of, model, optional_keys
from api.records.presentation import PRESENTATIONS, records_by_id
from api.records.ranges import RangeParams, text_of
from api.records.reader import Reader, Record
from api.records.shapes import Page, Shape
from api.records.spans import Text, count
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["text"], route_class=SnapshotRoute)

NAMES = tuple(kind.name for kind in COVERING)
PLURALS = tuple(kind.plural for kind in COVERING)

Included: Any = model(
    "SentenceIncluded",
    Shape,
    **{
        name: value
        for kind in COVERING
        for name, value in optional_keys([kind.plural], list[PRESENTATIONS[kind.name].shape]).items()  # type: ignore[misc]
    },
)
Sentence: Any = model("Sentence", CoveredSentence, included=(Included | MISSING, MISSING))
CoverageFacets: Any = facets_of("Coverage", ["kind"])
CoveragePage = model("CoveragePage", Page[Sentence], facets=(CoverageFacets | MISSING, MISSING))

COLUMNS = ("document", "section", "ordinal", "start", "end", "text", *(kind.plural for kind in COVERING))
COLUMNS += ("reason", "accounted")


class CoverageFilters(ClosedParams, RangeParams, sets={"kind": NAMES, "kind_not": NAMES}):
    kind: Many[str] = Field((), description="Sentences that records of these kinds rest on.")
    kind_not: Many[str] = Field((), alias="kind.not", description="Not: Sentences that records of these kinds rest on.")
    accounted: Flag | MISSING = Field(
        MISSING, description="Whether a record rests on the sentence, or a reason says why none does."
    )


class CoverageParams(CoverageFilters, PageParams, sets={"include": PLURALS}):
    include: Many[str] = Field((), description="The records themselves, beside their ids.")
    facets: Many[Literal["kind"]] = Field((), description="How many sentences have records of each kind.")


class CoverageFileParams(CoverageFilters, Params, sets={"fields": COLUMNS}):
    limit: FileLimit | MISSING = Field(MISSING, description="Sentences at most; all if absent.")
    fields: Many[str] = Field((), description="Columns of csv, keys of jsonl, in this order.")


def _statement(params: CoverageFilters, text: Text, facet: str | None = None) -> Select[*tuple[Any, ...]]:
    """The sentences of the query; for a facet, those of that kind without the filters by kind."""
    accounted = None if params.accounted is MISSING else params.accounted
    kinds, excluded = ((facet,), ()) if facet else (params.kind, params.kind_not)
    return sentences(text, params.span(text), accounted, kinds, excluded)


def coverage_page(request: SnapshotRequest, params: CoverageParams, id: str) -> Body:
    offset, limit = request.cursor(params).window(params.offset, params.limit)
    with reading(request) as reader:
        text = text_of(request, reader, id)
        statement = _statement(params, text)
        answer = search.Answer(_number(reader, statement))
        rows = reader.rows(statement.limit(limit).offset(offset)) if limit else ()
        records = list(covered(reader, text, rows))
        if params.facets:
            names = [(kind.name, _number(reader, _statement(params, text, kind.name))) for kind in COVERING]
            shown = [pair for pair in names if pair[1] or pair[0] in params.kind]
            answer.facets = {"kind": sorted(shown, key=lambda pair: (-pair[1], pair[0]))}
        _include(reader, records, params.include)
    return window_page(request, params, records, answer, offset)


def _number(reader: Reader, statement: Select[*tuple[Any, ...]]) -> int:
    return count(reader, statement.order_by(None).subquery())


def _include(reader: Reader, records: list[Record], plurals: tuple[str, ...]) -> None:
    by_plural = {kind.plural: kind for kind in COVERING}
    for record in records if plurals else ():
        record["included"] = {}
    for plural in sorted(plurals):
        related = records_by_id(reader, by_plural[plural], {id for record in records for id in record[plural]})
        for record in records:
            record["included"][plural] = [related[id] for id in record[plural]]


def coverage_file(request: SnapshotRequest, params: CoverageFileParams, id: str) -> Body:
    with reading(request) as reader:
        params.span(text_of(request, reader, id))

    def read(offset: int, limit: int) -> list[Record]:
        with reading(request) as reader:
            text = Text(reader, id)
            rows = reader.rows(_statement(params, text).limit(limit).offset(offset)) if limit else ()
            return list(covered(reader, text, rows))

    return windowed_file(request, params, f"{id}-coverage", COLUMNS, read)


@router.get("/documents/{id}/coverage", response_model=CoveragePage)
async def list_coverage(id: str, params: Annotated[CoverageParams, Query()], request: OnSnapshot) -> Response:
    """Every sentence of the text, and what rests on it."""
    return await request.respond(params, coverage_page, id)


@files(router, "/documents/{id}/coverage")
async def coverage_in_file(id: str, params: Annotated[CoverageFileParams, Query()], request: OnSnapshot) -> Response:
    """The same sentences as a file."""
    return await request.respond(params, coverage_file, id)
