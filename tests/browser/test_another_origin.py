"""A page on another origin reads the API with `fetch`: bodies, headers, errors and files."""

import csv
import io

import pytest
from playwright.sync_api import Page

from tests.browser.fetching import fetch
from tests.server import Server


def test_a_list_with_its_headers(elsewhere: Page, served: Server) -> None:
    seen = fetch(elsewhere, f"{served.url}/v1/claims?limit=3")
    assert seen.status == 200
    assert len(seen.json["data"]) == 3
    assert {"etag", "link", "x-request-id", "content-type", "cache-control"} <= seen.headers.keys()
    assert seen.headers["etag"].startswith('W/"')


def test_the_next_page_by_the_link_in_the_body_and_in_the_header(elsewhere: Page, served: Server) -> None:
    first = fetch(elsewhere, f"{served.url}/v1/claims?limit=3")
    assert f'<{first.json["links"]["next"]}>; rel="next"' in first.headers["link"]
    second = fetch(elsewhere, served.url + first.json["links"]["next"])
    assert second.status == 200
    assert not {claim["id"] for claim in first.json["data"]} & {claim["id"] for claim in second.json["data"]}


def test_a_304_that_the_page_asked_for(elsewhere: Page, served: Server) -> None:
    url = f"{served.url}/v1/claims?limit=3"
    tag = fetch(elsewhere, url).headers["etag"]
    seen = fetch(elsewhere, url, headers={"If-None-Match": tag})
    assert (seen.status, seen.text) == (304, "")
    assert seen.headers["etag"] == tag


def test_the_browser_s_own_cache_revalidates(elsewhere: Page, served: Server) -> None:
    url = f"{served.url}/v1/claims?limit=3"
    first = fetch(elsewhere, url, cache="default")
    again = fetch(elsewhere, url, cache="no-cache")
    assert (again.status, again.text) == (200, first.text)


def test_a_404(elsewhere: Page, served: Server) -> None:
    seen = fetch(elsewhere, f"{served.url}/v1/claims/karabakh.nothing", headers={"X-Request-Id": "from-a-page"})
    assert (seen.status, seen.json["type"]) == (404, "/problems/not-found")
    assert seen.headers["content-type"].startswith("application/problem+json")
    assert seen.headers["x-request-id"] == seen.json["request_id"] == "from-a-page"


def test_a_422(elsewhere: Page, served: Server) -> None:
    seen = fetch(elsewhere, f"{served.url}/v1/claims?limt=3")
    assert (seen.status, seen.json["type"]) == (422, "/problems/unknown-parameter")
    assert seen.json["errors"][0]["did_you_mean"] == "limit"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_offered(method: str, elsewhere: Page, served: Server) -> None:
    """A POST without a preflight is answered and readable; the others are stopped by the browser's preflight."""
    if method == "POST":
        seen = fetch(elsewhere, f"{served.url}/v1/claims", method=method, body="x")
        assert (seen.status, seen.json["type"]) == (405, "/problems/method-not-allowed")
    else:
        with pytest.raises(Exception, match="Failed to fetch"):
            fetch(elsewhere, f"{served.url}/v1/claims", method=method)


def test_a_500(elsewhere: Page, faulty: Server) -> None:
    seen = fetch(elsewhere, f"{faulty.url}/fault")
    assert (seen.status, seen.json["type"]) == (500, "/problems/internal")
    assert seen.headers["x-request-id"] == seen.json["request_id"]
    assert "Traceback" not in seen.text
    assert "planted" not in seen.text


def test_a_csv_file(elsewhere: Page, served: Server) -> None:
    seen = fetch(elsewhere, f"{served.url}/v1/claims.csv")
    assert seen.status == 200
    assert seen.headers["content-type"].startswith("text/csv")
    assert ".csv" in seen.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(seen.text)))
    assert len(rows) == fetch(elsewhere, f"{served.url}/v1/claims?limit=1").json["meta"]["total"]


def test_headers_of_a_head(elsewhere: Page, served: Server) -> None:
    url = f"{served.url}/v1/claims?limit=3"
    seen = fetch(elsewhere, url, method="HEAD")
    assert (seen.status, seen.text) == (200, "")
    assert seen.headers["etag"] == fetch(elsewhere, url).headers["etag"]
