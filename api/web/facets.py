"""Facets as people read them: names instead of ids, what is selected first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.params.base import Params
from api.params.filters import attribute_of
from api.records.reader import Reader, Record
from api.web.environment import STRINGS
from api.web.names import FILTERED, Names

SHOWN = 8  # values of a facet before the others are folded away


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    values: Sequence[Record]
    more: Sequence[Record]
    selected: bool


def facets_of(
    reader: Reader, facets: Mapping[str, Sequence[Record]], order: Sequence[str], params: Params
) -> list[Facet]:
    """Facets with more than one value, or with a value that is selected, in this order."""
    ids = {(FILTERED[name], each["value"]) for name in facets for each in facets[name] if name in FILTERED}
    names = Names(reader, {(kind, id) for kind, id in ids if id not in ("author", "none")})
    return [
        _facet(name, facets[name], names, params)
        for name in order
        if name in facets and (len(facets[name]) > 1 or any(each["selected"] for each in facets[name]))
    ]


def _facet(name: str, values: Sequence[Record], names: Names, params: Params) -> Facet:
    excluded: Any = getattr(params, f"{attribute_of(name)}_not", ())
    shown = [each | {"text": names.value(name, each["value"])} for each in values if each["count"] or each["selected"]]
    shown.sort(key=lambda each: not each["selected"])
    chosen = any(each["selected"] for each in shown) or bool(excluded)
    return Facet(name, STRINGS["filters"][name], shown[:SHOWN], shown[SHOWN:], chosen)
