"""The text index by itself: which records match a selection, in which order, and counted how.

Its answers are compared with a plain reading of the same rows in Python, for every filter, sort key and facet.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.model.kinds import KINDS
from api.model.selection import Condition, Days, Selection
from api.search import Index, Question, TooMany
from tests.search_indexes import ALL, indexed, selected
from tests.search_model import Values, combinations, selects, values_of, within
from tests.search_rows import Rows, random_rows

SHOWN = 100


@pytest.fixture(scope="module")
def rows() -> Rows:
    return random_rows(7, size=120)


@pytest.fixture(scope="module")
def index(rows: Rows) -> Index:
    return indexed(rows)


@pytest.fixture(scope="module")
def values(rows: Rows, index: Index) -> Values:
    assert index.sizes["claim"] == len(rows["claim"])  # which has numbered the rows
    return values_of(rows)


def ordered(counts: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


CASES = [(kind, name) for kind, of in KINDS.items() for name in of.index_filters]


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda each: str(each))
def test_every_filter_and_facet(index: Index, rows: Rows, values: Values, kind: str, name: str) -> None:
    counts = Counter(value for of in values[kind][name].values() for value in of)
    known = ordered(counts)
    everything = Question((kind,), limit=1000, facets=(name,))
    answer = index.ask(everything)
    assert answer.facets[name] == known[:SHOWN]
    assert answer.more_facets == ((name,) if len(known) > SHOWN else ())
    ends = tuple(dict.fromkeys(value for value, _ in known[:1] + known[-1:]))
    for condition in (
        *(Condition(any=ends), Condition(any=ends[:1]), Condition(any=("nothing",)), Condition(any=("none",))),
        *(
            Condition(all=ends),
            Condition(excluded=ends),
            Condition(excluded=("none",)),
            Condition(any=ends, excluded=ends[:1]),
        ),
    ):
        selection = Selection(filters={name: condition})
        expected = selects(rows, values, kind, selection)
        answer = index.ask(replace(everything, selection=selection))
        assert [hit.sequence for hit in answer.hits] == expected
        assert answer.total == index.count(Question((kind,), selection=selection)) == len(expected)
        chosen = {*condition.any, *condition.all}
        beyond = [(value, counts[value]) for value in chosen if (value, counts[value]) not in known[:SHOWN]]
        assert answer.facets[name] == ordered(Counter(dict(known[:SHOWN] + beyond)))


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda each: str(each))
def test_a_filter_and_its_complement_part_the_records(index: Index, values: Values, kind: str, name: str) -> None:
    every = sorted({value for of in values[kind][name].values() for value in of})
    for some in (every[:1], every[:2], every[-1:], ["none"]):
        one, other = (
            {hit.sequence for hit in index.ask(Question((kind,), selection=selection, limit=1000)).hits}
            for selection in (
                Selection(filters={name: Condition(any=tuple(some))}),
                Selection(filters={name: Condition(excluded=tuple(some))}),
            )
        )
        assert not one & other
        assert len(one | other) == index.sizes[kind]


@st.composite
def conditions(draw: st.DrawFn, values: list[str]) -> Condition:
    some = st.lists(st.sampled_from([*values, "none", "nothing"]), max_size=3, unique=True).map(tuple)
    return Condition(any=draw(some), all=draw(some) if draw(st.booleans()) else (), excluded=draw(some))


@settings(max_examples=400, deadline=None)
@given(data=st.data(), kind=st.sampled_from(ALL))
def test_filters_together(index: Index, values: Values, rows: Rows, data: st.DataObject, kind: str) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(KINDS[kind].index_filters)), min_size=1, max_size=3, unique=True))
    filters = {
        name: data.draw(conditions(sorted({v for of in values[kind][name].values() for v in of}))) for name in names
    }
    day = st.sampled_from([None, "1994-01-01", "2020-06-01", "2021-01-02"])
    days = Days(data.draw(day), data.draw(day), data.draw(st.booleans())) if KINDS[kind].period else None
    ids = tuple(data.draw(st.lists(st.sampled_from([row["id"] for row in rows[kind]]), max_size=9, unique=True)))
    selection = Selection(ids, filters, days)
    low, high = sorted(data.draw(st.tuples(*[st.integers(1, len(rows[kind]))] * 2)))
    question = Question((kind,), None, selection, limit=1000, sequence_range=(low, high), facets=tuple(names))
    answer = index.ask(question)

    def sequences(without: str | None = None) -> list[int]:
        return [each for each in selects(rows, values, kind, selection, without) if low <= each <= high]

    assert [hit.sequence for hit in answer.hits] == sequences()
    assert answer.total == index.count(question)
    for name in names:
        counts = Counter(value for each in sequences(name) for value in values[kind][name][each])
        chosen = {*filters[name].any, *filters[name].all}
        assert dict(answer.facets[name]) == dict(ordered(counts)[:SHOWN]) | {value: counts[value] for value in chosen}
    by = tuple(names)
    assert index.counts(question, by, 10_000) == ordered(combinations(values, kind, by, sequences()))


def test_a_selection_over_several_kinds(index: Index, rows: Rows, values: Values) -> None:
    for selection in (
        *(selected(speaker=("author",)), selected(speaker__not=("author",)), selected(actor__all=("a1", "a2"))),
        *(selected(speaker=("none",)), selected(type__not=("causal",), actor=("a1",))),
        selected(days=Days("1994-01-01", None)),
    ):
        expected = {(kind, each) for kind in ALL for each in selects(rows, values, kind, selection)}
        answer = index.ask(Question(ALL, selection=selection, limit=1000))
        assert {(hit.kind, hit.sequence) for hit in answer.hits} == expected
        assert answer.total == index.count(Question(ALL, selection=selection)) == len(expected)
    unlike = index.ask(Question(ALL, selection=selected(kind__not=("claim", "relation")), limit=1000, facets=("kind",)))
    assert {hit.kind for hit in unlike.hits} == {*ALL} - {"claim", "relation"}
    assert dict(unlike.facets["kind"])["claim"] == index.sizes["claim"]


def test_kinds_without_texts_match_no_words(index: Index) -> None:
    for q in ("border", "-border", "the"):
        assert index.count(Question(("relation",), q)) == 0
        assert "relation" not in {hit.kind for hit in index.ask(Question(ALL, q, limit=1000)).hits}


def test_events_match_by_the_words_of_their_mentions(index: Index, rows: Rows) -> None:
    for mention in rows["event_mention"][:5]:
        question = Question(("event",), f'"{mention["quote"]}"', limit=100)
        assert mention["event"] in {hit.sequence for hit in index.ask(question).hits}


def test_facets_of_all_kinds_are_sums(index: Index, values: Values) -> None:
    for name in ("actor", "section", "document", "type"):
        counts = Counter(v for kind in KINDS for of in values[kind].get(name, {}).values() for v in of)
        assert dict(index.ask(Question(ALL, facets=(name,))).facets[name]) == counts
    answer = index.ask(Question(ALL, "border", selected(kind=("claim", "place")), facets=("kind",)))
    assert answer.total == sum(count for kind, count in answer.facets["kind"] if kind in ("claim", "place"))
    assert dict(answer.facets["kind"])["section"] == index.count(Question(("section",), "border"))


def test_a_long_facet_is_cut_by_count_then_value_and_that_is_reported() -> None:
    rows = random_rows(3, size=400)
    for n, claim in enumerate(rows["claim"]):
        claim["section"] = f"s{n % 150:03d}"
    index = indexed(rows)
    counts = Counter(claim["section"] for claim in rows["claim"])
    expected = ordered(counts)[:SHOWN]
    for q in (None, "-quantum"):
        answer = index.ask(Question(("claim",), q, facets=("section", "type")))
        assert answer.facets["section"] == expected
        assert answer.more_facets == ("section",)
        for condition in (Condition(any=("s149",)), Condition(all=("s149",))):
            narrowed = Question(("claim",), q, Selection(filters={"section": condition}), facets=("section",))
            answer = index.ask(narrowed)
            assert answer.facets["section"] == [*expected, ("s149", counts["s149"])]
            assert answer.more_facets == ("section",)
    with pytest.raises(TooMany, match="more than 149"):
        index.counts(Question(("claim",)), ("section",), 149)
    assert len(index.counts(Question(("claim",)), ("section",), 150)) == 150


@pytest.mark.parametrize(
    "by", [("speaker",), ("speaker", "type"), ("actor", "type", "hedged"), ("actor", "place", "topic")]
)
def test_counts_by_several_filters(index: Index, rows: Rows, values: Values, by: tuple[str, ...]) -> None:
    for selection in (Selection(), selected(actor=("a1",)), selected(type__not=("causal",))):
        expected = ordered(combinations(values, "claim", by, selects(rows, values, "claim", selection)))
        question = Question(("claim",), selection=selection)
        assert index.counts(question, by, len(expected)) == expected
        with pytest.raises(TooMany):
            index.counts(question, by, len(expected) - 1)


SORTS = [(kind, key) for kind, of in KINDS.items() for key in of.sort_columns]


@pytest.mark.parametrize(("kind", "key"), SORTS, ids=lambda each: str(each))
def test_every_sort_key_puts_nulls_last_and_ties_by_id(index: Index, rows: Rows, kind: str, key: str) -> None:
    column = KINDS[kind].sort_columns[key].key
    known = [row for row in rows[kind] if row.get(column) is not None]
    unknown = sorted(row["rank"] for row in rows[kind] if row.get(column) is None)
    for sign in ("", "-"):
        ties = sorted(known, key=lambda row: row["rank"])
        ties.sort(key=lambda row: row[column], reverse=sign == "-")
        hits = index.ask(Question((kind,), sort=f"{sign}{key}", limit=1000)).hits
        assert [hit.rank for hit in hits] == [row["rank"] for row in ties] + unknown


@pytest.mark.parametrize("certain", [False, True])
@pytest.mark.parametrize("first", [None, "1994-01-01", "2020-01-01"])
@pytest.mark.parametrize("last", [None, "1994-12-31", "2020-12-31", "2030-12-31"])
def test_dates(index: Index, rows: Rows, certain: bool, first: str | None, last: str | None) -> None:
    days = Days(first, last, certain)
    question = Question(("event",), selection=selected(days=days), limit=1000)
    answer = index.ask(question)
    assert [hit.sequence for hit in answer.hits] == [row["sequence"] for row in rows["event"] if within(row, days)]
    assert index.count(question) == answer.total
    corrections = index.ask(Question(("correction",), selection=selected(days=days), limit=1000))
    expected = [row["sequence"] for row in rows["correction"] if within(row, days, "date")]
    assert [hit.sequence for hit in corrections.hits] == expected


def test_ids_and_windows(index: Index, rows: Rows) -> None:
    some = tuple(row["id"] for row in rows["claim"][3:9:2])
    assert index.count(Question(("claim",), selection=Selection(ids=some))) == 3
    window = index.ask(Question(("claim",), "-quantum", sort="position", sequence_range=(11, 20)))
    assert [hit.sequence for hit in window.hits] == list(range(11, 21))
