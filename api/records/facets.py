"""How the records of a list are spread over the values of its filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.params.base import Params, canonical
from api.params.filters import attribute_of, texts
from api.records.reader import Record
from api.request import SnapshotRequest


def facets(
    request: SnapshotRequest, params: Params, counts: Mapping[str, Sequence[tuple[str, int]]]
) -> dict[str, list[Record]]:
    """Each facet's values with their counts, and the list that a value selects."""
    return {name: _facet(request, params, name, counts[name]) for name in sorted(counts)}


def _facet(request: SnapshotRequest, params: Params, name: str, counts: Sequence[tuple[str, int]]) -> list[Record]:
    attribute = attribute_of(name)
    selected = {*texts(getattr(params, attribute, ())), *texts(getattr(params, f"{attribute}_all", ()))}
    return [
        {
            "value": value,
            "count": count,
            "selected": value in selected,
            "href": request.href(canonical(request.path, params, **only(name, value))),
        }
        for value, count in counts
    ]


def only(name: str, value: str) -> dict[str, Any]:
    """The changes that set one filter to one value alone, at the start of the list."""
    return {name: value, f"{name}.not": None, f"{name}.all": None, "cursor": None, "offset": None}
