"""What a list is narrowed by: each value a chip, whose link takes it away."""

from dataclasses import dataclass
from typing import Any

from api.params.base import Params, canonical, text_of, values_of
from api.records.reader import Reader
from api.request import SnapshotRequest
from api.web.environment import STRINGS
from api.web.names import FILTERED, Names

VERBATIM = ("q", "id", "record", "from", "to")  # their values are shown as they are


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    without: str  # path of the list without it


def chips_of(request: SnapshotRequest, reader: Reader, params: Params, unshown: set[str]) -> list[Chip]:
    given = {name: value for name, value in sorted(values_of(params).items()) if name not in unshown}
    every = [(name, each) for name in given for each in _each(given[name])]
    ids = {(FILTERED[base], text_of(each)) for name, each in every if (base := name.partition(".")[0]) in FILTERED}
    names = Names(reader, {(kind, id) for kind, id in ids if id not in ("author", "none")})
    chips = []
    for name, each in every:
        base, _, form = name.partition(".")
        label = STRINGS["filters"].get(base) or base.replace("_", " ")
        rest = tuple(other for other in _each(given[name]) if other != each)
        changes: dict[str, Any] = {name: rest, "cursor": None, "offset": None}
        chips.append(
            Chip(
                f"{label} {STRINGS['chips'][form]}" if form else label,
                text_of(each) if base in VERBATIM else names.value(base, text_of(each)),
                request.href(canonical(request.path, params, **changes)),
            )
        )
    return chips


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
