"""A question to the index: which kinds, which words, which records, in which order."""

from dataclasses import dataclass, field

from api.model.selection import Condition, Selection


class TooCostly(ValueError):
    """Answering would cost more than one request may; the message says what to leave out."""


class TooMany(ValueError):
    """There are more combinations of values than the caller takes."""


@dataclass(frozen=True)
class Question:
    """`selection` may have the filter "kind" beside the filters of the kinds.

    A kind that lacks a filter has no match under its `any` and `all`, and is left alone by its `excluded` values.
    """

    kinds: tuple[str, ...]
    q: str | None = None
    selection: Selection = field(default_factory=Selection)
    sort: str | None = None  # a key of the kind's `sort_columns`; None is relevance under `q`, else default order
    limit: int = 25
    offset: int = 0
    facets: tuple[str, ...] = ()
    sequence_range: tuple[int, int] | None = None  # inclusive

    @property
    def selected_kinds(self) -> list[str]:
        """In byte order."""
        condition = self.selection.filters.get("kind", Condition())
        return sorted(
            kind
            for kind in self.kinds
            if (not condition.any or kind in condition.any)
            and all(kind == other for other in condition.all)
            and kind not in condition.excluded
        )

    @property
    def takes_all(self) -> bool:
        """Whether nothing but `q` and the kinds leaves records out."""
        filters = self.selection.filters.keys() - {"kind"}
        return not (filters or self.selection.ids or self.selection.days or self.sequence_range)
