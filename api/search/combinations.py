"""How many records there are for each combination of values of one to three filters."""

from collections import Counter

from tantivy import Occur, Query

from api.model.kinds import KINDS
from api.search.matching import Reading, Records
from api.search.question import Question, TooMany

Combination = tuple[str, ...]


def combinations(
    records: Records, question: Question, reading: Reading, by: tuple[str, ...], most: int
) -> list[tuple[Combination, int]]:
    """Every combination that occurs, the commonest first, then in order of its values.

    A record counts once for each of its values. Raises TooMany as soon as there are more than `most` combinations:
    values are counted one filter after another, within each value of the filters before.
    """
    counts: Counter[Combination] = Counter()
    for kind in question.selected_kinds:
        if not all(name in KINDS[kind].index_filters for name in by):
            continue
        query = records.matching(kind, question, reading)
        if query is not None:
            _Counting(records, kind, most, counts).count(query, by, ())
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


class _Counting:
    def __init__(self, records: Records, kind: str, most: int, counts: Counter[Combination]) -> None:
        self._schema, self._searcher = records.schemas[kind], records.searchers[kind]
        self._most, self._counts = most, counts

    def count(self, query: Query, by: tuple[str, ...], before: Combination) -> None:
        """Each value begins a combination at least, because a record without a value has the value `none`."""
        name, *others = by
        terms = {"terms": {"field": name, "size": self._most + 1}}
        values = self._searcher.aggregate(query, {"values": terms})["values"]["buckets"]
        if len(self._counts) + len(values) > self._most:
            seen = sum((*before, value["key"]) in self._counts for value in values)
            if others or len(self._counts) + len(values) - seen > self._most:
                raise TooMany(f"there are more than {self._most} combinations of values")
        for value in values:
            combination = (*before, str(value["key"]))
            if others:
                within = Query.term_query(self._schema, name, value["key"], "basic")
                self.count(Query.boolean_query([(Occur.Must, query), (Occur.Must, within)]), tuple(others), combination)
            else:
                self._counts[combination] += value["doc_count"]
