"""Pages that the API itself serves: whole, without an outside request and without an error in the console."""

import pytest
from playwright.sync_api import Page

from tests.server import Server


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("/docs", ".opblock"),
        ("/problems", "h1"),
        ("/problems/not-found", "h1"),
        ("/v1/vocabularies", "h1"),
    ],
)
def test_a_page_asks_nobody_else_and_reports_no_error(path: str, selector: str, page: Page, served: Server) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(served.url + path)
    page.locator(selector).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((served.url, "data:"))] == []
    assert said == []


def test_the_docs_send_a_question_as_it_stands_and_it_is_answered(page: Page, served: Server) -> None:
    """Nothing is filled in that nobody asked for: no cursor and no snapshot of an example."""
    page.goto(served.url + "/docs")
    operation = page.locator("#operations-claims-list_claims")
    operation.locator(".opblock-summary").click()
    with page.expect_response(lambda answer: "/v1/claims?" in answer.url) as answered:
        operation.locator("button.execute").click()
    assert answered.value.status == 200
    assert answered.value.json()["meta"]["total"] > 200
