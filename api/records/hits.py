"""Hits of a search across all kinds: the records of each, and the page that they make."""

from typing import Any

from api import search
from api.model.kinds import KINDS
from api.model.selection import Selection
from api.params.filters import selected
from api.records.highlights import add_highlights
from api.records.lists import reading, window_page
from api.records.presentation import records_by_sequence
from api.records.reader import Record
from api.request import Body, SnapshotRequest

SEARCHED = tuple(kind for kind in KINDS.values() if kind.in_search)
NAMES = tuple(sorted(kind.name for kind in SEARCHED))
FILTERS = ("document", "section", "actor", "place", "topic", "type", "mode", "speaker")


def question_of(params: Any, **more: Any) -> search.Question:
    conditions = selected(params, ("kind", *FILTERS))
    return search.Question(kinds=NAMES, q=params.q, selection=Selection(filters=conditions), **more)


def records_of(request: SnapshotRequest, answer: search.Answer) -> list[Record]:
    """The records of the hits, in their order."""
    with reading(request) as reader:
        by_kind = {
            name: records_by_sequence(reader, KINDS[name], [hit.sequence for hit in answer.hits if hit.kind == name])
            for name in {hit.kind for hit in answer.hits}
        }
    return [by_kind[hit.kind][hit.sequence] for hit in answer.hits]


def search_page(request: SnapshotRequest, params: Any, names: tuple[str, ...] = (), *, highlight: bool = False) -> Body:
    """A page of hits, with the facets `names` where the parameters ask for none."""
    offset, limit = request.cursor(params).window(params.offset, params.limit)
    answer = request.snapshot.index.ask(question_of(params, limit=limit, offset=offset, facets=params.facets or names))
    records = records_of(request, answer)
    if params.highlight or highlight:
        add_highlights(request.snapshot.index, answer.terms, records)
    return window_page(request, params, records, answer, offset)
