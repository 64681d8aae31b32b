"""The algebra of lists, on questions drawn by Hypothesis: what must hold between the answers to any two of them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.in_process import InProcess, in_process
from tests.lists import ALL_FILTERS, LISTS, SINGLE, Content, export, held, ids, matching, parameters, values, walk

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

Asked = dict[str, list[str]]


def filters(plural: str) -> list[str]:
    return [name for each, name in ALL_FILTERS if each == plural]


@st.composite
def questions(draw: st.DrawFn, content: Content, plural: str | None = None) -> tuple[str, Asked]:
    """A list and filters with values that records of it hold."""
    chosen = plural or draw(st.sampled_from(LISTS))
    names = draw(st.lists(st.sampled_from(filters(chosen)), max_size=3, unique=True))
    asked: Asked = {}
    for name in names:
        known = sorted({value for record in content[chosen] for value in held(chosen, name, record, content)})
        most = 1 if name in SINGLE else 4
        asked[name] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=most, unique=True))
    return chosen, asked


def words(draw: Any, plural: str) -> dict[str, str]:
    text = draw(st.none() | st.sampled_from(WORDS)) if "q" in parameters(f"/v1/{plural}") else None
    return {"q": text} if text else {}


def found(client: httpx.Client, plural: str, **asked: Any) -> set[str]:
    return set(ids(export(client, f"/v1/{plural}", fields="id", **asked)))


@given(data=st.data())
@BOUNDED
def test_a_walk_at_any_limit_and_sort_equals_the_export(
    client: httpx.Client, content: Content, data: st.DataObject
) -> None:
    plural, asked = data.draw(questions(content))
    sort = data.draw(st.sampled_from(values(f"/v1/{plural}", "sort")))
    limit = data.draw(st.integers(1, 100))
    text = words(data.draw, plural)
    exported = export(client, f"/v1/{plural}", **asked, **text, sort=sort)
    assert (
        walk(client, f"/v1/{plural}", **asked, **text, sort=sort, limit=max(limit, len(exported) // 20 + 1)) == exported
    )


@given(data=st.data())
@BOUNDED
def test_any_filters_find_what_a_plain_reading_of_the_export_finds(
    client: httpx.Client, content: Content, data: st.DataObject
) -> None:
    plural, asked = data.draw(questions(content))
    assert ids(export(client, f"/v1/{plural}", **asked)) == matching(plural, content, asked)


@given(data=st.data())
@BOUNDED
def test_one_more_filter_narrows(client: httpx.Client, content: Content, data: st.DataObject) -> None:
    plural, asked = data.draw(questions(content))
    _, more = data.draw(questions(content, plural))
    text = words(data.draw, plural)
    wide = {**{name: values for name, values in asked.items() if name not in more}, **text}
    both = found(client, plural, **wide, **more)
    assert both == found(client, plural, **wide) & found(client, plural, **more, **text)


@given(data=st.data())
@BOUNDED
def test_two_values_of_a_filter_find_the_union(client: httpx.Client, content: Content, data: st.DataObject) -> None:
    plural, asked = data.draw(questions(content))
    text = words(data.draw, plural)
    for name, chosen in asked.items():
        rest = {other: values for other, values in asked.items() if other != name}
        parts = [found(client, plural, **rest, **text, **{name: value}) for value in chosen]
        assert found(client, plural, **rest, **text, **{name: chosen}) == set().union(*parts)


@given(data=st.data())
@BOUNDED
def test_the_count_of_each_facet_value_is_the_total_behind_its_href(
    client: httpx.Client, content: Content, data: st.DataObject
) -> None:
    plural, asked = data.draw(questions(content).filter(lambda pair: "facets" in parameters(f"/v1/{pair[0]}")))
    name = data.draw(st.sampled_from(values(f"/v1/{plural}", "facets")))
    given: dict[str, Any] = {**asked, **words(data.draw, plural), "facets": name, "limit": 1}
    body = client.get(f"/v1/{plural}", params=given).json()
    for item in body["facets"][name][:6] + [item for item in body["facets"][name] if item["selected"]]:
        behind = client.get(item["href"]).json()
        assert behind["meta"]["total"] == item["count"]
        assert {name: list(value) for name, value in _selected(behind).items()} == {name: [item["value"]]}
    assert {item["value"] for item in body["facets"][name] if item["selected"]} == set(asked.get(name, ()))


def _selected(body: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [item["value"] for item in items if item["selected"]] for name, items in body["facets"].items()}


DAYS = st.dates().map(str) | st.integers(1985, 2030).map(str) | st.integers(1, 12).map(lambda month: f"2020-{month:02}")


@given(first=st.none() | DAYS, last=st.none() | DAYS)
@BOUNDED
def test_certain_is_within_possible_and_both_within_the_dated(
    client: httpx.Client, first: str | None, last: str | None
) -> None:
    asked = {name: day for name, day in (("date_from", first), ("date_to", last)) if day}
    if client.get("/v1/events", params=asked).status_code == 422:
        assert first is not None
        assert last is not None
        assert first > last
        return
    possible = found(client, "events", **asked)
    certain = found(client, "events", **asked, date_match="certain")
    assert certain <= possible
    undated = found(client, "events", basis="none")
    assert not possible & undated or not asked
    if first and last:
        assert possible == found(client, "events", date_from=first) & found(client, "events", date_to=last)


@given(data=st.data())
@BOUNDED
def test_the_total_is_the_same_on_every_page_in_every_order_and_in_every_format(
    client: httpx.Client, content: Content, data: st.DataObject
) -> None:
    plural, asked = data.draw(questions(content))
    given: dict[str, Any] = {**asked, **words(data.draw, plural)}
    total = len(found(client, plural, **given))
    sort = data.draw(st.sampled_from(values(f"/v1/{plural}", "sort")))
    offset = data.draw(st.integers(0, 300))
    limit = data.draw(st.integers(1, 100))
    more: list[dict[str, Any]] = [
        {},
        {"sort": sort},
        {"offset": offset, "limit": limit},
        {"sort": sort, "offset": offset},
    ]
    for question in more:
        body = client.get(f"/v1/{plural}", params=given | question).json()
        assert body["meta"]["total"] == total
        assert len(body["data"]) == max(0, min(body["meta"]["limit"], total - question.get("offset", 0)))


@pytest.fixture(scope="module")
def counted(database: dict[str, str]) -> Iterator[InProcess]:
    with in_process(database, answer_cache_bytes=0) as asked:
        yield asked


@given(data=st.data())
@BOUNDED
def test_a_list_takes_a_bounded_number_of_statements_whatever_its_limit_and_includes(
    counted: InProcess, content: Content, data: st.DataObject
) -> None:
    plural, asked = data.draw(questions(content))
    every = values(f"/v1/{plural}", "include") if "include" in parameters(f"/v1/{plural}") else []
    given: dict[str, Any] = {**asked, **words(data.draw, plural)}
    if every:
        given["include"] = data.draw(st.lists(st.sampled_from(every), unique=True))
    if "facets" in parameters(f"/v1/{plural}"):
        given["facets"] = data.draw(st.lists(st.sampled_from(values(f"/v1/{plural}", "facets")), unique=True))
    given = {name: value for name, value in given.items() if value}
    taken = []
    for limit in (1, 7, 100):
        answer = counted.get(str(httpx.URL(f"/v1/{plural}", params={**given, "limit": limit})))
        assert answer.status_code == 200
        taken.append(len(counted.statements))
    assert max(taken) <= 4 + 4 * len(given.get("include", []))


@pytest.mark.parametrize("tail", ["spans", "coverage"])
def test_a_page_of_a_text_takes_a_bounded_number_of_statements(counted: InProcess, tail: str) -> None:
    for limit in (1, 25, 100):
        assert counted.get(f"/v1/documents/karabakh/{tail}?limit={limit}").status_code == 200
        assert len(counted.statements) <= MOST_STATEMENTS


def test_a_search_takes_a_bounded_number_of_statements(counted: InProcess) -> None:
    for limit in (1, 25, 100):
        answer = counted.get(f"/v1/search?q=star+war+peace+armenia&limit={limit}&facets=kind,document&highlight=true")
        assert answer.json()["meta"]["total"] > 100
        assert len(counted.statements) <= MOST_STATEMENTS
