"""Query parameters that name a stretch of a document's text."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import MISSING, Field, model_validator

from api.model.kinds import KINDS
from api.params.base import Params, canonical
from api.params.fields import Digits, invalid
from api.params.lists import MOST_OFFSET
from api.problems import Fault, Problem
from api.records.lists import reading
from api.records.reader import Reader
from api.records.single import absent
from api.records.spans import Expansion, Text
from api.request import SnapshotRequest

MOST = 2**53 - 1  # that JavaScript counts exactly


class RangeParams(Params):
    start: Annotated[int, Field(ge=0, le=MOST, description="First offset.", examples=[0]), Digits] = 0
    end: Annotated[
        int | MISSING,
        Field(ge=0, le=MOST, description="Offset after the last; the text's length if absent.", examples=[157]),
        Digits,
    ] = MISSING
    unit: Annotated[
        Literal["code_point", "utf16"],
        Field(description="What offsets count: Unicode code points, or UTF-16 code units."),
    ] = "code_point"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not MISSING and self.start >= self.end:
            detail = f"start is {self.start}; it must be less than end, which is {self.end}"
            raise invalid(detail, parameter="start")
        return self

    def misplaced(self, request: Any) -> Iterable[Fault]:
        try:
            with reading(request) as reader:
                self.span(Text(reader, request.path_id))
        except LookupError:
            pass
        except Problem as problem:
            return [*super().misplaced(request), *problem.faults]
        return super().misplaced(request)

    def span(self, text: Text) -> tuple[int, int]:
        """The stretch in code points. Raises Problem where the text does not have it."""
        return text.span(self.start, None if self.end is MISSING else self.end, self.unit)


class ExpandParams(RangeParams):
    expand: Annotated[
        Expansion | MISSING, Field(description="Widens the span to the whole sentences, paragraphs or sections.")
    ] = MISSING

    def widened(self, text: Text) -> tuple[tuple[int, int], bool]:
        """The stretch, and whether `expand` widened it."""
        span = self.span(text)
        if self.expand is MISSING:
            return span, False
        return text.expanded(span, self.expand), True


def text_of(request: SnapshotRequest, reader: Reader, id: str) -> Text:
    """The text of a document. Raises Problem where there is none of this id."""
    try:
        return Text(reader, id)
    except LookupError:
        raise absent(request, reader, KINDS["document"], id) from None


def location(
    request: SnapshotRequest, params: Params, span: tuple[int, int], widened: bool, offset: int = 0
) -> str | None:
    """The path of a widened span, with the other parameters. A cursor belongs to its query: `offset` stands for it."""
    if not widened or offset > MOST_OFFSET:
        return None
    changes = {"start": span[0], "end": span[1], "unit": None, "expand": None, "cursor": None}
    return canonical(request.path, params, **changes, offset=offset or None)
