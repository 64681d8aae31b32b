"""Strict questions: every fault is told and named, with what would be right; what means the same is the same."""

from typing import Any

import httpx
import pytest

from tests.lists import LISTS, asking, concrete, needed, parameters, values

PATHS = sorted(asking())
HUGE = 2**63


def inner(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = item["schema"].get("items", item["schema"])
    return found


def of_type(kind: str) -> list[tuple[str, str]]:
    return [
        (path, name) for path in PATHS for name, item in parameters(path).items() if inner(item).get("type") == kind
    ]


ENUMS = [(path, name) for path in PATHS for name, item in parameters(path).items() if "enum" in inner(item)]


def refused(answer: httpx.Response, slug: str | None = None, status: int = 422) -> list[dict[str, Any]]:
    """The faults of a refused question."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    if slug is not None:
        assert problem["type"] == f"/problems/{slug}"
    errors: list[dict[str, Any]] = problem.get("errors", [])
    assert all(list(error) == ["parameter", "detail", "allowed", "did_you_mean"] for error in errors)
    return errors


def ask(client: httpx.Client, path: str, **asked: Any) -> httpx.Response:
    return client.get(concrete(path), params={**needed(path), **asked})


@pytest.fixture(scope="module")
def client(sqlite_client: httpx.Client) -> httpx.Client:
    """What is tested here never reaches a database."""
    return sqlite_client


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_parameter_is_told_with_all_that_are_known(client: httpx.Client, path: str) -> None:
    [error] = refused(ask(client, path, zzzzzz="1"), "unknown-parameter")
    assert error["parameter"] == "zzzzzz"
    assert error["allowed"] == sorted(parameters(path))
    assert error["did_you_mean"] is None


@pytest.mark.parametrize("path", PATHS)
def test_a_misspelt_parameter_is_told_with_the_nearest_name(client: httpx.Client, path: str) -> None:
    for name in parameters(path):
        if len(name) > 3:
            misspelt = name[:-2] + name[-1] + name[-2]
            if misspelt not in parameters(path):
                [error] = refused(ask(client, path, **{misspelt: "1"}), "unknown-parameter")
                assert error["did_you_mean"] == name


def test_the_names_of_parameters_are_compared_letter_by_letter(client: httpx.Client) -> None:
    [error] = refused(client.get("/v1/claims?Limit=1"), "unknown-parameter")
    assert (error["parameter"], error["did_you_mean"]) == ("Limit", "limit")
    for name in ("limit[]", "limit%20", "%6cimit2", "", "%00", "%FF"):
        refused(client.get(f"/v1/claims?{name}=1"), "unknown-parameter")
    assert client.get("/v1/claims?%6cimit=1").json()["meta"]["limit"] == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_single_value_given_twice_is_told_for_each_parameter_at_once(client: httpx.Client, path: str) -> None:
    single = [name for name, item in parameters(path).items() if item["schema"].get("type") != "array"]
    query = "&".join(f"{name}=1&{name}=1" for name in single)
    errors = refused(client.get(f"{concrete(path)}?{query}"), "repeated-parameter")
    assert sorted(error["parameter"] for error in errors) == sorted(single)


@pytest.mark.parametrize("path", PATHS)
def test_a_value_that_is_blank_or_holds_nul_or_is_not_utf8_is_told_for_each_parameter_at_once(
    client: httpx.Client, path: str
) -> None:
    names = sorted(parameters(path))
    for value in ("", "%20", "%00", "a%00b", "%FF", "%ED%A0%80"):
        question = "&".join(f"{name}={value}" for name in names)
        errors = refused(client.get(f"{concrete(path)}?{question}"), "invalid-value")
        assert sorted(error["parameter"] for error in errors) == names


def test_a_blank_member_of_a_list_is_told(client: httpx.Client) -> None:
    for value in ("factual,", ",factual", "factual,,causal", "factual,%20", ",", "%E2%80%A8", "%FF", "%C3%28"):
        [error] = refused(client.get(f"/v1/claims?type={value}"), "invalid-value")
        assert error["parameter"] == "type"


@pytest.mark.parametrize("path", PATHS)
def test_a_value_outside_its_closed_set_is_told_with_the_set(client: httpx.Client, path: str) -> None:
    for name in (name for each, name in ENUMS if each == path):
        [error] = refused(ask(client, path, **{name: "zzzzzzzzzz"}), "invalid-value")
        assert (error["parameter"], error["allowed"]) == (name, values(path, name))
        longest = max(values(path, name), key=len)
        if len(longest) > 3:
            [error] = refused(ask(client, path, **{name: longest + "q"}), "invalid-value")
            assert error["did_you_mean"] == longest
        refused(ask(client, path, **{name: longest.upper()}), "invalid-value")


@pytest.mark.parametrize("name", ["limit", "offset", "number", "start", "end"])
def test_a_number_is_plain_digits_within_its_bounds(client: httpx.Client, name: str) -> None:
    wrong = ["1_0", "10.0", "1e1", "+5", "-0", "0x1", "٣", "１", " 5", "5 ", "1 0", "five", "nan", "true", "--1", "1;2"]
    paths = [path for path, each in of_type("integer") if each == name]
    assert paths
    for path in paths:
        schema = inner(parameters(path)[name])
        least, most = schema["minimum"], schema["maximum"]
        for value in [*wrong, str(least - 1), str(most + 1), str(-HUGE), str(HUGE), "9" * 400]:
            [error] = refused(ask(client, path, **{name: value}), "invalid-value")
            assert error["parameter"] == name
            assert error["allowed"] == [f"{least}…{most}"]


@pytest.mark.parametrize("path", [path for path, name in of_type("integer") if name == "limit"])
def test_a_limit_is_kept_to_and_never_clamped(client: httpx.Client, path: str) -> None:
    most = inner(parameters(path)["limit"])["maximum"]
    for limit in (1, most, "007"):
        body = ask(client, path, limit=limit).json()
        assert body["meta"].get("limit", int(limit)) == int(limit)
        assert len(body["data"]) <= int(limit)
    refused(ask(client, path, limit=0), "invalid-value")
    refused(ask(client, path, limit=most + 1), "invalid-value")


@pytest.mark.parametrize(("path", "name"), of_type("boolean"))
def test_a_boolean_is_true_or_false(client: httpx.Client, path: str, name: str) -> None:
    for value in ("yes", "1", "0", "True", "TRUE", "on", "off", "no", "t", "true "):
        [error] = refused(ask(client, path, **{name: value}), "invalid-value")
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


def test_a_span_of_days_that_ends_before_it_begins_is_told(client: httpx.Client) -> None:
    [error] = refused(client.get("/v1/events?date_from=2021&date_to=2020-12-31"), "invalid-value")
    assert error["parameter"] == "date_from"
    assert client.get("/v1/events?date_from=2020-12-31&date_to=2020").status_code == 200


def test_all_faults_of_a_question_are_told_in_one_answer(client: httpx.Client) -> None:
    question = (
        "limt=1&limit=0&hedged=yes&type=causl&type=factual&actor=armenai&q=%20&sort=id&sort=id&section=%FF&offset=1_0"
    )
    errors = refused(client.get(f"/v1/claims?{question}"))
    told = {error["parameter"]: error for error in errors}
    assert sorted(told) == ["actor", "hedged", "limit", "limt", "offset", "q", "section", "sort", "type"]
    assert (told["limt"]["did_you_mean"], told["type"]["did_you_mean"]) == ("limit", "causal")
    assert told["actor"]["did_you_mean"] == "armenia"


def test_faults_that_lie_in_the_format_the_cursor_or_the_span_are_told_with_the_others(client: httpx.Client) -> None:
    errors = refused(client.get("/v1/claims?format=csv&limit=5&include=section&limt=1&actor=nope"))
    assert sorted(error["parameter"] for error in errors) == ["actor", "include", "limit", "limt"]
    errors = refused(client.get("/v1/claims?fields=id&highlight=true&typ=causal"))
    assert sorted(error["parameter"] for error in errors) == ["fields", "highlight", "typ"]
    errors = refused(client.get("/v1/claims?cursor=abc&typ=causal"))
    assert sorted(error["parameter"] for error in errors) == ["cursor", "typ"]
    errors = refused(client.get("/v1/documents/karabakh/spans?start=5&end=5&limt=1"))
    assert sorted(error["parameter"] for error in errors) == ["limt", "start"]
    for path in ("spans?end=999999&limt=1", "text?end=999999&limt=1"):
        errors = refused(client.get(f"/v1/documents/karabakh/{path}"))
        assert sorted(error["parameter"] for error in errors) == ["end", "limt"]
    elsewhere = httpx.URL(client.get("/v1/events?limit=2").json()["links"]["next"]).params["cursor"]
    errors = refused(client.get(f"/v1/claims?limit=2&typ=causal&cursor={elsewhere}"))
    assert sorted(error["parameter"] for error in errors) == ["cursor", "typ"]
    errors = refused(client.get("/v1/claims?format=csv&q=&limit=3&include=section&highlight=true"))
    assert sorted(error["parameter"] for error in errors) == ["highlight", "include", "limit", "q"]
    errors = refused(client.get("/v1/claims?q=&highlight=true"))
    assert [error["parameter"] for error in errors] == ["q"]
    errors = refused(client.get("/v1/claims?format=jsonld&highlight=true"))
    assert [error["parameter"] for error in errors] == ["highlight"]


@pytest.mark.parametrize("name", ["type", "facets", "include", "fields"])
def test_every_wrong_value_of_a_list_is_told(client: httpx.Client, name: str) -> None:
    errors = refused(client.get("/v1/claims", params={name: "nope,section,zzz", "format": "csv"}), "invalid-value")
    told = [error["detail"] for error in errors if error["parameter"] == name]
    assert [value for value in ("nope", "zzz") if any(f"'{value}'" in detail for detail in told)] == ["nope", "zzz"]
    many = ",".join(f"v{number}" for number in range(101))
    [error] = refused(client.get("/v1/claims", params={name: many}), "invalid-value")
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
    "type=causal%2Cfactual&actor=armenia&limit=25&offset=0&highlight=false&format=json",
    "actor=%61rmenia&&type=causal,factual&",
]


def test_what_means_the_same_is_one_question_with_one_entity_tag(client: httpx.Client) -> None:
    answers = [client.get(f"/v1/claims?{question}") for question in SAME]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert {answer.headers["etag"] for answer in answers} == {answers[0].headers["etag"]}
    assert answers[0].json()["links"]["self"] == "/v1/claims?actor=armenia&type=causal,factual"


def test_a_plus_is_a_space_and_percent_20_is_one_too(client: httpx.Client) -> None:
    assert client.get("/v1/claims?q=peace+treaty").text == client.get("/v1/claims?q=peace%20treaty").text
    assert client.get("/v1/claims?q=peace+treaty").json()["links"]["self"] == "/v1/claims?q=peace%20treaty"


def test_links_self_asks_the_same_question_again(client: httpx.Client) -> None:
    for question in (
        "/v1/claims?q=%22peace%20treaty%22+%26+%2B%C3%A9&type=causal",
        "/v1/resolve?quote=a%2Cb+%25+%E2%80%99",
    ):
        answer = client.get(question)
        again = client.get(answer.json()["links"]["self"])
        assert (again.text, again.headers["etag"]) == (answer.text, answer.headers["etag"])


SNAPSHOT_PATHS = [path for path in PATHS if "snapshot" in parameters(path)]


@pytest.mark.parametrize("path", SNAPSHOT_PATHS)
def test_a_snapshot_may_be_asked_for_and_another_is_not_served(client: httpx.Client, path: str) -> None:
    served = client.get("/v1").json()["data"]["snapshot"]
    assert ask(client, path, snapshot=served).status_code == 200
    answer = ask(client, path, snapshot="0123456789abcdef")
    assert refused(answer, "snapshot-not-served", 404) == []
    assert answer.json()["snapshot"] == served
    assert served in answer.json()["detail"]


def test_every_data_path_may_be_asked_for_a_snapshot() -> None:
    data = {path for path in PATHS if path.startswith("/v1")}
    assert data <= set(SNAPSHOT_PATHS)
    assert len(data) == 27


@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
def test_a_bad_question_is_told_before_an_unknown_path_id(client: httpx.Client, path: str) -> None:
    nowhere = path.replace("{id}", "no.such").replace("{name}", "no_such").replace("{type}", "no-such")
    assert client.get(nowhere).status_code == 404
    refused(client.get(f"{nowhere}?zzz=1"), "unknown-parameter")
    refused(client.get(f"{nowhere}?snapshot="), "invalid-value")


@pytest.mark.parametrize("tail", ["text", "spans"])
def test_an_impossible_span_is_told_before_an_unknown_document(client: httpx.Client, tail: str) -> None:
    [error] = refused(client.get(f"/v1/documents/no.such/{tail}?start=7&end=7"), "invalid-value")
    assert error["parameter"] == "start"
    assert client.get(f"/v1/documents/no.such/{tail}?start=7&end=8").status_code == 404
