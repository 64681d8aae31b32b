"""Which records a request selects: said once, answered by SQL and by the text index alike.

Values are strings as a query parameter writes them: ids, vocabulary values, `true` and `false`, digits. `none` selects
the records where the field is null or empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Condition:
    """What one filter asks for: any of some values, all of others, none of the excluded ones."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Days:
    """First and last day (ISO 8601). `certain`: the record's period lies within them; otherwise it overlaps them."""

    first: str | None = None
    last: str | None = None
    certain: bool = False


@dataclass(frozen=True)
class Selection:
    """Filters of different names mean *and*."""

    ids: tuple[str, ...] = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)
    days: Days | None = None

    @property
    def everything(self) -> bool:
        return not (self.ids or self.filters or self.days)
