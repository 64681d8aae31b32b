"""`fetch` in a page, and what the page's JavaScript gets to see of the answer."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

FETCH = """
async ([url, init]) => {
  const answer = await fetch(url, init);
  const json = await answer.clone().json().catch(() => null);
  return {status: answer.status, headers: Object.fromEntries(answer.headers), json, text: await answer.text()};
}
"""


@dataclass(frozen=True)
class Seen:
    status: int
    headers: dict[str, str]
    json: Any
    text: str


def fetch(page: Page, url: str, **init: Any) -> Seen:
    """Raises playwright's Error when the browser refuses to show the answer, as without CORS headers."""
    return Seen(**page.evaluate(FETCH, [url, {"cache": "no-store"} | init]))
