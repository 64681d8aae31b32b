"""Public shapes that all records and responses share. OpenAPI is made of them."""

from typing import Generic, TypeVar

from pydantic import MISSING, BaseModel, ConfigDict, Field

from api.params.fields import Id


class Shape(BaseModel):
    """A part of a response. Its keys are always present, unless the type says `MISSING`: then a query adds them."""

    # Responses are built as plain dicts: a shape describes them, and needs a validator only for OpenAPI and tests.
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Utf16(Shape):
    """The same span in UTF-16 code units, for JavaScript's `slice`."""

    start: int
    end: int


class Source(Shape):
    """The words that a record rests on (W3C Web Annotation: text quote and text position selectors)."""

    document: Id
    section: Id
    quote: str = Field(description="Exactly text[start:end] of the canonical text.")
    start: int = Field(description="Offset in Unicode code points.", ge=0)
    end: int = Field(description="Offset in Unicode code points, exclusive.", ge=1)
    utf16: Utf16
    prefix: str = Field(description="Up to 32 code points before the quote.")
    suffix: str = Field(description="Up to 32 code points after the quote.")
    href: str = Field(description="Path of the span: everything that rests on these words.")


class Links(Shape):
    """Paths of the record and of its words."""

    self: str
    page: str = Field(description="The record's page for people.")
    cite: str | None = Field(description="How to cite it, as BibTeX; null where it cannot be cited.")
    text: str | None = Field(description="The words themselves, as plain text; null without a source.")
    spans: str | None = Field(description="Everything that rests on these words; null without a source.")


class Quantity(Shape):
    """A number that the text gives. A range stays a range; a bound that it does not give is null."""

    text: str = Field(description="The text's own words.")
    value: float | int | None
    min: float | int | None
    max: float | int | None
    min_exclusive: bool = Field(description='True for "more than".')
    max_exclusive: bool = Field(description='True for "almost" and "fewer than".')
    approximate: bool = Field(description="Whether the words leave the number open.")
    unit: str | None
    of: str | None = Field(description="The counted noun phrase, verbatim.")


class Highlight(Shape):
    """A range of one of the record's own strings that matches `q`."""

    field: str = Field(description="Dotted path of the string in the record.")
    start: int = Field(description="Code points into that string.")
    end: int
    utf16: Utf16


class RecordShape(Shape):
    """A record of any kind."""

    id: Id
    highlights: list[Highlight] | MISSING = Field(MISSING, description="Only with highlight=true.")


class FacetValue(Shape):
    value: str = Field(description="As the filter of the same name takes it.")
    count: int = Field(description="The total of the list behind href.")
    selected: bool
    href: str


class Correction(Shape):
    """A part of `q` that was read as something else."""

    from_: str = Field(alias="from")
    to: str


class ListMeta(Shape):
    total: int = Field(description="Exact number of records that match.")
    limit: int
    snapshot: str
    next_cursor: str | None = Field(description="For `cursor=`; null on the last page.")
    prev_cursor: str | None = Field(description="For `cursor=`; null on the first page.")
    corrected: list[Correction] | MISSING = Field(MISSING, description="Only with `q`, where it was read otherwise.")
    facets_more: list[str] | MISSING = Field(MISSING, description="Facets that have more values than are listed.")


class ListLinks(Shape):
    self: str
    first: str
    next: str | None
    prev: str | None


class RecordMeta(Shape):
    snapshot: str


class RecordLinks(Shape):
    self: str


T = TypeVar("T")


class Page(Shape, Generic[T]):
    """A page of a list."""

    data: list[T]
    meta: ListMeta
    links: ListLinks


class One(Shape, Generic[T]):
    """A single record."""

    data: T
    meta: RecordMeta
    links: RecordLinks


class Several(Shape, Generic[T]):
    """Related records: up to 25 in document order, their number, and the list that has all of them."""

    data: list[T]
    total: int
    href: str | None
