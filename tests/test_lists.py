"""Every list: filters, order, pages, facets and includes, each held to the exported records themselves."""

from itertools import combinations
from typing import Any

import httpx
import pytest

from tests import astral
from tests.lists import (
    ALL_FILTERS,
    CONTRACT,
    LISTS,
    PAGED,
    SINGLE,
    Content,
    concrete,
    document_order,
    export,
    held,
    ids,
    matching,
    needed,
    parameters,
    sorted_by,
    values,
    walk,
)

SORTS = [(plural, sort) for plural in LISTS for sort in values(f"/v1/{plural}", "sort")]
INCLUDES: dict[str, dict[str, str]] = {
    "sections": {"claims": "claims", "events": "events", "obstacles": "obstacles"},
    "claims": {"section": "sections", "actors": "actors", "places": "places", "relations": "relations"},
    "events": {"section": "sections", "actors": "actors", "places": "places"},
    "obstacles": {"positions": "positions", "actors": "actors", "claims": "claims"},
    "positions": {"obstacle": "obstacles", "actor": "actors"},
    "relations": {"from": "claims", "to": "claims"},
}
ALL_INCLUDES = [(plural, name) for plural, names in INCLUDES.items() for name in names]
FACETS = [(path, name) for path in PAGED if "facets" in parameters(path) for name in values(path, "facets")]


def some(known: list[str]) -> list[str]:
    """First, middle and last."""
    return list(dict.fromkeys([known[0], known[len(known) // 2], known[-1]]))


def test_the_contract_declares_every_filter_of_the_table() -> None:
    shared = {"document", "sort", "limit", "cursor", "offset", "format", "fields", "snapshot"}
    for plural in LISTS:
        declared = set(parameters(f"/v1/{plural}"))
        assert shared | {name for each, name in ALL_FILTERS if each == plural} <= declared
        assert ("q" in declared) == (plural != "relations")
    assert {"date_from", "date_to", "date_match"} <= set(parameters("/v1/events"))
    search = {"q", "kind", "document", "section", "actor", "place", "topic", "type", "mode", "speaker"}
    assert search <= set(parameters("/v1/search"))


@pytest.mark.parametrize(("plural", "name"), ALL_FILTERS)
def test_a_filter_finds_the_records_that_hold_the_value_and_no_others(
    client: httpx.Client, content: Content, plural: str, name: str
) -> None:
    known = sorted({value for record in content[plural] for value in held(plural, name, record, content)})
    assert known
    for value in some(known):
        expected = matching(plural, content, {name: [value]})
        assert ids(export(client, f"/v1/{plural}", **{name: value, "fields": "id"})) == expected
        page = client.get(f"/v1/{plural}", params={name: value, "limit": 100}).json()
        assert (ids(page["data"]), page["meta"]["total"]) == (expected[:100], len(expected))


@pytest.mark.parametrize(("plural", "name"), [pair for pair in ALL_FILTERS if pair[1] not in SINGLE])
def test_values_of_one_filter_mean_or(client: httpx.Client, content: Content, plural: str, name: str) -> None:
    known = sorted({value for record in content[plural] for value in held(plural, name, record, content)})
    expected = matching(plural, content, {name: some(known)})
    assert ids(export(client, f"/v1/{plural}", **{name: some(known)})) == expected
    assert ids(export(client, f"/v1/{plural}", **{name: ",".join(some(known))})) == expected
    assert client.get(f"/v1/{plural}", params={name: some(known)}).json()["meta"]["total"] == len(expected)


@pytest.mark.parametrize("plural", LISTS)
def test_different_filters_mean_and(client: httpx.Client, content: Content, plural: str) -> None:
    names = [name for each, name in ALL_FILTERS if each == plural]
    record = next(each for each in content[plural] if sum(bool(held(plural, n, each, content)) for n in names) > 1)
    for pair in combinations([name for name in names if held(plural, name, record, content)], 2):
        asked = {name: held(plural, name, record, content)[:1] for name in pair}
        expected = matching(plural, content, asked)
        assert record["id"] in expected
        body = client.get(f"/v1/{plural}", params={**asked, "limit": 100}).json()
        assert (ids(body["data"]), body["meta"]["total"]) == (expected[:100], len(expected))


@pytest.mark.parametrize("plural", LISTS)
def test_the_default_order_is_the_documents(client: httpx.Client, content: Content, plural: str) -> None:
    expected = document_order(plural, content)
    assert ids(content[plural]) == expected
    assert ids(walk(client, f"/v1/{plural}", limit=100)) == expected


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
def test_a_walk_tells_every_record_once_and_goes_back_the_same_way(client: httpx.Client, path: str, limit: int) -> None:
    asked: dict[str, Any] = {**needed(path), "limit": limit}
    if limit == 3 and path in ("/v1/claims", "/v1/events", "/v1/relations", "/v1/documents/{id}/spans"):
        asked["offset"] = 120
    pages = [client.get(concrete(path), params=asked).json()]
    while following := pages[-1]["links"]["next"]:
        pages.append(client.get(following).json())
    forward = [
        (record.get("kind"), record.get("id", record.get("ordinal"))) for page in pages for record in page["data"]
    ]
    assert len(set(forward)) == len(forward) == pages[0]["meta"]["total"] - asked.get("offset", 0)
    assert {page["meta"]["total"] for page in pages} == {pages[0]["meta"]["total"]}
    assert all(page["data"] for page in pages) or len(pages) == 1
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = client.get(back["links"]["prev"]).json()
        assert back["data"] == page["data"]
    assert (back["links"]["prev"] is None) == (not asked.get("offset"))


@pytest.mark.parametrize("path", [path for path in PAGED if path != "/v1/documents"])
def test_an_offset_page_has_cursors_both_ways(client: httpx.Client, path: str) -> None:
    def get(question: str | None = None, **asked: Any) -> dict[str, Any]:
        answer = client.get(question) if question else client.get(concrete(path), params={**needed(path), **asked})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
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


def test_a_cursor_of_another_question_is_invalid(client: httpx.Client) -> None:
    cursor = httpx.URL(client.get("/v1/claims?limit=5").json()["links"]["next"]).params["cursor"]
    for question in (
        "/v1/claims?type=causal",
        "/v1/claims?sort=id",
        "/v1/claims?sort=-position",
        "/v1/events?",
        "/v1/claims?q=a",
    ):
        answer = client.get(f"{question}&cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/invalid-cursor"
        assert [error["parameter"] for error in answer.json()["errors"]] == ["cursor"]


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
    asked: dict[str, Any] = {**needed(path), "limit": 1, "facets": name}
    body = client.get(path, params=asked).json()
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


@pytest.mark.parametrize("plural", [plural for plural in LISTS if "facets" in parameters(f"/v1/{plural}")])
def test_the_values_of_a_facet_are_those_of_the_records(client: httpx.Client, content: Content, plural: str) -> None:
    names = values(f"/v1/{plural}", "facets")
    facets = client.get(f"/v1/{plural}", params={"facets": names, "limit": 1}).json()["facets"]
    for name in names:
        counts: dict[str, int] = {}
        for record in content[plural]:
            for value in set(held(plural, name, record, content)):
                counts[value] = counts.get(value, 0) + 1
        expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:100]
        assert [(item["value"], item["count"]) for item in facets[name]] == expected


def test_a_selected_value_is_always_shown_even_beyond_a_hundred_and_with_a_count_of_none(client: httpx.Client) -> None:
    asked = {"document": astral.ID, "facets": "topic"}
    shown = [item["value"] for item in client.get("/v1/claims", params=asked).json()["facets"]["topic"]]
    assert len(shown) == 100
    topic = f"t{astral.STARS:03}"
    assert topic not in shown
    for narrowed in (asked, {"facets": "topic"}):  # nothing else narrows the second
        among = client.get("/v1/claims", params={**narrowed, "topic": topic}).json()["facets"]["topic"]
        assert len(among) == 100
        [chosen] = [item for item in among if item["selected"]]
        assert (chosen["value"], chosen["count"]) == (topic, 1)
        assert client.get(chosen["href"]).json()["meta"]["total"] == 1
    body = client.get("/v1/claims", params={"document": "karabakh", "facets": "topic", "topic": topic}).json()
    assert body["meta"]["total"] == 0
    assert [(item["value"], item["count"]) for item in body["facets"]["topic"] if item["selected"]] == [(topic, 0)]


def test_a_facet_leaves_its_own_filter_out_and_keeps_the_others(client: httpx.Client, content: Content) -> None:
    body = client.get(
        "/v1/claims?type=causal&actor=armenia&hedged=false&facets=type,hedged,mode&limit=2&offset=1"
    ).json()
    for name, asked in (
        ("type", {"actor": ["armenia"], "hedged": ["false"]}),
        ("hedged", {"type": ["causal"], "actor": ["armenia"]}),
        ("mode", {"type": ["causal"], "actor": ["armenia"], "hedged": ["false"]}),
    ):
        for item in body["facets"][name]:
            assert item["count"] == len(matching("claims", content, {**asked, name: [item["value"]]}))
            assert not {"cursor", "offset"} & set(httpx.URL(item["href"]).params)
            assert item["selected"] == (item["value"] in {"type": ["causal"], "hedged": ["false"]}.get(name, []))


@pytest.mark.parametrize("plural", LISTS)
def test_the_contract_offers_exactly_the_includes_of_the_table(plural: str) -> None:
    offered = set(values(f"/v1/{plural}", "include")) if "include" in parameters(f"/v1/{plural}") else set()
    assert offered == set(INCLUDES.get(plural, ()))


def related(plural: str, name: str, record: dict[str, Any], content: Content) -> Any:
    """What an include of a record is, from the exports: an id or None, or the ids in document order."""
    other = INCLUDES[plural][name]
    if name in ("section", "obstacle", "actor", "from", "to"):
        return record[name]
    if name == "relations":
        wanted = [each["id"] for each in content[other] if record["id"] in (each["from"], each["to"])]
    elif name in ("actors", "places"):
        wanted = record[name]
    else:
        key = {"sections": "section", "obstacles": "obstacle"}[plural]
        wanted = [each["id"] for each in content[other] if record["id"] in held(other, key, each, content)]
    order = document_order(other, content)
    return sorted(wanted, key=order.index)


@pytest.mark.parametrize(("plural", "name"), ALL_INCLUDES)
def test_an_include_brings_the_records_that_belong_and_a_way_to_all_of_them(
    client: httpx.Client, content: Content, plural: str, name: str
) -> None:
    other = {record["id"]: record for record in content[INCLUDES[plural][name]]}
    records = client.get(f"/v1/{plural}", params={"include": name, "limit": 100}).json()["data"]
    for record in records:
        [(key, included)] = record.pop("included").items()
        assert key == name
        expected = related(plural, name, record, content)
        if not isinstance(expected, list):
            assert included == other[expected]
            continue
        assert included["data"] == [other[id] for id in expected[:25]]
        assert included["total"] == len(expected)
    for record in client.get(f"/v1/{plural}", params={"include": name, "limit": 100}).json()["data"][::9]:
        included = record["included"][name]
        if included.get("total"):
            body = client.get(included["href"]).json()
            assert body["meta"]["total"] == included["total"]
            assert body["data"][:25] == included["data"]
        single = client.get(record["links"]["self"], params={"include": name}).json()["data"]
        assert single == record


@pytest.mark.parametrize("asked", [{}, {"q": "star"}, {"sort": "id"}])
def test_nothing_has_no_page_before_it(client: httpx.Client, asked: dict[str, str]) -> None:
    none = {"document": "karabakh", "id": f"{astral.ID}.c001", "offset": "5"}
    body = client.get("/v1/claims", params={**none, **asked}).json()
    assert (body["meta"]["total"], body["links"]["prev"], body["links"]["next"]) == (0, None, None)


def test_an_include_shows_at_most_25_and_its_href_leads_to_all(client: httpx.Client) -> None:
    included = client.get(f"/v1/claims/{astral.ID}.c001?include=relations").json()["data"]["included"]["relations"]
    assert (len(included["data"]), included["total"]) == (25, 31)
    assert client.get(included["href"]).json()["meta"]["total"] == 31
    places = client.get(f"/v1/claims/{astral.ID}.c000?include=places").json()["data"]["included"]["places"]
    assert (len(places["data"]), places["total"]) == (25, 41)
    assert client.get(places["href"]).json()["meta"]["total"] == 41
    section = client.get(f"/v1/sections/{astral.ID}.s3?include=claims,events").json()["data"]["included"]
    assert (len(section["claims"]["data"]), section["claims"]["total"]) == (25, astral.STARS + 1)
    assert list(section) == ["claims", "events"]


def test_without_include_the_key_is_absent(client: httpx.Client) -> None:
    assert "included" not in client.get("/v1/claims?limit=1").json()["data"][0]


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
    asked = {name: value for name, value in (("date_from", first), ("date_to", last)) if value}
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
    assert ids(export(client, "/v1/events", **asked)) == possible
    assert ids(walk(client, "/v1/events", **asked, date_match="possible", limit=100)) == possible
    assert ids(export(client, "/v1/events", **asked, date_match="certain")) == certain
    assert client.get("/v1/events", params={**asked, "date_match": "certain"}).json()["meta"]["total"] == len(certain)
    facets = client.get("/v1/events", params={**asked, "facets": "basis"}).json()["facets"]["basis"]
    assert sum(item["count"] for item in facets) == len(possible)
    assert "none" not in [item["value"] for item in facets]


def test_an_event_with_neither_bound_is_found_by_its_basis(client: httpx.Client, content: Content) -> None:
    undated = [
        event["id"] for event in content["events"] if event["date"]["earliest"] is event["date"]["latest"] is None
    ]
    assert undated
    assert ids(export(client, "/v1/events", basis="none")) == undated


@pytest.mark.parametrize("path", PAGED)
def test_a_list_has_its_envelope_and_every_key(client: httpx.Client, path: str) -> None:
    answer = client.get(concrete(path), params=needed(path) | {"limit": "100"})
    body = answer.json()
    assert list(body) == ["data", "meta", "links"]
    assert list(body["meta"]) == ["total", "limit", "snapshot"]
    assert list(body["links"]) == ["self", "first", "next", "prev"]
    keys = {tuple(record) for record in body["data"] if record.get("kind") == body["data"][0].get("kind")}
    assert len(keys) == 1
    told = set(CONTRACT["paths"][path]["get"]["responses"])
    assert told >= {"200", "404", "405", "406", "414", "422", "500", "503"}


@pytest.mark.parametrize("plural", LISTS)
def test_a_single_record_is_the_one_of_the_list_in_its_own_envelope(
    client: httpx.Client, content: Content, plural: str
) -> None:
    for record in content[plural][::40]:
        body = client.get(f"/v1/{plural}/{record['id']}").json()
        assert list(body) == ["data", "meta", "links"]
        assert body["data"] == record
        assert list(body["meta"]) == ["snapshot"]
        assert body["links"] == {"self": record["links"]["self"]} == {"self": f"/v1/{plural}/{record['id']}"}
