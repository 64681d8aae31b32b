"""The reader page as it is sent: to whom, with which headers, and with nothing in it that is stored or from outside.

What it does in a browser is in tests/browser.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server import ROOT, Server, refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ASSETS = sorted(path.name for path in (ROOT / "api" / "web" / "reader").iterdir())
PAGES = ("/", "/v1/vocabularies", "/v1/vocabularies/topic", "/problems", "/problems/not-found")


def page(client: httpx.Client, path: str = "/") -> httpx.Response:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, text/html;q=0.9"])
def test_programs_get_at_the_root_what_v1_sends(accept: str, client: httpx.Client) -> None:
    root, v1 = (client.get(path, headers={"Accept": accept}).json() for path in ("/", "/v1"))
    assert root["data"] == v1["data"]
    assert (root["links"], v1["links"]) == ({"self": "/"}, {"self": "/v1"})


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "text/*", "text/html, application/json;q=0.9"])
def test_browsers_get_a_page_at_the_root(accept: str, client: httpx.Client) -> None:
    answer = client.get("/", headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == page(client).text


@pytest.mark.parametrize("path", PAGES)
def test_one_path_is_a_page_for_browsers_and_json_for_programs(path: str, client: httpx.Client) -> None:
    shown = page(client, path)
    for accept in ("", "*/*", "application/json", "application/json, text/html;q=.9"):
        response = client.get(path, headers={"Accept": accept})
        assert response.headers["content-type"] == "application/json"
        assert response.headers["etag"] != shown.headers["etag"]
        assert "Accept" in response.headers["vary"]
    assert page(client, path).text == shown.text
    for name in ("html", "json", "csv"):
        [error] = refused(client.get(path, params={"format": name}), "unknown-parameter")
        assert error["parameter"] == "format"


def test_an_accept_that_neither_satisfies_is_406(client: httpx.Client) -> None:
    response = client.get("/", headers={"Accept": "image/png"})
    assert refused(response, "not-acceptable", 406) == []
    assert response.json()["available"] == ["application/json", "text/html"]


def test_the_page_may_load_and_ask_its_own_origin_and_nothing_else(client: httpx.Client) -> None:
    answer = page(client)
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    problems = page(client, "/problems").headers
    for name in ("referrer-policy", "x-frame-options", "cross-origin-opener-policy", "permissions-policy"):
        assert answer.headers[name] == problems[name]
    assert "set-cookie" not in answer.headers
    assert "script-src" not in problems["content-security-policy"]


def test_the_page_has_no_script_or_style_of_its_own(client: httpx.Client) -> None:
    text = page(client).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert re.findall(r"<script[^>]*>[^<]*", text) == ['<script type="module" src="/reader/reader.js">']


def test_head_and_conditional_requests_of_the_page(client: httpx.Client) -> None:
    got = page(client)
    head = client.head("/", headers={"Accept": BROWSER})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "content-security-policy", "cache-control", "vary"):
        assert head.headers[name] == got.headers[name]
    tag = got.headers["etag"]
    assert tag != client.get("/").headers["etag"]
    for method in ("GET", "HEAD"):
        again = client.request(method, "/", headers={"Accept": BROWSER, "If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_a_misspelt_parameter_is_refused_for_browsers_too(client: httpx.Client) -> None:
    refused(client.get("/?docment=karabakh", headers={"Accept": BROWSER}), "unknown-parameter", 422)


def linked(text: str) -> set[str]:
    return set(re.findall(r'(?:src|href)="([^"#]+)"', text)) - {"data:,"}


def test_all_that_the_page_links_to_is_there(client: httpx.Client) -> None:
    targets = linked(page(client).text)
    assert {f"/reader/{name}" for name in ASSETS} <= targets
    for target in targets:
        assert target.startswith("/")
        assert client.get(target).status_code == 200, target


@pytest.mark.parametrize("name", ASSETS)
def test_an_asset_is_revalidated_and_sent_when_it_changed(name: str, client: httpx.Client) -> None:
    got = client.get(f"/reader/{name}")
    kind = "text/css; charset=utf-8" if name.endswith(".css") else "text/javascript; charset=utf-8"
    assert (got.headers["content-type"], got.headers["cache-control"]) == (kind, "no-cache")
    assert got.headers["x-content-type-options"] == "nosniff"
    head = client.head(f"/reader/{name}")
    assert (head.content, head.headers["etag"]) == (b"", got.headers["etag"])
    again = client.get(f"/reader/{name}", headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "reader.html", "..%2freader.html", "%2e%2e%2fpage.css", "init.js"])
def test_what_is_no_asset_of_the_page_is_not_there(name: str, client: httpx.Client) -> None:
    refused(client.get(f"/reader/{name}"), "not-found", 404)


def test_no_module_writes_markup_keeps_anything_or_names_another_host() -> None:
    for name in ASSETS:
        source = (ROOT / "api" / "web" / "reader" / name).read_text(encoding="utf-8")
        forbidden = (
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Storage|cookie|indexedDB|https?:|//\w"
        )
        assert re.findall(forbidden, re.sub(r"/\*.*?\*/|// .*", "", source, flags=re.DOTALL)) == [], name


def test_below_a_root_path_the_page_links_below_it(environment: dict[str, str]) -> None:
    with Server(environment | {"SIC_ROOT_PATH": "/sic"}) as below:
        for asked in ("/", "/sic", "/sic/"):
            text = below.client.get(asked, headers={"Accept": BROWSER}).text
            assert 'data-root="/sic"' in text
            for target in linked(text):
                assert target.startswith("/sic/")
                assert below.client.get(target).status_code == 200


@pytest.fixture
def unloaded(tmp_path: Path) -> Iterator[Server]:
    with Server({"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}, ready="/livez") as server:
        yield server


def test_the_page_is_there_before_there_is_content(unloaded: Server) -> None:
    assert page(unloaded.client).status_code == 200
    refused(unloaded.client.get("/"), "unavailable", 503)
