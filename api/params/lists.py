"""What lists, files, counts and annotation pages take beside their filters."""

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import MISSING, BeforeValidator, Field, model_validator

from api.params import cursors
from api.params.base import Params
from api.params.fields import Cursor, Digits, Many, invalid
from api.problems import Fault

MOST_OFFSET = 10_000


def _cursor(value: Any) -> Any:
    if isinstance(value, str):
        try:
            cursors.read(value)
        except ValueError:
            raise invalid("is no cursor of this service: altered or cut off", slug="invalid-cursor") from None
    return value


class PageParams(Params):
    """A page: by cursor, or by offset."""

    limit: Annotated[int, Field(ge=0, le=100, description="Records on a page; 0 only counts."), Digits] = 25
    cursor: Annotated[
        Cursor | MISSING,
        BeforeValidator(_cursor),
        Field(description="From `meta.next_cursor` or `meta.prev_cursor` of the same query."),
    ] = MISSING
    offset: Annotated[
        int, Field(ge=0, le=MOST_OFFSET, description="Records to pass over; instead of `cursor`."), Digits
    ] = 0

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.cursor is not MISSING and self.offset:
            raise invalid("cursor and offset exclude each other", parameter="offset")
        if self.cursor is not MISSING and not self.limit:
            raise invalid("limit=0 only counts; it takes no cursor", parameter="limit")
        return self

    def misplaced(self, request: Any) -> Iterable[Fault]:
        faults: Iterable[Fault] = request.cursor_faults(self)
        return faults


FileLimit = Annotated[int, Field(ge=0, le=2**53 - 1), Digits]


class FacetParams(Params):
    facets: Annotated[Many[str], Field(description="Counts of the values of these filters.")] = ()


class IncludeParams(Params):
    include: Annotated[Many[str], Field(description="Related records, up to 25 of each.")] = ()


class SortParams(Params):
    sort: Annotated[
        str | MISSING,
        Field(description="One key; `-` means descending. Document order if absent; best first with `q`."),
    ] = MISSING


class FileParams(SortParams):
    """A file is the whole result, or its first `limit` records."""

    limit: Annotated[FileLimit | MISSING, Field(description="Records at most; all if absent.")] = MISSING
    fields: Annotated[Many[str], Field(description="Columns of csv, keys of jsonl, in this order; all if absent.")] = ()


class CountParams(Params):
    by: Annotated[Many[str], Field(min_length=1, description="One to three filters; their order is kept.")]

    @model_validator(mode="after")
    def _few(self) -> Self:
        if len(self.by) > 3:
            raise invalid("takes at most three filters", parameter="by")
        return self


class BareListParams(PageParams, SortParams, FacetParams):
    """A list of a kind that includes nothing."""


class ListParams(BareListParams, IncludeParams):
    """A list."""


class AnnotationPageParams(PageParams, SortParams):
    """A page of W3C annotations."""


class RecordParams(IncludeParams):
    """A single record."""
