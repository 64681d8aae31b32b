"""HTTP as clients, browsers and caches know it: methods, conditional requests, headers, redirects, deployments."""

import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from api.web.environment import digest
from tests import astral
from tests.contract import concrete
from tests.in_process import InProcess, in_process
from tests.lists import CONTRACT, FILES_OF_LISTS, PAGED, needed, parameters
from tests.server import Server
from tests.test_problems import checked

FRESH = "public, max-age=60, stale-while-revalidate=60"
UNCACHED = ("/livez", "/readyz")
ASSET = f"/assets/{digest()}/read.js"
PATHS = [*CONTRACT["paths"], "/docs", "/d/karabakh", ASSET, "/metrics"]
VARYING = ("date", "x-request-id")


def ask(client: httpx.Client, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    return client.request(method, concrete(path), params=needed(path) or None, headers=headers)


def steady(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in VARYING}


@pytest.fixture(scope="module")
def client(sqlite_client: httpx.Client) -> httpx.Client:
    """What is tested here is the same on every database."""
    return sqlite_client


@pytest.fixture(scope="module")
def counted(sqlite_database: dict[str, str]) -> Iterator[InProcess]:
    """The application in this process, its statements counted, nothing remembered."""
    with in_process(sqlite_database, answer_cache_bytes=0) as asked:
        yield asked


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", PATHS)
def test_stock_behaviour_head_sends_the_headers_of_get_and_no_body(
    client: httpx.Client, path: str, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    question = concrete(path)
    for _ in range(2):
        get = client.get(question, params=needed(path) or None, headers=headers)
        head = client.head(question, params=needed(path) or None, headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        assert head.status_code == get.status_code
        streamed = {"transfer-encoding"} if "content-length" not in get.headers else set()
        if path != "/metrics":
            assert steady(head) == {name: value for name, value in steady(get).items() if name not in streamed}


def test_head_of_a_stream_reads_no_rows(counted: InProcess) -> None:
    for path in FILES_OF_LISTS:
        head = counted.get(path, "HEAD")
        assert head.status_code == 200
        assert counted.statements == []
    counted.get("/v1/claims.jsonl")
    assert counted.statements != []


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_every_path_answers_options_and_preflight(client: httpx.Client, path: str) -> None:
    for given in (
        {},
        {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"},
        {
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match, x-request-id",
        },
    ):
        answer = ask(client, path, "OPTIONS", **given)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert allowed == "*, authorization"
        assert int(answer.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers_that_all_have(client: httpx.Client, path: str) -> None:
    for given in ({}, {"Origin": "https://elsewhere.example"}):
        answer = ask(client, path, **given)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
        assert {"ETag", "Link", "X-Request-Id", "Content-Disposition", "Retry-After"} <= exposed
        assert answer.headers["vary"] == "Accept, Accept-Encoding"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
        if path in (*UNCACHED, "/metrics"):
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers
        elif not path.startswith("/assets/"):
            assert answer.headers["cache-control"] == FRESH
            assert re.fullmatch(r'W/"[0-9a-f]+"', answer.headers["etag"])


CACHED = [path for path in CONTRACT["paths"] if path not in UNCACHED]


@pytest.mark.parametrize("path", CACHED)
def test_a_matching_tag_is_answered_304_with_nothing_else(client: httpx.Client, path: str) -> None:
    question = concrete(path)
    params = needed(path) or None
    fresh = client.get(question, params=params)
    tag = fresh.headers["etag"]
    for method in ("GET", "HEAD"):
        for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', f'W/"x",{tag}'):
            again = client.request(method, question, params=params, headers={"If-None-Match": given})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
                assert again.headers[name] == fresh.headers[name]
            assert again.headers["x-request-id"]
            assert not {"content-type", "content-encoding", "link"} & set(again.headers)
            assert "content-length" not in again.headers or again.headers["content-length"] == "0"
        for given in ('"other"', '"' + tag.strip('W/"')[:-1] + '"', "*", tag[:-1]):
            other = client.request(method, question, params=params, headers={"If-None-Match": given})
            assert other.status_code == 200, given


def test_a_304_takes_no_statement(counted: InProcess) -> None:
    for path in CACHED:
        question = str(httpx.URL(concrete(path), params=needed(path)))
        tag = counted.get(question).headers["etag"]
        again = counted.get(question, if_none_match=tag)
        assert (again.status_code, counted.statements) == (304, []), path
        assert not {"content-type", "content-encoding", "link"} & set(again.headers), path
    question = "/v1/claims?actor=armenia&include=relations&facets=type&q=war"
    tag = counted.get(question).headers["etag"]
    assert counted.statements
    assert counted.get(question, if_none_match=tag).status_code == 304
    assert counted.statements == []


def test_a_tag_does_not_excuse_a_bad_question(client: httpx.Client) -> None:
    tag = client.get("/v1/claims?limit=5").headers["etag"]
    headers = {"If-None-Match": tag}
    assert client.get("/v1/claims?limit=5", headers=headers).status_code == 304
    checked(client.get("/v1/claims?limit=5&limt=5", headers=headers), 422, "unknown-parameter")
    checked(client.get("/v1/claims?limit=5&actor=nobody", headers=headers), 422, "unknown-id")
    checked(client.get("/v1/claims/no.such", headers=headers), 404, "not-found")
    checked(client.get("/v1/claims/no.such", headers={"If-None-Match": "*"}), 404, "not-found")


def test_different_questions_and_formats_have_different_tags(client: httpx.Client) -> None:
    questions = ["/v1/claims", "/v1/claims?limit=5", "/v1/claims?type=causal", "/v1/events", "/v1/claims?offset=25"]
    tags = [client.head(question).headers["etag"] for question in questions]
    tags += [client.head(f"/v1/claims.{format}").headers["etag"] for format in ("csv", "jsonl", "jsonld")]
    tags += [client.head("/problems", headers={"Accept": accept}).headers["etag"] for accept in ("*/*", "text/html")]
    assert len(set(tags)) == len(tags)
    assert client.head("/v1/claims", headers={"Accept": "application/json"}).headers["etag"] == tags[0]


def test_stock_behaviour_the_tag_is_weak_and_the_same_with_and_without_gzip(client: httpx.Client) -> None:
    for question in ("/v1/claims", "/v1/claims.csv", "/v1/documents/karabakh/text", "/openapi.json"):
        for _ in range(2):
            plain = client.get(question, headers={"Accept-Encoding": "identity"})
            zipped = client.get(question, headers={"Accept-Encoding": "gzip"})
            assert "content-encoding" not in plain.headers
            assert zipped.headers["content-encoding"] == "gzip"
            assert plain.content == zipped.content
            assert plain.headers["etag"] == zipped.headers["etag"]
            assert plain.headers["etag"].startswith("W/")


@pytest.mark.parametrize("encoding", ["", "gzip;q=0", "identity", "br", "gzip; q=0, identity", "*;q=0", "x-gzipped"])
def test_gzip_is_sent_only_to_those_who_take_it(client: httpx.Client, encoding: str) -> None:
    assert "content-encoding" not in client.get("/v1/claims", headers={"Accept-Encoding": encoding}).headers


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br, gzip;q=0.5", "deflate, gzip", "*"])
def test_gzip_is_sent_to_those_who_take_it(client: httpx.Client, encoding: str) -> None:
    answer = client.get("/v1/claims", headers={"Accept-Encoding": encoding})
    assert answer.headers["content-encoding"] == "gzip"


def links(answer: httpx.Response) -> dict[str, str]:
    return {rel: target for target, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', answer.headers["link"])}


@pytest.mark.parametrize("path", PAGED)
def test_the_link_header_says_what_the_body_says(client: httpx.Client, path: str) -> None:
    answer = client.get(concrete(path), params=needed(path) | {"limit": "1", "offset": "1"})
    told = links(answer)
    expected = {name: target for name, target in answer.json()["links"].items() if target}
    assert told == {**expected, "service-desc": "/openapi.json", "describedby": "/docs"}


@pytest.mark.parametrize("path", CACHED)
def test_every_link_is_a_path_from_the_root_that_is_there(client: httpx.Client, path: str) -> None:
    answer = ask(client, path)
    for target in links(answer).values():
        assert target.startswith("/")
        assert client.head(target).status_code == 200
    self = httpx.URL(links(answer)["self"])
    assert (self.path, self.params) == (concrete(path), httpx.QueryParams(needed(path)))


@pytest.mark.parametrize("given", ["a", "Abc.1_2-3", "x" * 64])
def test_a_request_id_is_echoed(client: httpx.Client, given: str) -> None:
    for question in ("/v1/claims", "/v1/claims", "/nowhere", "/v1/claims?limt=1", "/livez", "/v1/claims.csv"):
        assert client.get(question, headers={"X-Request-Id": given}).headers["x-request-id"] == given
    assert client.options("/v1", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", "é", "<b>", "a,b"])
def test_a_request_id_that_is_none_is_made_anew(client: httpx.Client, given: str) -> None:
    headers = {"X-Request-Id": given.encode("latin-1")}
    made = [client.get("/v1", headers=headers).headers["x-request-id"] for _ in range(3)]  # type: ignore[arg-type]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,64}", id) for id in made)
    assert len({*made, given}) == 4


SLASHES = [
    ("/v1/claims/", "/v1/claims"),
    ("//v1/claims", "/v1/claims"),
    ("/v1//claims", "/v1/claims"),
    ("/v1///claims//", "/v1/claims"),
    ("/v1/claims/?limit=1&limit=2", "/v1/claims?limit=1&limit=2"),
    ("/v1/claims/karabakh.c001/", "/v1/claims/karabakh.c001"),
    ("/v1/documents/karabakh/text/?start=1", "/v1/documents/karabakh/text?start=1"),
    ("/docs/", "/docs"),
    ("//", "/"),
]


@pytest.mark.parametrize(("asked", "there"), SLASHES)
def test_slashes_too_many_are_redirected_with_the_question(client: httpx.Client, asked: str, there: str) -> None:
    url = str(client.base_url) + asked
    for method in ("GET", "HEAD"):
        answer = client.request(method, url)
        assert (answer.status_code, answer.headers["location"]) == (308, there)
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_redirect_never_leads_to_another_host(client: httpx.Client) -> None:
    for path in (
        "//elsewhere.example/",
        "//elsewhere.example/v1/",
        "/\\elsewhere.example/",
        "//elsewhere.example//v1/claims",
    ):
        answer = client.get(str(client.base_url) + path)
        checked_status = answer.status_code
        assert checked_status == 404


def test_neither_host_nor_forwarded_headers_enter_an_answer(client: httpx.Client) -> None:
    given = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "host=evil.example;proto=gopher",
        "X-Original-URL": "/evil",
    }
    for path in [*CONTRACT["paths"], "/docs", "/nowhere", "/v1/claims/", "/v1/claims.jsonld"]:
        answer = client.get(concrete(path), params=needed(path) or None, headers=given)
        told = answer.text + str(answer.headers)
        assert not re.search(r"evil|gopher|6\.6\.6\.6", told)
        assert str(client.base_url).split("//")[1] not in told


@pytest.fixture(scope="module")
def below(environment: dict[str, str]) -> Iterator[Server]:
    """A deployment below a prefix, with a public address."""
    deployed = environment | {"SIC_ROOT_PATH": "/sic", "SIC_PUBLIC_URL": "https://public.example/sic"}
    with Server(deployed) as server:
        yield server


@pytest.mark.parametrize("prefix", ["", "/sic"], ids=["prefix stripped by the proxy", "prefix kept"])
def test_below_a_root_path_every_path_in_an_answer_has_the_prefix(below: Server, prefix: str) -> None:
    for path in CACHED:
        answer = below.client.get(prefix + concrete(path), params=needed(path))
        assert answer.status_code == 200, path
        assert all(target.startswith("/sic/") or target == "/sic" for target in links(answer).values())
        if answer.headers["content-type"] == "application/json" and path != "/openapi.json":
            for target in re.findall(r'"(/[a-z][^"]*)"', answer.text):
                assert target.startswith("/sic"), (path, target)
            for target in re.findall(r'"(?:self|href|next)":"([^"]*)"', answer.text)[:5]:
                assert below.client.get(target).status_code == 200
    problem = below.client.get(f"{prefix}/v1/claims?limt=1").json()
    assert (problem["type"], problem["instance"]) == ("/sic/problems/unknown-parameter", "/sic/v1/claims")
    redirect = below.client.get(f"{prefix}/v1/claims/")
    assert redirect.headers["location"] == "/sic/v1/claims"
    assert below.client.get(f"{prefix}/openapi.json").json()["servers"] == [{"url": "/sic"}]
    for path in ("/problems", "/d/karabakh", "/claims", "/search?q=exodus"):
        page = below.client.get(f"{prefix}{path}", headers={"Accept": "text/html"}).text
        for target in re.findall(r'(?:href|src|action)="(/[^"]*)"', page):
            assert target.startswith("/sic/"), (path, target)


def test_the_prefix_alone_is_the_root(below: Server) -> None:
    for path in ("/sic", "/sic/"):
        assert below.client.get(path, follow_redirects=True).json()["data"]["name"] == "sic"
    assert below.client.get("/sicker/v1").status_code == 404


def test_a_public_url_makes_the_ids_of_annotations_absolute(below: Server, client: httpx.Client) -> None:
    annotation = below.client.get("/v1/claims/karabakh.c001/annotation.jsonld").json()
    assert annotation["id"] == "https://public.example/sic/v1/claims/karabakh.c001"
    assert annotation["target"]["source"] == "https://public.example/sic/v1/documents/karabakh"
    page = below.client.get("/v1/claims.jsonld?limit=1").json()
    assert page["id"].startswith("https://public.example/sic/v1/claims.jsonld?")
    without = client.get("/v1/claims/karabakh.c001/annotation.jsonld").json()
    assert without["id"] == "urn:sic:claim:karabakh.c001"


def test_what_is_stored_is_escaped_where_it_is_shown_as_a_page(client: httpx.Client) -> None:
    for path in ("/", "/problems", "/v1/vocabularies", "/v1/vocabularies/topic", "/docs", "/problems/not-found"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert client.get(f"/v1/claims/{astral.ID}.c008").headers["content-type"] == "application/json"


def test_two_servers_on_one_content_give_the_same_tags(environment: dict[str, str], served: Server) -> None:
    with Server(environment) as other:
        for question in ("/v1", "/v1/claims?limit=5", "/v1/search?q=war", "/openapi.json"):
            assert other.client.head(question).headers["etag"] == served.client.head(question).headers["etag"]


@pytest.mark.parametrize("path", [path for path in CONTRACT["paths"] if "limit" in parameters(path)])
def test_an_answer_asked_for_again_is_the_same_byte_for_byte(client: httpx.Client, path: str) -> None:
    answers = [ask(client, path) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert len({str(steady(answer)) for answer in answers}) == 1


def test_questions_on_one_connection_are_answered_alike_and_in_their_order(served: Server) -> None:
    """Computed, remembered, and remembered by a connection that ends: the same lines, but for what must differ."""
    question = b"GET /v1/claims?limit=7&offset=%d HTTP/1.1\r\nHost: a\r\n"
    sent = b"".join(question % at + b"\r\n" for at in (3, 3, 4, 3)) + question % 3 + b"Connection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(sent)
        received = connection.makefile("rb").read()
    answers = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if line.partition(b":")[0].decode() not in VARYING]
        [length] = [int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")]
        answers.append((lines, rest[:length]))
        received = rest[length:]
    first, again, other, *_, last = answers
    assert len(answers) == 5
    assert first == again == answers[3]
    assert other[1] != first[1]
    assert (last[0], last[1]) == ([*first[0], b"connection: close"], first[1])


@pytest.mark.parametrize("plural", ["claims", "actors"])
def test_a_client_of_http_1_0_gets_a_file_without_chunks(served: Server, plural: str) -> None:
    path = f"/v1/{plural}.csv"
    for method, expected in (("GET", served.client.get(path).content), ("HEAD", b"")):
        with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
            connection.sendall(f"{method} {path} HTTP/1.0\r\n\r\n".encode())
            head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert b"transfer-encoding" not in head.lower()
        assert body == expected


def test_lines_of_one_header_count_together(client: httpx.Client) -> None:
    tag = client.get("/v1/claims").headers["etag"]
    for other in ('W/"other"', '"another", W/"one"'):
        for lines in ((tag, other), (other, tag)):
            headers = [("If-None-Match", line) for line in lines]
            assert client.get("/v1/claims", headers=headers).status_code == 304
    gzip = client.get("/v1/claims", headers=[("Accept-Encoding", "gzip"), ("Accept-Encoding", "br")])
    assert gzip.headers["content-encoding"] == "gzip"


def test_a_question_may_be_as_long_as_it_says(client: httpx.Client) -> None:
    for longest, status in ((8192, 422), (8193, 414)):
        path = "/v1/claims?q="
        assert client.get(path + "y" * (longest - len(path))).status_code == status
