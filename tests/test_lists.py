"""Every list: filters, order, pages, facets and includes, each compared with the records themselves."""

from itertools import combinations
from typing import Any

import httpx
import pytest

from tests import astral
from tests.contract import concrete
from tests.lists import (
    ALL_FILTERS,
    CONTRACT,
    FILTERS,
    LISTS,
    MANY,
    NEGATABLE,
    NONE,
    NULLABLE,
    PAGED,
    SINGLE,
    Content,
    Held,
    document_order,
    export,
    ids,
    listed,
    needed,
    parameters,
    sorted_by,
    values,
    walk,
)
from tests.lists import (
    held as held_by,
)

SORTS = [(plural, sort) for plural in LISTS for sort in values(f"/v1/{plural}", "sort")]
INCLUDES: dict[str, dict[str, str]] = {
    "documents": {"sections": "sections"},
    "sections": {"claims": "claims", "events": "events", "obstacles": "obstacles"},
    "claims": {
        "section": "sections",
        "speaker": "actors",
        "actors": "actors",
        "places": "places",
        "relations": "relations",
        "events": "events",
    },
    "events": {"section": "sections", "claims": "claims", "actors": "actors", "places": "places"},
    "obstacles": {"positions": "positions", "actors": "actors", "claims": "claims"},
    "positions": {"obstacle": "obstacles", "actor": "actors"},
    "relations": {"from": "claims", "to": "claims"},
    "actors": {"documents": "documents"},
    "places": {"documents": "documents"},
}
ONE = ("section", "speaker", "obstacle", "actor", "from", "to")  # includes of a single record
ALL_INCLUDES = [(plural, name) for plural, names in INCLUDES.items() for name in names]
FACETS = [(path, name) for path in PAGED if "facets" in parameters(path) for name in values(path, "facets")]


def some(known: list[str]) -> list[str]:
    """First, middle and last."""
    return list(dict.fromkeys([known[0], known[len(known) // 2], known[-1]]))


def test_the_contract_declares_every_filter_of_the_table() -> None:
    shared = {"id", "document", "sort", "limit", "cursor", "offset", "facets", "snapshot"}
    for plural in LISTS:
        declared = set(parameters(f"/v1/{plural}"))
        assert shared <= declared
        assert ("q" in declared) == ("highlight" in declared) == (plural != "relations")
        of_filters = {f"{each.name}{suffix}" for each in FILTERS[plural] for suffix in _suffixes(each)}
        periods = {"date_from", "date_to", "date_match"} if plural in ("events", "corrections") else set()
        of_pages = {"q", "highlight", "include"}
        assert declared - of_pages == shared | of_filters | periods
        for file in (f"/v1/{plural}.csv", f"/v1/{plural}.jsonl"):
            of_files = {"id", "sort", "limit", "fields", "snapshot"} | ({"q"} & declared)
            assert set(parameters(file)) == of_files | of_filters | periods
        assert (
            set(parameters(f"/v1/counts/{plural}"))
            == {"id", "by", "snapshot"} | ({"q"} & declared) | of_filters | periods
        )
        for names in (values(f"/v1/{plural}", "facets"), values(f"/v1/counts/{plural}", "by")):
            assert set(names) == {each.name for each in FILTERS[plural]}


def _suffixes(each: Any) -> list[str]:
    return ["", *([".not"] if each.negatable else []), *([".all"] if each.many and each.negatable else [])]


def test_the_contract_declares_the_filters_of_search() -> None:
    negatable = ("kind", "document", "section", "actor", "place", "topic", "type", "mode", "speaker")
    of_filters = {f"{name}{suffix}" for name in negatable for suffix in ("", ".not")}
    of_filters |= {f"{name}.all" for name in ("actor", "place", "topic")}
    of_page = {"q", "limit", "cursor", "offset", "facets", "highlight", "snapshot"}
    assert set(parameters("/v1/search")) == of_filters | of_page
    for path in ("/v1/search.csv", "/v1/search.jsonl"):
        assert set(parameters(path)) == of_filters | {"q", "limit", "fields", "snapshot"}


@pytest.mark.parametrize(("plural", "name"), ALL_FILTERS)
def test_a_filter_selects_the_records_that_hold_the_value_and_no_others(
    client: httpx.Client, held: Held, plural: str, name: str
) -> None:
    assert held.known(plural, name)
    for value in some(held.known(plural, name)):
        _selects(client, held, plural, {name: [value]})


def _selects(client: httpx.Client, held: Held, plural: str, query: dict[str, list[str]]) -> list[str]:
    """SQL's rows, the index's total and the page are those of a plain reading of the records."""
    expected = held.matching(plural, query)
    assert ids(export(client, f"/v1/{plural}", **query, fields="id")) == expected
    page = client.get(f"/v1/{plural}", params={**query, "limit": 100}).json()
    assert (ids(page["data"]), page["meta"]["total"]) == (expected[:100], len(expected))
    return expected


@pytest.mark.parametrize(("plural", "name"), NEGATABLE)
def test_a_filter_and_its_complement_partition_the_list(
    client: httpx.Client, content: Content, held: Held, plural: str, name: str
) -> None:
    known = held.known(plural, name)
    for chosen in (known[:1], known[-1:], some(known), known[:100]):
        selected = _selects(client, held, plural, {name: chosen})
        others = _selects(client, held, plural, {f"{name}.not": chosen})
        assert not set(selected) & set(others)
        assert sorted(selected + others) == sorted(ids(content[plural]))
        assert _selects(client, held, plural, {name: chosen, f"{name}.not": chosen}) == []


@pytest.mark.parametrize(("plural", "name"), MANY)
def test_every_one_of_some_values_is_within_any_of_them(
    client: httpx.Client, held: Held, plural: str, name: str
) -> None:
    several = max(held.by_id(plural, name).values(), key=lambda values: (len(values), sorted(values)))
    pair = sorted(several)[:2]
    every = _selects(client, held, plural, {f"{name}.all": pair})
    assert every
    assert set(every) <= set(_selects(client, held, plural, {name: pair}))
    assert every == _selects(client, held, plural, {f"{name}.all": pair, name: pair[:1]})
    apart = [held.matching(plural, {name: [value]}) for value in pair]
    assert set(every) == set(apart[0]).intersection(*apart)
    _selects(client, held, plural, {f"{name}.all": some(held.known(plural, name))})
    _selects(client, held, plural, {f"{name}.all": pair[:1], f"{name}.not": pair[1:]})


@pytest.mark.parametrize(("plural", "name"), NULLABLE)
def test_none_selects_the_records_where_the_field_is_null_or_empty(
    client: httpx.Client, held: Held, plural: str, name: str
) -> None:
    other = next(value for value in held.known(plural, name) if value != NONE)
    nulls = _selects(client, held, plural, {name: [NONE]})
    assert nulls == [id for id, values in held.by_id(plural, name).items() if NONE in values]
    _selects(client, held, plural, {name: [NONE, other]})
    if "." not in name and any(pair == (plural, name) for pair in NEGATABLE):
        _selects(client, held, plural, {f"{name}.not": [NONE]})
        _selects(client, held, plural, {f"{name}.not": [NONE, other]})
        _selects(client, held, plural, {f"{name}.not": [other]})
    if (plural, name) in MANY:
        _selects(client, held, plural, {f"{name}.all": [NONE]})
        _selects(client, held, plural, {f"{name}.all": [NONE, other]})


def test_nearly_every_nullable_filter_has_a_null_here(held: Held) -> None:
    without = [pair for pair in NULLABLE if NONE not in held.known(*pair)]
    assert without == [("documents", "topic"), ("obstacles", "actor")]


def test_a_filter_whose_field_is_never_null_refuses_none(client: httpx.Client) -> None:
    """`basis=none` keeps the meaning of the vocabulary; languages and the records of corrections are any words."""
    words = [("events", "basis"), ("corrections", "record"), ("documents", "language")]
    for plural, name in ALL_FILTERS:
        if (plural, name) not in [*NULLABLE, *words]:
            response = client.get(f"/v1/{plural}", params={name: NONE})
            assert response.status_code == 422, (plural, name)
            assert response.json()["type"] in ("/problems/unknown-id", "/problems/invalid-value")


@pytest.mark.parametrize(("plural", "name"), [pair for pair in ALL_FILTERS if pair[1] not in SINGLE])
def test_values_of_one_filter_mean_or(client: httpx.Client, held: Held, plural: str, name: str) -> None:
    chosen = some(held.known(plural, name))
    expected = held.matching(plural, {name: chosen})
    assert ids(export(client, f"/v1/{plural}", **{name: chosen})) == expected
    assert ids(export(client, f"/v1/{plural}", **{name: ",".join(chosen)})) == expected
    assert client.get(f"/v1/{plural}", params={name: chosen}).json()["meta"]["total"] == len(expected)


@pytest.mark.parametrize("plural", LISTS)
def test_different_filters_mean_and(client: httpx.Client, content: Content, held: Held, plural: str) -> None:
    names = [name for each, name in ALL_FILTERS if each == plural]
    record = content[plural][len(content[plural]) // 3]["id"]
    for pair in combinations(names, 2):
        query = {name: sorted(held.by_id(plural, name)[record])[:1] for name in pair}
        assert record in _selects(client, held, plural, query)


@pytest.mark.parametrize("plural", LISTS)
def test_a_list_takes_ids(client: httpx.Client, content: Content, held: Held, plural: str) -> None:
    chosen = ids(content[plural])[::7][:100]
    _selects(client, held, plural, {"id": chosen[::-1]})
    name = FILTERS[plural][-1].name
    _selects(client, held, plural, {"id": chosen, name: held.known(plural, name)[:1]})


@pytest.mark.parametrize("plural", LISTS)
def test_limit_0_only_counts(client: httpx.Client, content: Content, plural: str) -> None:
    for query in ({}, {"q": "peace star alpha"}, {"sort": "-id"}):
        if "q" in query and "q" not in parameters(f"/v1/{plural}"):
            continue
        name = FILTERS[plural][-1].name
        total = client.get(f"/v1/{plural}", params={**query, "limit": 1}).json()["meta"]["total"]
        body = client.get(f"/v1/{plural}", params={**query, "limit": 0, "facets": name}).json()
        assert body["data"] == []
        assert (body["meta"]["total"], body["meta"]["limit"]) == (total, 0)
        assert body["facets"][name]
        assert body["links"]["next"] is body["links"]["prev"] is None
        assert body["meta"]["next_cursor"] is body["meta"]["prev_cursor"] is None
        assert query or total == len(content[plural])


@pytest.mark.parametrize("plural", LISTS)
def test_the_default_order_is_the_documents(client: httpx.Client, content: Content, plural: str) -> None:
    expected = document_order(plural, content)
    assert ids(content[plural]) == expected
    assert walk(client, f"/v1/{plural}", limit=100) == [listed(plural, record) for record in content[plural]]


@pytest.mark.parametrize(("plural", "sort"), SORTS)
def test_a_sort_is_total_with_nulls_last_and_ties_by_id(
    client: httpx.Client, content: Content, plural: str, sort: str
) -> None:
    expected = sorted_by(plural, content, sort)
    assert ids(walk(client, f"/v1/{plural}", sort=sort, limit=100)) == expected
    assert ids(export(client, f"/v1/{plural}", sort=sort)) == expected


@pytest.mark.parametrize("plural", LISTS)
def test_every_sort_goes_both_ways(plural: str) -> None:
    keys = values(f"/v1/{plural}", "sort")
    assert {key.removeprefix("-") for key in keys} == {key for key in keys if not key.startswith("-")}
    assert len(keys) == 2 * len({key.removeprefix("-") for key in keys})


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("limit", [3, 100])
def test_a_walk_returns_every_record_once_and_goes_back_the_same_way(
    client: httpx.Client, path: str, limit: int
) -> None:
    query: dict[str, Any] = {**needed(path), "limit": limit}
    if limit == 3 and path in ("/v1/claims", "/v1/events", "/v1/relations", "/v1/documents/{id}/spans"):
        query["offset"] = 80
    pages = [client.get(concrete(path), params=query).json()]
    while following := pages[-1]["links"]["next"]:
        pages.append(client.get(following).json())
    forward = [
        (record.get("kind"), record.get("id", record.get("ordinal"))) for page in pages for record in page["data"]
    ]
    assert len(set(forward)) == len(forward) == pages[0]["meta"]["total"] - query.get("offset", 0)
    assert {page["meta"]["total"] for page in pages} == {pages[0]["meta"]["total"]}
    assert all(page["data"] for page in pages) or len(pages) == 1
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = client.get(back["links"]["prev"]).json()
        assert back["data"] == page["data"]
    assert (back["links"]["prev"] is None) == (not query.get("offset"))
    for page in pages:
        for name in ("next", "prev"):
            _names_the_cursor(page, name)


def _names_the_cursor(page: dict[str, Any], name: str) -> None:
    """`meta` gives the bare cursor of the link."""
    link, cursor = page["links"][name], page["meta"][f"{name}_cursor"]
    assert cursor == (httpx.URL(link).params["cursor"] if link else None)


@pytest.mark.parametrize("path", [path for path in PAGED if path != "/v1/documents"])
def test_an_offset_page_has_cursors_both_ways(client: httpx.Client, path: str) -> None:
    def get(link: str | None = None, **query: Any) -> dict[str, Any]:
        response = client.get(link) if link else client.get(concrete(path), params={**needed(path), **query})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        _names_the_cursor(body, "next")
        _names_the_cursor(body, "prev")
        return body

    first = get(limit=6)["data"]
    page = get(limit=2, offset=2)
    assert page["data"] == first[2:4]
    assert "cursor=" in page["links"]["next"]
    assert "offset" not in page["links"]["next"] + page["links"]["prev"]
    assert get(page["links"]["next"])["data"] == first[4:6]
    assert get(page["links"]["prev"])["data"] == first[0:2]
    assert get(page["links"]["first"])["data"] == first[0:2]
    beyond = get(limit=2, offset=9999)
    assert (beyond["data"], beyond["links"]["next"]) == ([], None)
    total = beyond["meta"]["total"]
    last = get(beyond["links"]["prev"])
    assert last["data"] == get(limit=2, offset=total - 2)["data"]
    assert last["links"]["next"] is None


def test_a_cursor_may_be_followed_with_another_limit_and_other_includes(client: httpx.Client, content: Content) -> None:
    following = client.get("/v1/claims?limit=5&facets=type").json()["links"]["next"]
    cursor = httpx.URL(following).params["cursor"]
    body = client.get("/v1/claims", params={"cursor": cursor, "limit": 7, "include": "section"}).json()
    assert ids(body["data"]) == ids(content["claims"])[5:12]


def test_a_count_alone_takes_no_cursor(client: httpx.Client) -> None:
    cursor = client.get("/v1/claims?limit=5").json()["meta"]["next_cursor"]
    response = client.get("/v1/claims", params={"cursor": cursor, "limit": 0})
    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == ["limit"]


def test_a_cursor_of_another_query_is_invalid(client: httpx.Client) -> None:
    cursor = httpx.URL(client.get("/v1/claims?limit=5").json()["links"]["next"]).params["cursor"]
    for query in (
        "/v1/claims?type=causal",
        "/v1/claims?type.not=causal",
        "/v1/claims?actor.all=armenia",
        "/v1/claims?sort=id",
        "/v1/claims?sort=-position",
        "/v1/events?",
        "/v1/claims?q=a",
    ):
        response = client.get(f"{query}&cursor={cursor}")
        assert response.status_code == 422
        assert response.json()["type"] == "/problems/invalid-cursor"
        assert [error["parameter"] for error in response.json()["errors"]] == ["cursor"]


def test_a_cursor_that_was_altered_or_made_up_is_invalid(client: httpx.Client) -> None:
    cursor = httpx.URL(client.get("/v1/claims?limit=5").json()["links"]["next"]).params["cursor"]
    altered = [
        cursor[:-1],
        cursor[1:],
        cursor + "A",
        cursor[::-1],
        cursor[:9] + ("A" if cursor[9] != "A" else "B") + cursor[10:],
    ]
    for made_up in [*altered, "A", "AAAA", "a" * 500, "ü", "%", "e30", "W10", "bnVsbA"]:
        answer = client.get("/v1/claims", params={"cursor": made_up})
        assert answer.status_code == 422, made_up
        assert answer.json()["type"] == "/problems/invalid-cursor"


def test_a_cursor_with_a_right_seal_and_a_wrong_content_is_invalid(client: httpx.Client) -> None:
    from base64 import urlsafe_b64encode
    from hashlib import blake2b

    snapshot = client.get("/v1").json()["data"]["snapshot"]
    for payload in (
        *("null", "7", "[]", "{}", "[1,2,3,4,5]", f'["{snapshot}","x","n",-5,null]', f'["{snapshot}","x","z",1,null]'),
        *(
            f'["{snapshot}","x","n","1",null]',
            f'["{snapshot}","x","n",{2**70},null]',
            f'["{snapshot}","x","p",1,{2**40}]',
        ),
    ):
        sealed = payload.encode() + blake2b(payload.encode(), digest_size=4).digest()
        cursor = urlsafe_b64encode(sealed).decode().rstrip("=")
        for path in ("/v1/claims", "/v1/claims?q=a", "/v1/documents/karabakh/spans"):
            answer = client.get(path, params=dict(httpx.URL(path).params) | {"cursor": cursor})
            assert answer.status_code == 422, payload
            assert answer.json()["type"] == "/problems/invalid-cursor"


@pytest.mark.parametrize(("path", "name"), FACETS)
def test_a_facet_counts_what_is_behind_each_href(client: httpx.Client, path: str, name: str) -> None:
    query: dict[str, Any] = {**needed(path), "limit": 1, "facets": name}
    body = client.get(concrete(path), params=query).json()
    counted = body["facets"][name]
    assert list(body["facets"]) == [name]
    assert counted
    assert len(counted) <= 100
    assert counted == sorted(counted, key=lambda item: (-item["count"], item["value"]))
    assert not any(item["selected"] for item in counted)
    for item in [*counted[:3], counted[-1]]:
        assert list(item) == ["value", "count", "selected", "href"]
        behind = client.get(item["href"]).json()
        assert behind["meta"]["total"] == item["count"] > 0
        assert httpx.URL(item["href"]).params[name] == item["value"]
        chosen = {each["value"]: each for each in behind["facets"][name]}
        assert chosen[item["value"]]["selected"]
        assert [each["count"] for each in behind["facets"][name]] == [each["count"] for each in counted]


@pytest.mark.parametrize("plural", LISTS)
def test_the_values_of_a_facet_are_those_of_the_records_with_none_for_null(
    client: httpx.Client, content: Content, held: Held, plural: str
) -> None:
    names = values(f"/v1/{plural}", "facets")
    body = client.get(f"/v1/{plural}", params={"facets": names, "limit": 0}).json()
    more = []
    for name in names:
        expected = held.counted(plural, name, ids(content[plural]))
        assert [(item["value"], item["count"]) for item in body["facets"][name]] == expected[:100]
        more += [name] if len(expected) > 100 else []
    assert body["meta"].get("facets_more", []) == sorted(more)


def test_facets_that_were_cut_are_named(client: httpx.Client, held: Held) -> None:
    of_article = {"document": "karabakh", "facets": "actor,topic,type"}
    assert "facets_more" not in client.get("/v1/claims", params=of_article).json()["meta"]
    both = {"document": astral.ID, "facets": "type,topic,place"}
    body = client.get("/v1/claims", params=both).json()
    assert body["meta"]["facets_more"] == ["topic"]
    assert [len(body["facets"][name]) for name in ("place", "topic", "type")] == [42, 100, 4]
    with_q = client.get("/v1/claims", params=both | {"q": "star"}).json()
    assert with_q["meta"]["facets_more"] == ["topic"]
    every = client.get("/v1/claims?facets=event,section&limit=0").json()
    cut = [name for name in ("event", "section") if len(held.known("claims", name)) > 100]
    assert every["meta"].get("facets_more", []) == cut


def test_a_selected_value_is_always_shown_even_beyond_a_hundred_and_with_a_count_of_zero(client: httpx.Client) -> None:
    query = {"document": astral.ID, "facets": "topic"}
    shown = [item["value"] for item in client.get("/v1/claims", params=query).json()["facets"]["topic"]]
    assert len(shown) == 100
    topic = astral.TOPICS[-1]
    assert topic not in shown
    for narrowed in (query, {"facets": "topic"}):  # nothing else narrows the second
        among = client.get("/v1/claims", params={**narrowed, "topic": topic}).json()["facets"]["topic"]
        assert len(among) == 101
        [chosen] = [item for item in among if item["selected"]]
        assert (chosen["value"], chosen["count"]) == (topic, 1)
        assert client.get(chosen["href"]).json()["meta"]["total"] == 1
    body = client.get("/v1/claims", params={"document": "karabakh", "facets": "topic", "topic": topic}).json()
    assert body["meta"]["total"] == 0
    assert [(item["value"], item["count"]) for item in body["facets"]["topic"] if item["selected"]] == [(topic, 0)]


def test_a_facet_leaves_its_own_filter_out_and_keeps_the_others(client: httpx.Client, held: Held) -> None:
    filters = "type=causal&actor=armenia&hedged=false&mode.not=quoted&topic.not=none&topic.all=war"
    body = client.get(f"/v1/claims?{filters}&facets=type,hedged,mode,topic&limit=2&offset=1").json()
    query = {
        **{"type": ["causal"], "actor": ["armenia"], "hedged": ["false"]},
        **{"mode.not": ["quoted"], "topic.not": ["none"], "topic.all": ["war"]},
    }
    for name in ("type", "hedged", "mode", "topic"):
        others = {parameter: chosen for parameter, chosen in query.items() if parameter.partition(".")[0] != name}
        counted = held.counted("claims", name, held.matching("claims", others))
        assert [(item["value"], item["count"]) for item in body["facets"][name]] == counted
        for item in body["facets"][name]:
            params = httpx.URL(item["href"]).params
            assert item["count"] == len(held.matching("claims", {**others, name: [item["value"]]}))
            assert not {"cursor", "offset", f"{name}.not", f"{name}.all"} & set(params)
            assert params[name] == item["value"]
            assert client.get(item["href"]).json()["meta"]["total"] == item["count"]
            assert item["selected"] == (item["value"] in [*query.get(name, []), *query.get(f"{name}.all", [])])


@pytest.mark.parametrize("plural", LISTS)
def test_the_contract_offers_exactly_the_includes_of_the_table(plural: str) -> None:
    offered = set(values(f"/v1/{plural}", "include")) if "include" in parameters(f"/v1/{plural}") else set()
    assert offered == set(INCLUDES.get(plural, ()))


def related(plural: str, name: str, record: dict[str, Any], content: Content) -> Any:
    """What an include of a record is, from the exports: an id or None, or the ids in document order."""
    other = INCLUDES[plural][name]
    if name in ONE:
        return record[name] if name != "speaker" or record[name] != "author" else None
    if name == "relations":
        wanted = [each["id"] for each in content[other] if record["id"] in (each["from"], each["to"])]
    elif name in record:
        wanted = record[name]
    else:
        key = {"sections": "section", "obstacles": "obstacle", "documents": "document", "claims": "claim"}[plural]
        wanted = [each["id"] for each in content[other] if record["id"] in held_by(other, key, each, content)]
    order = document_order(other, content)
    return sorted(wanted, key=order.index)


@pytest.mark.parametrize(("plural", "name"), ALL_INCLUDES)
def test_an_include_brings_the_records_that_belong_and_a_way_to_all_of_them(
    client: httpx.Client, content: Content, plural: str, name: str
) -> None:
    kind = INCLUDES[plural][name]
    other = {record["id"]: listed(kind, record) for record in content[kind]}
    records = client.get(f"/v1/{plural}", params={"include": name, "limit": 100}).json()["data"]
    for record in records:
        [(key, included)] = record.pop("included").items()
        assert key == name
        expected = related(plural, name, record, content)
        if not isinstance(expected, list):
            assert included == (None if expected is None else other[expected])
            continue
        assert included["data"] == [other[id] for id in expected[:25]]
        assert included["total"] == len(expected)
    for record in client.get(f"/v1/{plural}", params={"include": name, "limit": 100}).json()["data"][::9]:
        included = record["included"][name] or {}
        if included.get("total"):
            body = client.get(included["href"]).json()
            assert body["meta"]["total"] == included["total"]
            assert body["data"][:25] == included["data"]
        single = client.get(record["links"]["self"], params={"include": name}).json()["data"]
        assert listed(plural, single) == record


@pytest.mark.parametrize("query", [{}, {"q": "star"}, {"sort": "id"}])
def test_an_empty_list_has_no_page_before_it(client: httpx.Client, query: dict[str, str]) -> None:
    none = {"document": "karabakh", "id": f"{astral.ID}.c001", "offset": "5"}
    body = client.get("/v1/claims", params={**none, **query}).json()
    assert (body["meta"]["total"], body["links"]["prev"], body["links"]["next"]) == (0, None, None)


def test_an_include_shows_at_most_25_and_its_href_leads_to_all(client: httpx.Client) -> None:
    included = client.get(f"/v1/claims/{astral.ID}.c001?include=relations").json()["data"]["included"]["relations"]
    assert (len(included["data"]), included["total"]) == (25, 31)
    assert client.get(included["href"]).json()["meta"]["total"] == 31
    places = client.get(f"/v1/claims/{astral.ID}.c000?include=places").json()["data"]["included"]["places"]
    assert (len(places["data"]), places["total"]) == (25, 41)
    assert client.get(places["href"]).json()["meta"]["total"] == 41
    section = client.get(f"/v1/sections/{astral.ID}.s3?include=claims,events").json()["data"]["included"]
    assert (len(section["claims"]["data"]), section["claims"]["total"]) == (25, astral.STARS + 2 + len(astral.DATES))
    assert list(section) == ["claims", "events"]


def test_without_include_the_key_is_absent(client: httpx.Client) -> None:
    assert "included" not in client.get("/v1/claims?limit=1").json()["data"][0]


def test_a_list_of_sections_leaves_out_the_text_that_single_records_and_files_have(
    client: httpx.Client, content: Content
) -> None:
    for section in content["sections"]:
        text = client.get(section["source"]["href"] if "source" in section else section["links"]["text"]).text
        assert section["text"] == client.get(f"/v1/sections/{section['id']}").json()["data"]["text"] == text
    assert all("text" not in section for section in client.get("/v1/sections?limit=100").json()["data"])
    assert all("text" not in hit for hit in client.get("/v1/search?q=peace&kind=section").json()["data"])


SPANS_OF_DAYS = [
    "1994",
    "2020",
    "1990/2000",
    "1999/1999",
    "2001-02/2001-02",
    "2001-02-03/2001-02-03",
    "/1998",
    "2002/",
    "0001/9999",
]


@pytest.mark.parametrize("days", SPANS_OF_DAYS)
def test_dates_overlap_or_lie_within_what_is_asked_for(client: httpx.Client, content: Content, days: str) -> None:
    first, _, last = days.partition("/")
    last = last if "/" in days else first
    query = {name: value for name, value in (("date_from", first), ("date_to", last)) if value}
    low = first + {4: "-01-01", 7: "-01", 10: "", 0: ""}[len(first)]
    high = last + {4: "-12-31", 7: "-28", 10: "", 0: "9999"}[len(last)]  # the month is a February
    possible, certain = [], []
    for event in content["events"]:
        earliest, latest = event["date"]["earliest"], event["date"]["latest"]
        if earliest is None and latest is None:
            continue
        if (earliest or "0") <= high and low <= (latest or "9999-99"):
            possible.append(event["id"])
        if (not first or (earliest and earliest >= low)) and (not last or (latest and latest <= high)):
            certain.append(event["id"])
    assert ids(export(client, "/v1/events", **query)) == possible
    assert ids(walk(client, "/v1/events", **query, date_match="possible", limit=100)) == possible
    assert ids(export(client, "/v1/events", **query, date_match="certain")) == certain
    assert client.get("/v1/events", params={**query, "date_match": "certain"}).json()["meta"]["total"] == len(certain)
    facets = client.get("/v1/events", params={**query, "facets": "basis"}).json()["facets"]["basis"]
    assert sum(item["count"] for item in facets) == len(possible)
    assert "none" not in [item["value"] for item in facets]


def test_an_event_with_neither_bound_is_found_by_its_basis(client: httpx.Client, content: Content) -> None:
    undated = [
        event["id"] for event in content["events"] if event["date"]["earliest"] is event["date"]["latest"] is None
    ]
    assert undated
    assert ids(export(client, "/v1/events", basis="none")) == undated
    assert set(undated) <= set(ids(export(client, "/v1/events", year="none")))


@pytest.mark.parametrize("days", ["2026", "2026-11-25/2026-11-25", "/2026-11-24", "2026-11-26/", "2020/2030"])
def test_corrections_have_a_date_too(client: httpx.Client, content: Content, days: str) -> None:
    first, _, last = days.partition("/")
    last = last if "/" in days else first
    query = {name: value for name, value in (("date_from", first), ("date_to", last)) if value}
    expected = [
        each["id"]
        for each in content["corrections"]
        if (not first or each["date"][: len(first)] >= first) and (not last or each["date"][: len(last)] <= last)
    ]
    for match in ("possible", "certain"):
        assert ids(export(client, "/v1/corrections", **query, date_match=match)) == expected
        body = client.get("/v1/corrections", params={**query, "date_match": match, "limit": 0}).json()
        assert body["meta"]["total"] == len(expected)


@pytest.mark.parametrize("path", PAGED)
def test_a_list_has_its_envelope_and_every_key(client: httpx.Client, path: str) -> None:
    body = client.get(concrete(path), params=needed(path) | {"limit": "100"}).json()
    assert list(body) == ["data", "meta", "links"]
    assert list(body["meta"]) == ["total", "limit", "snapshot", "next_cursor", "prev_cursor"]
    assert list(body["links"]) == ["self", "first", "next", "prev"]
    keys = {tuple(record) for record in body["data"] if record.get("kind") == body["data"][0].get("kind")}
    assert len(keys) == 1
    declared = set(CONTRACT["paths"][path]["get"]["responses"])
    assert declared >= {"200", "404", "405", "406", "414", "422", "500", "503"}


@pytest.mark.parametrize("plural", LISTS)
def test_a_single_record_is_the_one_of_the_file_in_its_own_envelope(
    client: httpx.Client, content: Content, plural: str
) -> None:
    for record in content[plural][::40]:
        body = client.get(f"/v1/{plural}/{record['id']}").json()
        assert list(body) == ["data", "meta", "links"]
        assert body["data"] == record
        assert list(body["meta"]) == ["snapshot"]
        assert body["links"] == {"self": record["links"]["self"]} == {"self": f"/v1/{plural}/{record['id']}"}
