"""Everything that rests on a stretch of a document's text."""

from typing import Annotated, Any, Literal, Union

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import MISSING, Field
from sqlalchemy import func, select

from api import search
from api.formats.routes import files
from api.model.declaration import Kind
from api.params.base import Params
from api.params.fields import Many
from api.params.filters import ClosedParams
from api.params.lists import FileLimit, PageParams
from api.records.files import windowed_file
from api.records.includes import include
from api.records.lists import reading, window_page
from api.records.pages import facets_of, model, with_included
from api.records.ranges import ExpandParams, location, text_of
from api.records.reader import Reader, Record
from api.records.shapes import Page
from api.records.spans import SOURCED, Text, count, overlapping, resting_on
from api.request import Body, SnapshotRequest
from api.route import OnSnapshot, SnapshotRoute

router = APIRouter(prefix="/v1", tags=["text"], route_class=SnapshotRoute)

NAMES = tuple(kind.name for kind in SOURCED)
INCLUDES = tuple(sorted({name for kind in SOURCED for name in kind.includes}))

Overlap = Annotated[
    Literal["inside", "covers", "partial"],
    Field(description="Its words lie inside those of the request, cover them, or share some."),
]
Matched = Annotated[list[str], Field(description="Which of its passages touch them: `source`, or `mentions.n`.")]
SPANNED: Any = tuple(
    model(f"{kind.name.title()}Span", with_included(kind), overlap=(Overlap, ...), matched=(Matched, ...))
    for kind in SOURCED
)
SpanRecord: Any = Annotated[Union[SPANNED], Field(discriminator="kind")]  # noqa: UP007 - made of a tuple
SpanFacets: Any = facets_of("Span", ["kind"])
SpanPage = model("SpanPage", Page[SpanRecord], facets=(SpanFacets | MISSING, MISSING))

# A file of several kinds has the columns that they share.
COLUMNS = ("id", "kind", "overlap", "matched", *(f"source.{name}" for name in ("document", "section", "quote")))
COLUMNS += ("source.start", "source.end", "source.prefix", "source.suffix", "links.self")


class SpanFilters(ClosedParams, ExpandParams, sets={"kind": NAMES, "kind_not": NAMES}):
    kind: Many[str] = Field((), description="Records of these kinds.")
    kind_not: Many[str] = Field((), alias="kind.not", description="Not: Records of these kinds.")

    def kinds(self) -> list[Kind]:
        """The kinds whose records are listed."""
        return [kind for kind in SOURCED if kind.name in (self.kind or NAMES) and kind.name not in self.kind_not]


class SpanParams(SpanFilters, PageParams, sets={"include": INCLUDES}):
    include: Many[str] = Field((), description="Related records, for the kinds that have them.")
    facets: Many[Literal["kind"]] = Field((), description="How many records of each kind.")


class SpanFileParams(SpanFilters, Params, sets={"fields": COLUMNS}):
    limit: FileLimit | MISSING = Field(MISSING, description="Records at most; all if absent.")
    fields: Many[str] = Field((), description="Columns of csv, keys of jsonl, in this order.")


def spans_page(request: SnapshotRequest, params: SpanParams, id: str) -> Body:
    """Document order is by start, end and rank of the record's own source; a cursor is a place in it."""
    offset, limit = request.cursor(params).window(params.offset, params.limit)
    with reading(request) as reader:
        text = text_of(request, reader, id)
        span, widened = params.widened(text)
        overlaps = overlapping(text, span, params.kinds())
        answer = search.Answer(count(reader, overlaps))
        if params.facets:
            answer.facets = {"kind": _kinds(reader, overlapping(text, span), params.kind)}
        records = resting_on(reader, overlaps, span, limit, offset) if limit else []
        _include(reader, records, params.include)
    body = window_page(request, params, records, answer, offset)
    body.location = location(request, params, span, widened, offset)
    return body


def _kinds(reader: Reader, overlaps: Any, selected: tuple[str, ...]) -> list[tuple[str, int]]:
    statement = select(overlaps.c.kind, func.count()).group_by(overlaps.c.kind)
    counts = dict.fromkeys(selected, 0) | dict(map(tuple, reader.rows(statement)))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _include(reader: Reader, records: list[Record], names: tuple[str, ...]) -> None:
    for kind in SOURCED if names else ():
        wanted = [name for name in names if name in kind.includes]
        include(reader, kind, [record for record in records if record["kind"] == kind.name], wanted)


def spans_file(request: SnapshotRequest, params: SpanFileParams, id: str) -> Body:
    with reading(request) as reader:
        text = text_of(request, reader, id)
        span, widened = params.widened(text)

    def read(offset: int, limit: int) -> list[Record]:
        with reading(request) as reader:
            records = overlapping(Text(reader, id), span, params.kinds())
            return resting_on(reader, records, span, limit, offset) if limit else []

    body = windowed_file(request, params, f"{id}-spans", COLUMNS, read)
    body.location = location(request, params, span, widened)
    return body


@router.get("/documents/{id}/spans", response_model=SpanPage)
async def list_spans(id: str, params: Annotated[SpanParams, Query()], request: OnSnapshot) -> Response:
    """Everything that rests on the words from start to end."""
    return await request.respond(params, spans_page, id)


@files(router, "/documents/{id}/spans")
async def spans_in_file(id: str, params: Annotated[SpanFileParams, Query()], request: OnSnapshot) -> Response:
    """The same records as a file."""
    return await request.respond(params, spans_file, id)
