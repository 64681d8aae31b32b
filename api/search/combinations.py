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

    def count(kind: str, query: Query, before: Combination) -> None:
        """Each value begins a combination at least, because a record without a value has the value `none`."""
        name = by[len(before)]
        last = len(before) + 1 == len(by)
        terms = {"terms": {"field": name, "size": most + 1}}
        values = records.searchers[kind].aggregate(query, {"values": terms})["values"]["buckets"]
        if len(counts) + len(values) > most:
            seen = sum((*before, value["key"]) in counts for value in values)
            if not last or len(counts) + len(values) - seen > most:
                raise TooMany(f"there are more than {most} combinations of values")
        for value in values:
            combination = (*before, str(value["key"]))
            if last:
                counts[combination] += value["doc_count"]
            else:
                within = Query.term_query(records.schemas[kind], name, value["key"], "basic")
                count(kind, Query.boolean_query([(Occur.Must, query), (Occur.Must, within)]), combination)

    for kind in question.selected_kinds:
        if all(name in KINDS[kind].index_filters for name in by):
            query = records.matching(kind, question, reading)
            if query is not None:
                count(kind, query, ())
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
