"""How many records there are for each combination of one to three filters."""

from typing import Any

from pydantic import Field

from api import search
from api.model.declaration import Kind, OneValue
from api.params.base import Params, values_of, with_query
from api.params.lists import CountParams
from api.problems import Problem
from api.records.facets import only
from api.records.files import filename
from api.records.lists import enveloped, question
from api.records.pages import model, optional_keys
from api.records.shapes import One, Shape
from api.request import Body, SnapshotRequest

MOST = 1000  # combinations


class CountsMeta(Shape):
    total: int = Field(description="Records that match. One with several values of a filter counts for each.")
    by: list[str]
    snapshot: str


def counts_of(kind: Kind) -> type[Shape]:
    """The response model of a kind's counts: one key for each filter in `by`."""
    title = kind.name.title()
    item: Any = model(f"{title}Count", Shape, count=(int, ...), href=(str, ...), **optional_keys(kind.filters, str))
    counts: type[Shape] = model(f"{title}Counts", One[list[item]], meta=(CountsMeta, ...))
    return counts


def counts(request: SnapshotRequest, params: CountParams, kind: Kind) -> Body:
    """The counts as JSON, or as the form that the path names writes them."""
    index = request.snapshot.index
    query = question(kind, params, limit=0)
    try:
        combinations = index.counts(query, params.by, MOST)
    except search.TooMany:
        detail = (
            f"there are more than {MOST} combinations of {', '.join(params.by)}; count fewer filters, or select more"
        )
        raise Problem("too-costly", detail) from None
    data = []
    for values, count in combinations:
        by = dict(zip(params.by, values, strict=True))
        data.append(by | {"count": count, "href": _href(request, params, kind, by)})
    if request.form.write:
        content = request.form.write([*params.by, "count", "href"], data, True)
        return Body(iter((content,)), filename=filename(request, f"counts-{kind.plural}"))
    return enveloped(request, data, total=index.count(query), by=list(params.by))


def _href(request: SnapshotRequest, params: Params, kind: Kind, by: dict[str, str]) -> str:
    """The list of the records that are counted."""
    filters = {name: value for name, value in values_of(params).items() if name not in ("by", "snapshot")}
    for name, value in by.items():
        if isinstance(kind.filters[name], OneValue):
            filters |= only(name, value)
        elif name in filters:  # the records have this value beside one of those
            filters[f"{name}.all"] = (*filters.get(f"{name}.all", ()), value)
        else:
            filters[name] = value
    return request.href(with_query(kind.path, filters))
