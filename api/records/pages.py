"""Response models of lists and single records. What a query may include or count follows from the kind."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import MISSING, BaseModel, Field, create_model

from api.model.declaration import IncludeOne, Kind
from api.params.filters import attribute_of
from api.records.presentation import PRESENTATIONS
from api.records.shapes import FacetValue, One, Page, RecordShape, Several, Shape


@cache
def with_included(kind: Kind) -> type[RecordShape]:
    """The kind's record with `included`, typed by name."""
    shape = PRESENTATIONS[kind.name].shape
    if not kind.includes:
        return shape
    fields: dict[str, Any] = {}
    for name, include in kind.includes.items():
        related: Any = PRESENTATIONS[include.kind].shape
        fields |= optional_keys([name], related | None if isinstance(include, IncludeOne) else Several[related])
    title = kind.name.title()
    included: Any = model(f"{title}Included", Shape, **fields)
    described = Field(MISSING, description="Only with include=.")
    extended: type[RecordShape] = model(title, shape, included=(included | MISSING, described))
    return extended


@cache
def page_of(kind: Kind) -> type[Shape]:
    """A page of the kind's list."""
    facets: Any = facets_of(kind.name.title(), kind.filters)
    described = Field(MISSING, description="Only with facets=.")
    title = kind.name.title()
    record: Any = with_included(kind)
    page: type[Shape] = model(f"{title}Page", Page[record], facets=(facets | MISSING, described))
    return page


@cache
def one_of(kind: Kind) -> type[Shape]:
    """A single record of the kind."""
    record: Any = with_included(kind)
    response: type[Shape] = model(f"{kind.name.title()}Response", One[record])
    return response


def facets_of(title: str, names: Iterable[str]) -> type[Shape]:
    """The facets of a list, each there only if it was asked for."""
    facets: type[Shape] = model(f"{title}Facets", Shape, **optional_keys(names, list[FacetValue]))
    return facets


def optional_keys(names: Iterable[str], value: Any) -> dict[str, Any]:
    """Fields of a model that a query adds."""
    return {attribute_of(name): (value | MISSING, Field(MISSING, alias=name)) for name in names}


def model(name: str, base: type[BaseModel], **fields: Any) -> Any:
    return create_model(name, __base__=base, __module__=__name__, **fields)
