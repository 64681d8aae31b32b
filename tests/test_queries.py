"""Strict queries: every fault is reported with what would be right, and spellings that mean the same are one query."""

from typing import Any

import httpx
import pytest

from tests.contract import concrete
from tests.lists import CONTRACT, LISTS, closed_set, inner, needed, parameters, query_paths, values
from tests.server import refused

PATHS = sorted(query_paths())
HUGE = 2**63


def of_type(kind: str) -> list[tuple[str, str]]:
    return [
        (path, name) for path in PATHS for name, item in parameters(path).items() if inner(item).get("type") == kind
    ]


CLOSED = [(path, name) for path in PATHS for name, item in parameters(path).items() if closed_set(item)]


def get(client: httpx.Client, path: str, **query: Any) -> httpx.Response:
    return client.get(concrete(path), params={**needed(path), **query})


@pytest.fixture(scope="module")
def client(sqlite_client: httpx.Client) -> httpx.Client:
    """What is tested here never reaches a database."""
    return sqlite_client


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_parameter_is_refused_with_all_that_are_declared(client: httpx.Client, path: str) -> None:
    [error] = refused(get(client, path, zzzzzz="1"), "unknown-parameter")
    assert error["parameter"] == "zzzzzz"
    assert error["allowed"] == sorted(parameters(path))
    assert error["did_you_mean"] is None


@pytest.mark.parametrize("path", PATHS)
def test_a_misspelt_parameter_is_refused_with_the_nearest_name(client: httpx.Client, path: str) -> None:
    for name in parameters(path):
        if len(name) > 3 and "." not in name:
            misspelt = name[:-2] + name[-1] + name[-2]
            if misspelt not in parameters(path):
                [error] = refused(get(client, path, **{misspelt: "1"}), "unknown-parameter")
                assert error["did_you_mean"] == name


def test_the_names_of_parameters_are_compared_letter_by_letter(client: httpx.Client) -> None:
    [error] = refused(client.get("/v1/claims?Limit=1"), "unknown-parameter")
    assert (error["parameter"], error["did_you_mean"]) == ("Limit", "limit")
    for name in ("limit[]", "limit%20", "%6cimit2", "", "%00", "%FF"):
        refused(client.get(f"/v1/claims?{name}=1"), "unknown-parameter")
    assert client.get("/v1/claims?%6cimit=1").json()["meta"]["limit"] == 1


MEANT = [
    ("type[]=causal", "type"),
    ("actor[]=armenia", "actor"),
    ("type.not[]=causal", "type.not"),
    ("page=2", "cursor"),
    ("per_page=5", "limit"),
    ("page_size=5", "limit"),
    ("query=war", "q"),
    ("search=war", "q"),
    ("order=id", "sort"),
    ("speakr=author", "speaker"),
    ("actor.al=armenia", "actor.all"),
    ("type.nott=causal", "type.not"),
]


@pytest.mark.parametrize(("query", "meant"), MEANT)
def test_what_clients_of_other_services_write_is_recognised(client: httpx.Client, query: str, meant: str) -> None:
    [error] = refused(client.get(f"/v1/claims?{query}"), "unknown-parameter")
    assert (error["parameter"], error["did_you_mean"]) == (query.partition("=")[0], meant)


def test_a_format_as_a_parameter_is_led_to_the_path_of_that_form(client: httpx.Client) -> None:
    for path, form, meant in (
        ("/v1/claims", "csv", "/v1/claims.csv"),
        ("/v1/claims", "jsonl", "/v1/claims.jsonl"),
        ("/v1/claims", "jsonld", "/v1/claims.jsonld"),
        ("/v1/search?q=war", "csv", "/v1/search.csv"),
        ("/v1/counts/claims?by=type", "csv", "/v1/counts/claims.csv"),
        ("/v1/documents/karabakh/spans", "jsonl", "/v1/documents/karabakh/spans.jsonl"),
        ("/v1/actors", "jsonld", None),
        ("/v1/claims", "xml", None),
        ("/v1/suggest?q=a", "csv", None),
    ):
        [error] = refused(client.get(f"{path}{'&' if '?' in path else '?'}format={form}"), "unknown-parameter")
        assert (error["parameter"], error["did_you_mean"]) == ("format", meant)
        assert meant is None or client.get(meant + ("?" + path.partition("?")[2])).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_repeated_single_value_is_reported_for_each_parameter_at_once(client: httpx.Client, path: str) -> None:
    single = [name for name, item in parameters(path).items() if item["schema"].get("type") != "array"]
    query = "&".join(f"{name}=1&{name}=1" for name in single)
    errors = refused(client.get(f"{concrete(path)}?{query}"))
    repeated = [error["parameter"] for error in errors if "one value" in error["detail"]]
    assert sorted(repeated) == sorted(single)
    assert len({error["parameter"] for error in errors}) == len(errors)


@pytest.mark.parametrize("path", PATHS)
def test_a_value_that_is_blank_or_holds_nul_or_is_not_utf8_is_reported_for_each_parameter_at_once(
    client: httpx.Client, path: str
) -> None:
    names = sorted(parameters(path))
    for value in ("", "%20", "%00", "a%00b", "%FF", "%ED%A0%80"):
        query = "&".join(f"{name}={value}" for name in names)
        errors = refused(client.get(f"{concrete(path)}?{query}"), "invalid-value")
        assert sorted(error["parameter"] for error in errors) == names, value


def test_a_blank_member_of_a_list_is_refused(client: httpx.Client) -> None:
    for value in ("factual,", ",factual", "factual,,causal", "factual,%20", ",", "%E2%80%A8", "%FF", "%C3%28"):
        [error] = refused(client.get(f"/v1/claims?type={value}"), "invalid-value")
        assert error["parameter"] == "type"


@pytest.mark.parametrize("path", PATHS)
def test_a_value_outside_its_closed_set_is_refused_with_the_set(client: httpx.Client, path: str) -> None:
    for name in (name for each, name in CLOSED if each == path):
        [error] = refused(get(client, path, **{name: "zzzzzzzzzz"}), "invalid-value")
        assert (error["parameter"], error["allowed"]) == (name, values(path, name))
        longest = max(values(path, name), key=len)
        if len(longest) > 3:
            [error] = refused(get(client, path, **{name: longest + "q"}), "invalid-value")
            assert error["did_you_mean"] == longest
        refused(get(client, path, **{name: longest.upper()}), "invalid-value")


@pytest.mark.parametrize("name", ["limit", "offset", "number", "start", "end"])
def test_a_number_is_plain_digits_within_its_bounds(client: httpx.Client, name: str) -> None:
    wrong = ["1_0", "10.0", "1e1", "+5", "-0", "0x1", "٣", "１", " 5", "5 ", "1 0", "five", "nan", "true", "--1", "1;2"]
    paths = [path for path, each in of_type("integer") if each == name]
    assert paths
    for path in paths:
        schema = inner(parameters(path)[name])
        least, most = schema["minimum"], schema.get("maximum", schema.get("exclusiveMaximum", 0) - 1)
        for value in [*wrong, str(least - 1), str(most + 1), str(-HUGE), str(HUGE), "9" * 400]:
            [error] = refused(get(client, path, **{name: value}), "invalid-value")
            assert (error["parameter"], error["allowed"]) == (name, [f"{least}…{most}"])


@pytest.mark.parametrize("path", [path for path, name in of_type("integer") if name == "limit"])
def test_a_limit_is_kept_to_and_never_clamped(client: httpx.Client, path: str) -> None:
    schema = inner(parameters(path)["limit"])
    for limit in (schema["minimum"], 1, min(schema["maximum"], 1000), "007"):
        response = get(client, path, limit=limit)
        assert response.status_code == 200, response.text
        if response.headers["content-type"] == "application/json":
            body = response.json()
            assert body["meta"].get("limit", int(limit)) == int(limit)
            assert len(body["data"]) <= int(limit)
        elif "csv" not in response.headers["content-type"] and "ld+json" not in response.headers["content-type"]:
            assert response.text.count("\n") <= int(limit)
    if schema["minimum"]:
        refused(get(client, path, limit=0), "invalid-value")
    refused(get(client, path, limit=schema["maximum"] + 1), "invalid-value")


@pytest.mark.parametrize(("path", "name"), of_type("boolean"))
def test_a_boolean_is_true_or_false(client: httpx.Client, path: str, name: str) -> None:
    for value in ("yes", "1", "0", "True", "TRUE", "on", "off", "no", "t", "true "):
        [error] = refused(get(client, path, **{name: value}), "invalid-value")
        assert (error["parameter"], error["allowed"]) == (name, ["true", "false"])


@pytest.mark.parametrize("name", ["date_from", "date_to"])
def test_a_date_is_a_day_a_month_or_a_year_of_the_calendar(client: httpx.Client, name: str) -> None:
    wrong = [
        "2020-13",
        "2020-00",
        "2020-02-30",
        "20201110",
        "0000",
        "2020-1",
        "2020-11-10T00:00",
        "199X",
        "..",
        "12020",
        "-2020",
    ]
    for value in wrong:
        [error] = refused(client.get("/v1/events", params={name: value}), "invalid-value")
        assert (error["parameter"], error["allowed"]) == (name, ["2020-11-10", "2020-11", "2020"])
    for value in ("2020-02-29", "2020-02", "2020", "0001", "9999-12-31"):
        assert client.get("/v1/events", params={name: value}).status_code == 200


def test_a_period_that_ends_before_it_begins_is_refused(client: httpx.Client) -> None:
    [error] = refused(client.get("/v1/events?date_from=2021&date_to=2020-12-31"), "invalid-value")
    assert error["parameter"] == "date_from"
    assert client.get("/v1/events?date_from=2020-12-31&date_to=2020").status_code == 200


def test_all_faults_of_a_query_are_in_one_response(client: httpx.Client) -> None:
    query = (
        "limt=1&limit=101&hedged=yes&type=causl&type=factual&actor=armenai&q=%20&sort=id&sort=id&section=%FF&offset=1_0"
        "&mode.not=assertd&topic.all=wra&event=nope&cursor=AAAA&include=sectoin&facets=typ&highlight=maybe&snapshot=x"
    )
    reported = {error["parameter"]: error for error in refused(client.get(f"/v1/claims?{query}"))}
    assert sorted(reported) == [
        *("actor", "cursor", "event", "facets", "hedged", "highlight", "include", "limit", "limt", "mode.not"),
        *("offset", "q", "section", "snapshot", "sort", "topic.all", "type"),
    ]
    meant = {name: error["did_you_mean"] for name, error in reported.items() if error["did_you_mean"]}
    assert meant == {
        **{"limt": "limit", "type": "causal", "actor": "armenia", "mode.not": "asserted", "topic.all": "war"},
        **{"include": "section", "facets": "type"},
    } | {name: meant[name] for name in ("event",) if name in meant}


def test_faults_of_other_parameters_are_reported_beside_a_required_one_that_is_absent_or_wrong(
    client: httpx.Client,
) -> None:
    for query in ("", "q=%20&", "q=a&q=b&"):
        errors = refused(client.get(f"/v1/search?{query}actor=nobody&limt=1&type=causl&limit=1&limit=2&cursor=AAAA"))
        assert sorted(error["parameter"] for error in errors) == ["actor", "cursor", "limit", "limt", "q", "type"]
    for query in ("", "by=zzz&"):
        errors = refused(client.get(f"/v1/counts/claims?{query}actor=nobody&type=causl"))
        assert sorted(error["parameter"] for error in errors) == ["actor", "by", "type"]
    errors = refused(client.get("/v1/resolve?document=nope&zzz=1"))
    assert sorted(error["parameter"] for error in errors) == ["document", "quote", "zzz"]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("claims.csv?include=section&limt=1&actor=nope", ["actor", "include", "limt"]),
        ("claims.csv?q=&offset=3&include=section&highlight=true", ["highlight", "include", "offset", "q"]),
        ("claims?fields=id&highlight=true&typ=causal", ["fields", "highlight", "typ"]),
        ("claims?cursor=abc&typ=causal", ["cursor", "typ"]),
        ("claims?q=&highlight=true", ["q"]),
        ("claims?q=&highlight=true&actor=nobody", ["actor", "q"]),
        ("claims?highlight=true&actor=nobody", ["actor", "highlight"]),
        ("claims.jsonld?highlight=true", ["highlight"]),
        ("documents/karabakh/spans?start=5&end=5&limt=1", ["limt", "start"]),
        ("documents/karabakh/spans?end=999999&limt=1", ["end", "limt"]),
        ("documents/karabakh/text?end=999999&limt=1", ["end", "limt"]),
        ("documents/karabakh/coverage?end=999999&limt=1", ["end", "limt"]),
        ("events?date_from=2021&date_to=2020&actor=nobody", ["actor", "date_from"]),
        ("counts/claims?by=type,mode,actor,place&actor=nobody", ["actor", "by"]),
    ],
)
def test_faults_that_several_parameters_or_the_content_show_are_reported_with_the_others(
    client: httpx.Client, query: str, wrong: list[str]
) -> None:
    errors = refused(client.get(f"/v1/{query}"))
    assert sorted(error["parameter"] for error in errors) == wrong


def test_a_cursor_of_another_query_is_reported_with_the_other_faults(client: httpx.Client) -> None:
    elsewhere = client.get("/v1/events?limit=2").json()["meta"]["next_cursor"]
    errors = refused(client.get(f"/v1/claims?limit=2&typ=causal&cursor={elsewhere}"))
    assert sorted(error["parameter"] for error in errors) == ["cursor", "typ"]


def test_at_most_a_hundred_errors_are_listed(client: httpx.Client) -> None:
    many = "&".join(f"p{number}=1" for number in range(150))
    response = client.get(f"/v1/claims?{many}")
    assert len(refused(response, "unknown-parameter")) == 100
    assert "150" in response.json()["detail"]
    few = "&".join(f"p{number}=1" for number in range(100))
    assert len(refused(client.get(f"/v1/claims?{few}"))) == 100
    actors = ",".join(f"nobody-{number}" for number in range(100))
    errors = refused(client.get("/v1/claims", params={"actor": actors, "zzz": "1"}))
    assert len(errors) == 100


@pytest.mark.parametrize(
    ("path", "name"),
    [("claims", "type"), ("claims", "type.not"), ("claims", "facets"), ("claims", "include"), ("claims.csv", "fields")],
)
def test_every_wrong_value_of_a_list_is_reported(client: httpx.Client, path: str, name: str) -> None:
    errors = refused(client.get(f"/v1/{path}", params={name: "nope,section,zzz"}), "invalid-value")
    details = [error["detail"] for error in errors if error["parameter"] == name]
    assert [value for value in ("nope", "zzz") if any(f"'{value}'" in detail for detail in details)] == ["nope", "zzz"]
    many = ",".join(f"v{number}" for number in range(101))
    [error] = refused(client.get(f"/v1/{path}", params={name: many}), "invalid-value")
    assert "at most 100" in error["detail"]


def test_cursor_and_offset_exclude_each_other(client: httpx.Client) -> None:
    following = client.get("/v1/claims?limit=2").json()["links"]["next"]
    [error] = refused(client.get(f"{following}&offset=1"), "invalid-value")
    assert error["parameter"] == "offset"


@pytest.mark.parametrize("plural", LISTS)
def test_offsets_go_to_ten_thousand(client: httpx.Client, plural: str) -> None:
    assert client.get(f"/v1/{plural}?offset=10000").json()["data"] == []
    refused(client.get(f"/v1/{plural}?offset=10001"), "invalid-value")


SAME = [
    "type=causal,factual&actor=armenia",
    "type=factual,causal&actor=armenia",
    "actor=armenia&type=causal&type=factual",
    "type=factual&type=causal,factual&actor=armenia,armenia",
    "type=causal%2Cfactual&actor=armenia&limit=25&offset=0",
    "actor=%61rmenia&&type=causal,factual&",
]


def test_what_means_the_same_is_one_query_with_one_entity_tag(client: httpx.Client) -> None:
    responses = [client.get(f"/v1/claims?{query}") for query in SAME]
    assert {response.status_code for response in responses} == {200}
    assert {response.text for response in responses} == {responses[0].text}
    assert {response.headers["etag"] for response in responses} == {responses[0].headers["etag"]}
    assert responses[0].json()["links"]["self"] == "/v1/claims?actor=armenia&type=causal,factual"


def defaults(path: str) -> dict[str, str]:
    """The parameters that have a default, with it."""
    schemas = {name: item["schema"] for name, item in parameters(path).items()}
    return {
        name: ("true" if schema["default"] else "false")
        if isinstance(schema["default"], bool)
        else str(schema["default"])
        for name, schema in schemas.items()
        if "default" in schema
    }


@pytest.mark.parametrize("path", [path for path in PATHS if defaults(path)])
def test_a_value_that_equals_the_default_counts_as_absent(client: httpx.Client, path: str) -> None:
    plain, spelt = get(client, path), get(client, path, **defaults(path))
    assert (spelt.status_code, spelt.text) == (200, plain.text)
    assert spelt.headers.get("etag") == plain.headers.get("etag")
    assert spelt.headers["link"] == plain.headers["link"]


def test_generated_clients_may_send_every_default_beside_a_cursor(client: httpx.Client) -> None:
    following = client.get("/v1/events?limit=25").json()["meta"]["next_cursor"]
    spelt = client.get("/v1/events", params={"cursor": following, **defaults("/v1/events")})
    assert spelt.json() == client.get("/v1/events", params={"cursor": following}).json()
    assert client.get("/v1/events?date_match=possible&highlight=false&offset=0").status_code == 200


def test_a_plus_is_a_space_and_percent_20_is_one_too(client: httpx.Client) -> None:
    assert client.get("/v1/claims?q=peace+treaty").text == client.get("/v1/claims?q=peace%20treaty").text
    assert client.get("/v1/claims?q=peace+treaty").json()["links"]["self"] == "/v1/claims?q=peace%20treaty"


def test_links_self_is_the_same_query_again(client: httpx.Client) -> None:
    for query in (
        "/v1/claims?q=%22peace%20treaty%22+%26+%2B%C3%A9&type=causal",
        "/v1/resolve?quote=a%2Cb+%25+%E2%80%99",
    ):
        response = client.get(query)
        again = client.get(response.json()["links"]["self"])
        assert (again.text, again.headers["etag"]) == (response.text, response.headers["etag"])


SNAPSHOT_PATHS = [path for path in PATHS if "snapshot" in parameters(path)]


@pytest.mark.parametrize("path", SNAPSHOT_PATHS)
def test_a_path_takes_the_snapshot_served_and_refuses_another(client: httpx.Client, path: str) -> None:
    served = client.get("/v1").json()["data"]["snapshot"]
    assert get(client, path, snapshot=served).status_code == 200
    response = get(client, path, snapshot="0123456789abcdef")
    assert refused(response, "snapshot-not-served", 404) == []
    assert response.json()["snapshot"] == served
    assert served in response.json()["detail"]


def test_every_data_path_takes_a_snapshot() -> None:
    data = {path for path in CONTRACT["paths"] if path.startswith("/v1")}
    assert data <= set(SNAPSHOT_PATHS)


@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_an_invalid_query_is_reported_before_an_unknown_path_id(client: httpx.Client, path: str) -> None:
    nowhere = path.replace("{id}", "no.such").replace("{name}", "no_such").replace("{type}", "no-such")
    nowhere = nowhere.replace("{kind}", "claims")
    assert client.get(nowhere).status_code == 404
    refused(client.get(f"{nowhere}?zzz=1"), "unknown-parameter")
    refused(client.get(f"{nowhere}?snapshot="), "invalid-value")


@pytest.mark.parametrize("tail", ["text", "spans", "spans.csv", "coverage", "coverage.jsonl"])
def test_an_impossible_span_is_reported_before_an_unknown_document(client: httpx.Client, tail: str) -> None:
    [error] = refused(client.get(f"/v1/documents/no.such/{tail}?start=7&end=7"), "invalid-value")
    assert error["parameter"] == "start"
    assert client.get(f"/v1/documents/no.such/{tail}?start=7&end=8").status_code == 404


COSTLY = [
    ("/v1/claims?q=", " ".join(f"w{number}" for number in range(65))),
    ("/v1/claims?q=", " ".join(f'"a b{number}"' for number in range(17))),
    ("/v1/claims?q=", " ".join(f"aa{chr(97 + number)}*" for number in range(17))),
    ("/v1/search?q=", " ".join(f"w{number}" for number in range(65))),
    ("/v1/search.csv?q=", " ".join(f"w{number}" for number in range(65))),
    ("/v1/claims.jsonl?q=", " ".join(f"w{number}" for number in range(65))),
    ("/v1/counts/claims?by=type&q=", " ".join(f"w{number}" for number in range(65))),
    ("/v1/claims.jsonld?q=", " ".join(f"w{number}" for number in range(65))),
]


@pytest.mark.parametrize(("path", "q"), COSTLY)
def test_a_query_of_too_many_words_phrases_or_prefixes_is_too_costly(client: httpx.Client, path: str, q: str) -> None:
    response = client.get(path + q.replace('"', "%22").replace(" ", "+"))
    refused(response, "too-costly")
    assert response.headers["cache-control"] == "no-store"
    fewer = client.get(path + " ".join(q.split()[: len(q.split()) - (2 if '"' in q else 1)]))
    assert fewer.status_code == 200, fewer.text


def test_counts_of_more_than_a_thousand_combinations_are_too_costly(client: httpx.Client) -> None:
    for by in ("event,topic,actor", "section,topic,event", "topic,place,event"):
        response = client.get(f"/v1/counts/claims?by={by}")
        if response.status_code == 200:
            assert len(response.json()["data"]) <= 1000
        else:
            refused(response, "too-costly")
    refused(client.get("/v1/counts/claims?by=place,topic&document=astral&actor.not=zzz"), "unknown-id")
    assert client.get("/v1/counts/claims?by=place,topic,type").status_code == 200
