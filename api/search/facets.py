"""How the records that answer a question are spread over the values of its filters."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.search.matching import Read, Records
from api.search.question import Question
from api.search.schema import KINDS

MOST_FACET_VALUES = 100
MERGED = 1_000  # values of a facet read from each kind before all of them are


def facets(records: Records, question: Question, read: Read) -> dict[str, list[tuple[str, int]]]:
    """Facets without a filter of their own are counted in one pass, each of the others in one more."""
    free = [name for name in question.facets if not question.filters.get(name)]
    counts = _values(records, free, question, read)
    for name in set(question.facets) - set(free):
        others = {other: values for other, values in question.filters.items() if other != name}
        counts |= _values(records, [name], replace(question, filters=others), read, question.filters[name])
    return {name: _shown(counts[name], question.filters.get(name, ())) for name in question.facets}


def _values(
    records: Records, names: list[str], question: Question, read: Read, chosen: tuple[str, ...] = ()
) -> dict[str, Counter[str]]:
    """At least the commonest values of each facet, and all that are chosen."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    everything = read.asked is None and not question.narrowed
    kinds = question.kinds_asked
    for kind in kinds:
        if "kind" in names:
            counts["kind"][kind] = records.count(kind, question, read)
        own = [name for name in names if name in KINDS[kind].filters]
        query = records.matching(kind, question, read) if own else None
        if query is None:
            continue
        searcher = records.searchers[kind]
        most = MOST_FACET_VALUES if len(kinds) == 1 else None
        if everything:
            for name in own:
                known = {value: searcher.doc_freq(name, value) for value in chosen}
                counts[name].update(known | dict(searcher.terms_with_prefix(name, "", None, most)))
            continue
        wanted = {name: {"terms": {"field": name, "size": most or MERGED}} for name in own}
        if chosen:
            wanted["chosen"] = {"terms": {"field": own[0], "size": len(chosen), "include": sorted(set(chosen))}}
        found = searcher.aggregate(query, wanted)
        for name in own:
            if found[name]["sum_other_doc_count"]:  # which of equal counts were cut is left open; here it is not
                known = dict(searcher.terms_with_prefix(name, "", query, most))
            else:
                known = _buckets(found[name])
            counts[name].update(_buckets(found["chosen"]) | known if chosen else known)
    return counts


def _buckets(terms: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in terms["buckets"]}


def _shown(counts: Counter[str], chosen: tuple[str, ...]) -> list[tuple[str, int]]:
    """The commonest, and in place of the last of them those that are chosen."""
    counts.update(dict.fromkeys(chosen, 0))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    others = [pair for pair in ordered if pair[1] and pair[0] not in chosen]
    kept = {value for value, _ in others[: max(0, MOST_FACET_VALUES - len(set(chosen)))]} | set(chosen)
    return [pair for pair in ordered if pair[0] in kept]
