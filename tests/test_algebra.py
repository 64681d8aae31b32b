"""The algebra of lists, on random queries: what must hold between the responses to any two of them."""

import csv
from collections.abc import Iterator
from io import StringIO
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.in_process import InProcess, in_process
from tests.lists import FILTERS, LISTS, NONE, Filter, Held, Query, export, ids, parameters, values, walk

BOUNDED = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = (
    "peace treaty",
    "armenia",
    "star",
    '"territorial integrity"',
    "war -peace",
    "azer*",
    "the",
    "zzzz",
    "star war peace",
)
MOST_STATEMENTS = 16
OPERATORS = ("", "", ".not", ".all")


def operators(each: Filter) -> list[str]:
    return [operator for operator in OPERATORS if operator in _declared(each)]


def _declared(each: Filter) -> tuple[str, ...]:
    return ("", *([".not"] if each.negatable else []), *([".all"] if each.many else []))


def chosen(random: Random, held: Held, plural: str, each: Filter, operator: str) -> list[str]:
    """Values that records of the list hold, and `none` where the filter takes it."""
    known = held.known(plural, each.name)
    if each.nullable:
        known = [*known, NONE]
    most = 1 if each.single else 2 if operator == ".all" else 4
    return list(dict.fromkeys(random.choices(known, k=random.randint(1, most))))


def random_query(random: Random, held: Held, plural: str, most: int = 3) -> Query:
    """Conditions on at most `most` filters, some of them on one filter twice."""
    query: Query = {}
    for each in random.sample(FILTERS[plural], random.randint(0, min(most, len(FILTERS[plural])))):
        for operator in set(random.sample(operators(each), random.choice((1, 1, 2)) if each.negatable else 1)):
            query[each.name + operator] = chosen(random, held, plural, each, operator)
    return query


@st.composite
def queries(draw: st.DrawFn, held: Held, plural: str | None = None) -> tuple[str, Query]:
    """A list, and a query of it."""
    name = plural or draw(st.sampled_from(LISTS))
    return name, random_query(draw(st.randoms(use_true_random=False)), held, name)


def words(draw: Any, plural: str) -> dict[str, str]:
    text = draw(st.none() | st.sampled_from(WORDS)) if "q" in parameters(f"/v1/{plural}") else None
    return {"q": text} if text else {}


def selected(client: httpx.Client, plural: str, **query: Any) -> set[str]:
    return set(ids(export(client, f"/v1/{plural}", fields="id", **query)))


def test_rows_totals_facets_and_q_agree_on_random_queries(
    client: httpx.Client, held: Held, pytestconfig: pytest.Config
) -> None:
    """SQL gives rows; the index gives totals, facets and everything under `q`. Both do as a plain reading does."""
    random = Random(12)
    with_q = {
        (plural, text): selected(client, plural, q=text)
        for plural in LISTS
        if "q" in parameters(f"/v1/{plural}")
        for text in WORDS
    }
    empty = 0
    for _ in range(pytestconfig.getoption("queries")):
        plural = random.choice(LISTS)
        query = random_query(random, held, plural)
        expected = held.matching(plural, query)
        empty += not expected
        assert ids(export(client, f"/v1/{plural}", fields="id", **query)) == expected, (plural, query)
        name = random.choice(FILTERS[plural]).name
        _agrees(client, held, plural, query, name, None)
        if "q" in parameters(f"/v1/{plural}"):
            text = random.choice(WORDS)
            among = [id for id in expected if id in with_q[plural, text]]
            assert sorted(selected(client, plural, q=text, **query)) == sorted(among), (plural, query, text)
            _agrees(client, held, plural, query, name, with_q[plural, text], q=text)
    assert empty < pytestconfig.getoption("queries") * 0.6  # most queries select something


def _agrees(
    client: httpx.Client, held: Held, plural: str, query: Query, name: str, among: set[str] | None, **q: str
) -> None:
    """The total and a facet of a list."""

    def matching(conditions: Query) -> list[str]:
        return [id for id in held.matching(plural, conditions) if among is None or id in among]

    body = client.get(f"/v1/{plural}", params={**query, **q, "facets": name, "limit": 0}).json()
    assert body["meta"]["total"] == len(matching(query)), (plural, query, q)
    others = {parameter: values for parameter, values in query.items() if parameter.partition(".")[0] != name}
    marked = {*query.get(name, ()), *query.get(f"{name}.all", ())}
    counted = held.counted(plural, name, matching(others))
    shown = {item["value"]: item["count"] for item in body["facets"][name]}
    expected = {value: count for at, (value, count) in enumerate(counted) if at < 100 or value in marked}
    assert shown == expected | {value: dict(counted).get(value, 0) for value in marked}, (plural, query, name, q)


@given(data=st.data())
@BOUNDED
def test_a_walk_at_any_limit_and_sort_equals_the_file(client: httpx.Client, held: Held, data: st.DataObject) -> None:
    plural, query = data.draw(queries(held))
    sort = data.draw(st.sampled_from(values(f"/v1/{plural}", "sort")))
    limit = data.draw(st.integers(1, 100))
    text = words(data.draw, plural)
    exported = ids(export(client, f"/v1/{plural}", **query, **text, sort=sort))
    most = max(limit, len(exported) // 20 + 1)
    assert ids(walk(client, f"/v1/{plural}", **query, **text, sort=sort, limit=most)) == exported


@given(data=st.data())
@BOUNDED
def test_a_file_of_n_records_is_the_first_n(client: httpx.Client, held: Held, data: st.DataObject) -> None:
    plural, query = data.draw(queries(held))
    text = words(data.draw, plural)
    sort = data.draw(st.sampled_from(values(f"/v1/{plural}", "sort")))
    number = data.draw(st.integers(0, 120))
    for order in ({}, {"sort": sort}):
        given_ = {**query, **text, **order}
        # Best first under q where the limit is at most 10,000.
        every = ids(export(client, f"/v1/{plural}", **given_, **({"limit": 10_000} if text else {})))
        assert ids(export(client, f"/v1/{plural}", **given_, limit=number)) == every[:number]
        table = client.get(f"/v1/{plural}.csv", params={**given_, "limit": number, "fields": "id"}).text
        assert [row["id"] for row in csv.DictReader(StringIO(table))] == every[:number]


@given(data=st.data())
@BOUNDED
def test_one_more_filter_narrows(client: httpx.Client, held: Held, data: st.DataObject) -> None:
    plural, query = data.draw(queries(held))
    _, more = data.draw(queries(held, plural))
    text = words(data.draw, plural)
    wide = {**{name: chosen for name, chosen in query.items() if name not in more}, **text}
    both = selected(client, plural, **wide, **more)
    assert both == selected(client, plural, **wide) & selected(client, plural, **more, **text)


@given(data=st.data())
@BOUNDED
def test_a_filter_and_its_complement_partition_any_list(client: httpx.Client, held: Held, data: st.DataObject) -> None:
    plural, query = data.draw(queries(held))
    text = words(data.draw, plural)
    each = data.draw(st.sampled_from([each for each in FILTERS[plural] if each.negatable]))
    values = chosen(data.draw(st.randoms(use_true_random=False)), held, plural, each, "")
    rest = {name: values for name, values in query.items() if name.partition(".")[0] != each.name}
    inside = selected(client, plural, **rest, **text, **{each.name: values})
    outside = selected(client, plural, **rest, **text, **{f"{each.name}.not": values})
    assert not inside & outside
    assert inside | outside == selected(client, plural, **rest, **text)


@given(data=st.data())
@BOUNDED
def test_two_values_of_a_filter_select_the_union_and_all_the_intersection(
    client: httpx.Client, held: Held, data: st.DataObject
) -> None:
    plural, query = data.draw(queries(held))
    text = words(data.draw, plural)
    for name, several in query.items():
        rest = {other: each for other, each in query.items() if other != name}
        parts = [selected(client, plural, **rest, **text, **{name: value}) for value in several]
        together = selected(client, plural, **rest, **text, **{name: several})
        assert together == (parts[0].intersection(*parts) if "." in name else parts[0].union(*parts))


@given(data=st.data())
@BOUNDED
def test_the_count_of_each_facet_value_is_the_total_behind_its_href(
    client: httpx.Client, held: Held, data: st.DataObject
) -> None:
    plural, query = data.draw(queries(held))
    name = data.draw(st.sampled_from(values(f"/v1/{plural}", "facets")))
    params: dict[str, Any] = {**query, **words(data.draw, plural), "facets": name, "limit": 1}
    body = client.get(f"/v1/{plural}", params=params).json()
    for item in body["facets"][name][:6] + [item for item in body["facets"][name] if item["selected"]]:
        behind = client.get(item["href"]).json()
        assert behind["meta"]["total"] == item["count"]
        assert [each["value"] for each in behind["facets"][name] if each["selected"]] == [item["value"]]
    marked = {item["value"] for item in body["facets"][name] if item["selected"]}
    assert marked == {*query.get(name, ()), *query.get(f"{name}.all", ())}


@given(data=st.data())
@BOUNDED
def test_counts_are_exact_and_sum_to_the_total_where_each_record_has_one_value(
    client: httpx.Client, held: Held, data: st.DataObject
) -> None:
    plural, query = data.draw(queries(held))
    filters = data.draw(st.lists(st.sampled_from(FILTERS[plural]), min_size=1, max_size=3, unique_by=lambda f: f.name))
    by = [each.name for each in filters]
    params: dict[str, Any] = {**query, **words(data.draw, plural)}
    response = client.get(f"/v1/counts/{plural}", params={**params, "by": ",".join(by)})
    expected = _combinations(held, plural, by, selected(client, plural, **params))
    if response.status_code == 422:
        assert response.json()["type"] == "/problems/too-costly"
        assert len(expected) > 1000
        return
    body = response.json()
    assert body["meta"]["by"] == by
    assert [list(item) for item in body["data"]] == [[*by, "count", "href"]] * len(body["data"])
    counted = [(tuple(item[name] for name in by), item["count"]) for item in body["data"]]
    assert counted == sorted(expected.items(), key=lambda pair: (-pair[1], pair[0]))
    total = client.get(f"/v1/{plural}", params={**params, "limit": 0}).json()["meta"]["total"]
    assert body["meta"]["total"] == total
    if not any(each.many for each in filters):
        assert sum(count for _, count in counted) == total
    for item in data.draw(st.permutations(body["data"]))[:6] if len(body["data"]) < 50 else body["data"][:6]:
        assert client.get(item["href"]).json()["meta"]["total"] == item["count"], item
    table = client.get(f"/v1/counts/{plural}.csv", params={**params, "by": ",".join(by)}).text
    rows = list(csv.DictReader(StringIO(table)))
    assert [(tuple(row[name] for name in by), int(row["count"])) for row in rows] == counted


def _combinations(held: Held, plural: str, by: list[str], among: set[str]) -> dict[tuple[str, ...], int]:
    counts: dict[tuple[str, ...], int] = {}
    for id in among:
        combinations: list[tuple[str, ...]] = [()]
        for name in by:
            of_record = held.by_id(plural, name)[id]
            combinations = [(*before, value) for before in combinations for value in of_record]
        for each in combinations:
            counts[each] = counts.get(each, 0) + 1
    return counts


@pytest.mark.parametrize("name", ["document", "actor", "place", "topic", "type", "mode", "speaker", "section", "kind"])
def test_in_search_a_complement_holds_the_kinds_without_the_filter(client: httpx.Client, name: str) -> None:
    def hits(**params: Any) -> set[tuple[str, str]]:
        records = walk(client, "/v1/search", q="star war peace armenia alpha", limit=100, **params)
        return {(record["kind"], record["id"]) for record in records}

    every = hits()
    body = client.get("/v1/search", params={"q": "star war peace armenia alpha", "facets": name, "limit": 0}).json()
    for value in [item["value"] for item in body["facets"][name]][:3]:
        inside, outside = hits(**{name: value}), hits(**{f"{name}.not": value})
        assert inside
        assert not inside & outside
        assert inside | outside == every
        if name not in ("document", "section", "kind"):
            assert any(kind == "actor" for kind, _ in outside)


@pytest.mark.parametrize(
    "query",
    [
        "by=actor&actor=armenia",
        "by=actor&actor=armenia,turkey",
        "by=actor&actor.all=armenia,azerbaijan",
        "by=actor,topic&actor=armenia&actor.not=turkey&topic.not=war",
        "by=actor&actor.not=armenia",
        "by=topic,type&topic=war&topic.all=diplomacy&type.not=causal",
        "by=actor&actor=none",
        "by=speaker,relation&relation=none,supports&q=war",
    ],
)
def test_the_href_of_a_count_leads_to_the_records_that_it_counts(client: httpx.Client, query: str) -> None:
    """Values that stand beside a selected one: a claim on Armenia may be on Turkey too."""
    body = client.get(f"/v1/counts/claims?{query}").json()
    assert body["data"]
    for item in body["data"]:
        behind = client.get(item["href"]).json()
        assert behind["meta"]["total"] == item["count"], item


DAYS = st.dates().map(str) | st.integers(1985, 2030).map(str) | st.integers(1, 12).map(lambda month: f"2020-{month:02}")


@given(first=st.none() | DAYS, last=st.none() | DAYS)
@BOUNDED
def test_certain_is_within_possible_and_both_within_the_dated(
    client: httpx.Client, first: str | None, last: str | None
) -> None:
    query = {name: day for name, day in (("date_from", first), ("date_to", last)) if day}
    if client.get("/v1/events", params=query).status_code == 422:
        assert first is not None
        assert last is not None
        assert first > last
        return
    possible = selected(client, "events", **query)
    certain = selected(client, "events", **query, date_match="certain")
    assert certain <= possible
    undated = selected(client, "events", basis="none")
    assert not possible & undated or not query
    if first and last:
        assert possible == selected(client, "events", date_from=first) & selected(client, "events", date_to=last)


@given(data=st.data())
@BOUNDED
def test_the_total_is_the_same_on_every_page_and_in_every_order(
    client: httpx.Client, held: Held, data: st.DataObject
) -> None:
    plural, query = data.draw(queries(held))
    params: dict[str, Any] = {**query, **words(data.draw, plural)}
    total = len(selected(client, plural, **params))
    sort = data.draw(st.sampled_from(values(f"/v1/{plural}", "sort")))
    offset = data.draw(st.integers(0, 300))
    limit = data.draw(st.integers(0, 100))
    more: list[dict[str, Any]] = [
        {},
        {"limit": 0},
        {"sort": sort},
        {"offset": offset, "limit": limit},
        {"sort": sort, "offset": offset},
    ]
    for each in more:
        body = client.get(f"/v1/{plural}", params=params | each).json()
        assert body["meta"]["total"] == total
        assert len(body["data"]) == max(0, min(body["meta"]["limit"], total - each.get("offset", 0)))


@pytest.fixture(scope="module")
def counted(database: dict[str, str]) -> Iterator[InProcess]:
    with in_process(database, answer_cache_bytes=0) as application:
        yield application


@given(data=st.data())
@BOUNDED
def test_a_list_takes_a_bounded_number_of_statements_whatever_its_limit_and_includes(
    counted: InProcess, held: Held, data: st.DataObject
) -> None:
    plural, query = data.draw(queries(held))
    every = values(f"/v1/{plural}", "include") if "include" in parameters(f"/v1/{plural}") else []
    params: dict[str, Any] = {**query, **words(data.draw, plural)}
    if every:
        params["include"] = data.draw(st.lists(st.sampled_from(every), unique=True))
    if "facets" in parameters(f"/v1/{plural}"):
        params["facets"] = data.draw(st.lists(st.sampled_from(values(f"/v1/{plural}", "facets")), unique=True))
    params = {name: value for name, value in params.items() if value}
    taken = []
    for limit in (1, 7, 100):
        response = counted.get(str(httpx.URL(f"/v1/{plural}", params={**params, "limit": limit})))
        assert response.status_code == 200
        taken.append(len(counted.statements))
    assert max(taken) <= 4 + 4 * len(params.get("include", []))


@pytest.mark.parametrize("tail", ["spans", "coverage"])
def test_a_page_of_a_text_takes_a_bounded_number_of_statements(counted: InProcess, tail: str) -> None:
    for limit in (1, 25, 100):
        assert counted.get(f"/v1/documents/karabakh/{tail}?limit={limit}").status_code == 200
        assert len(counted.statements) <= MOST_STATEMENTS


def test_a_search_takes_a_bounded_number_of_statements(counted: InProcess) -> None:
    for limit in (1, 25, 100):
        response = counted.get(f"/v1/search?q=star+war+peace+armenia&limit={limit}&facets=kind,document&highlight=true")
        assert response.json()["meta"]["total"] > 100
        assert len(counted.statements) <= MOST_STATEMENTS
