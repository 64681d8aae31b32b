"""Pages of a server in a browser: what went wrong in one, and what it asked of others, is kept."""

from typing import Any, Self

import httpx
from playwright.sync_api import Page, Request, Route

POLICY = "document.addEventListener('securitypolicyviolation', (event) => console.error('policy', event.blockedURI))"
SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
# What is visible on the screen of an element: its rectangle, and what covers it in the middle of its first line.
SEEN = """
(element) => {
  const {left, top, right, bottom} = element.getClientRects()[0];
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return top >= 0 && bottom <= innerHeight && (element === over || element.contains(over));
}
"""


class Visitor:
    """A reader on a server. `faults` are errors, refusals of the policy, and requests to others, which are cut off."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base.rstrip("/")
        self.client = httpx.Client(base_url=self.base, trust_env=False)
        self.faults: list[str] = []
        self.outside: list[str] = []
        page.add_init_script(POLICY)
        page.add_init_script(SHIFTS)
        page.route("**/*", self._asked)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda told: self.faults.append(told.text) if told.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: self.faults.append(f"dialog {dialog.message}"))

    def _asked(self, route: Route, request: Request) -> None:
        if request.url.startswith((self.base + "/", "data:")):
            route.continue_()
        else:
            self.outside.append(request.url)
            route.abort()

    def go(self, path: str) -> Self:
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self

    def press(self, *keys: str) -> Self:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    @property
    def focused(self) -> str:
        """The words of what has the focus; `body` where nothing has."""
        words: str = self.page.evaluate(
            "(([one]) => one === document.body ? 'body' : one.innerText ?? one.textContent)([document.activeElement])"
        )
        return " ".join(words.split())

    @property
    def overflow(self) -> int:
        """How much wider the page is than the screen."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return wider

    @property
    def shift(self) -> float:
        """Cumulative layout shift since the page was opened."""
        shifted: float = self.page.evaluate("window.shift")
        return shifted

    def sees(self, selector: str) -> bool:
        """Whether the first line of an element is on the screen and nothing covers it."""
        seen: bool = self.page.locator(selector).first.evaluate(SEEN)
        return seen

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def judge(self) -> None:
        """Nothing went wrong, and nobody else was asked."""
        self.client.close()
        assert self.faults == []
        assert self.outside == []
