"""The reader page in a browser: opened, used and read back."""

import json
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Page, Request

Record = dict[str, Any]

TOLD = "document.addEventListener('securitypolicyviolation', (event) => console.error('policy', event.blockedURI))"
MARKED = "(name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())"
# Where the words are on the screen: the middle of the first line of them.
PLACE = """
([start, end]) => {
  for (const p of document.querySelectorAll(".paragraph p")) {
    const length = p.firstChild.length;
    if (start < length) {
      const range = new Range();
      range.setStart(p.firstChild, start);
      range.setEnd(p.firstChild, Math.min(end, length));
      p.scrollIntoView({block: "center"});
      const {left, right, top, bottom} = range.getClientRects()[0];
      return {left, right, x: (left + right) / 2, y: (top + bottom) / 2};
    }
    [start, end] = [start - length - 2, end - length - 2];
  }
}
"""


class Reader:
    """The page on a server; what went wrong in it is in `faults`, which a test ends without."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base.rstrip("/")
        self.client = httpx.Client(base_url=self.base, trust_env=False)
        self.faults: list[str] = []
        page.add_init_script(TOLD)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda told: self.faults.append(told.text) if told.type in ("error", "warning") else None)
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.base + "/"):
            self.faults.append(request.url)

    def refused(self) -> None:
        """Chromium writes each answer that is an error into the console; where one is meant, that is no fault."""
        self.faults = [fault for fault in self.faults if not fault.startswith("Failed to load resource")]

    def open(self, fragment: str = "", /, **state: str | int) -> Self:
        self.page.goto("about:blank")
        self.page.goto(f"{self.base}/#{fragment or urlencode(state)}")
        return self

    def read(self, document: str = "karabakh", /, **state: str | int) -> Self:
        self.open(document=document, **state)
        self.page.locator(".paragraph").first.wait_for()
        return self

    def get(self, path: str, **asked: Any) -> Any:
        answer = self.client.get(path, params=asked or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def spans(self, document: str, start: int, end: int) -> list[Record]:
        """What the API says rests on the words, the first page of it."""
        asked = {"start": start, "end": end, "unit": "utf16"}
        records: list[Record] = self.get(f"/v1/documents/{document}/spans", **asked)["data"]
        return records

    @property
    def paragraphs(self) -> list[str]:
        return self.page.locator(".paragraph p").all_text_contents()

    @property
    def address(self) -> dict[str, str]:
        given: dict[str, str] = self.page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
        return given

    @property
    def listed(self) -> list[str]:
        """The records of the panel, by their names in the API."""
        names: list[str] = self.page.locator("#records > li").evaluate_all("all => all.map(one => one.dataset.name)")
        return names

    @property
    def count(self) -> str:
        return self.page.locator("#count").inner_text()

    def marked(self, name: str) -> list[str]:
        """The words that are marked, a string for each paragraph that has some."""
        found: list[str] = self.page.evaluate(MARKED, name)
        return found

    def until(self, said: Callable[[], Any], expected: Any) -> None:
        """Waits for what the page comes to say; fails with what it says instead."""
        for _ in range(300):
            if said() == expected:
                return
            self.page.wait_for_timeout(50)
        assert said() == expected

    def place(self, start: int, end: int) -> dict[str, float]:
        found: dict[str, float] = self.page.evaluate(PLACE, [start, end])
        return found

    def drag(self, start: int, end: int) -> None:
        """Selects words of one line with the mouse."""
        place = self.place(start, end)
        self.page.mouse.move(place["left"] + 1, place["y"])
        self.page.mouse.down()
        self.page.mouse.move(place["right"] - 1, place["y"], steps=4)
        self.page.mouse.up()

    def choose(self, name: str) -> None:
        self.page.locator(f"#records > li[data-name={json.dumps(name)}] a").first.click()


def name_of(record: Record) -> str:
    return "/".join(record["links"]["self"].split("/")[-2:])
