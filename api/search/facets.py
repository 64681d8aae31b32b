"""How the records that match a question are spread over the values of its filters."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.model.kinds import KINDS
from api.model.selection import Condition, Selection
from api.search.matching import Reading, Records
from api.search.question import Question

MOST_VALUES = 100  # of a facet, beside those that are selected
MERGED = 1_000  # values of a facet read from each kind at first, where several kinds are added up

Values = list[tuple[str, int]]


def facets(records: Records, question: Question, reading: Reading) -> tuple[dict[str, Values], tuple[str, ...]]:
    """The values of each facet, the commonest first, and the names of the facets that have more.

    A facet is counted without its own filter. Those that have none are counted in one pass, each of the others in one
    more.
    """
    filters = question.selection.filters
    free = [name for name in question.facets if name not in filters]
    counts = _counts(records, free, question, reading, ())
    for name in dict.fromkeys(question.facets):
        if name in filters:
            others = {other: condition for other, condition in filters.items() if other != name}
            without = Selection(question.selection.ids, others, question.selection.days)
            selected = _selected(filters[name])
            counts |= _counts(records, [name], replace(question, selection=without), reading, selected)
    shown = {name: _shown(counts[name], _selected(filters.get(name))) for name in question.facets}
    more = tuple(name for name in shown if sum(map(bool, counts[name].values())) > sum(n > 0 for _, n in shown[name]))
    return shown, more


def _selected(condition: Condition | None) -> tuple[str, ...]:
    return (*condition.any, *condition.all) if condition else ()


def _counts(
    records: Records, names: list[str], question: Question, reading: Reading, selected: tuple[str, ...]
) -> dict[str, Counter[str]]:
    """At least the commonest values of each facet with one more, and all that are selected."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    everything = reading.expression is None and question.takes_all
    kinds = question.selected_kinds
    for kind in kinds:
        if "kind" in names:
            counts["kind"][kind] = records.count(kind, question, reading)
        own = [name for name in names if name in KINDS[kind].index_filters]
        query = records.matching(kind, question, reading) if own else None
        if query is None:
            continue
        searcher = records.searchers[kind]
        most = MOST_VALUES + 1 if len(kinds) == 1 else None
        if everything:
            for name in own:
                values = {value: searcher.doc_freq(name, value) for value in selected}
                counts[name].update(values | dict(searcher.terms_with_prefix(name, "", None, most)))
            continue
        wanted = {name: {"terms": {"field": name, "size": most or MERGED}} for name in own}
        if selected:
            terms = {"field": own[0], "size": len(selected), "include": sorted(set(selected))}
            wanted["selected values"] = {"terms": terms}
        result = searcher.aggregate(query, wanted)
        for name in own:
            if result[name]["sum_other_doc_count"]:  # tantivy does not say which of equal counts it leaves out
                values = dict(searcher.terms_with_prefix(name, "", query, most))
            else:
                values = _buckets(result[name])
            counts[name].update(_buckets(result["selected values"]) | values if selected else values)
    return counts


def _buckets(terms: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in terms["buckets"]}


def _shown(counts: Counter[str], selected: tuple[str, ...]) -> Values:
    """The commonest values, and beyond them those that are selected."""
    every = dict.fromkeys(selected, 0) | counts
    ordered = sorted(every.items(), key=lambda pair: (-pair[1], pair[0]))
    commonest = {value for value, count in ordered[:MOST_VALUES] if count}
    return [pair for pair in ordered if pair[0] in commonest or pair[0] in selected]
