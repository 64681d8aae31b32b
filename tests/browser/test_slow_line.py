"""Every view on a slow line: read before its scripts come, and what a reader has typed or chosen meanwhile is kept."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_views import LARGEST_SHIFT
from tests.browser.views import VIEWS
from tests.browser.visiting import Visitor

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


class Held:
    """Scripts that a page asks for; they come when the test says so."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.waiting = visitor, list[Route]()
        visitor.page.route("**/*.js", self._asked)

    def _asked(self, route: Route) -> None:
        self.waiting.append(route)

    def come(self) -> None:
        self.visitor.page.unroute("**/*.js", self._asked)
        for route in self.waiting:
            route.continue_()
        self.visitor.page.wait_for_load_state("networkidle")
        assert self.waiting


@pytest.fixture
def slow(visitor: Visitor) -> Visitor:
    session: Any = visitor.page.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    return visitor


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_on_a_slow_line_is_read_and_does_not_move(name: str, slow: Visitor) -> None:
    for width in (390, 1440):
        slow.page.set_viewport_size({"width": width, "height": 800})
        slow.page.goto(slow.base + VIEWS[name])
        expect(slow.page.locator("h1")).to_be_visible()
        assert slow.shift < LARGEST_SHIFT, width


@pytest.mark.parametrize("name", VIEWS)
def test_scripts_that_come_late_take_nothing_away(name: str, visitor: Visitor) -> None:
    held = Held(visitor)
    visitor.page.goto(visitor.base + VIEWS[name], wait_until="commit")
    field = visitor.page.locator("main input[type=search], main textarea, .top input[type=search]").first
    visitor.page.locator("footer.bottom").wait_for()  # the whole page has come, and its scripts have not
    field.fill("what I typed")
    read = visitor.page.locator("main").inner_text()
    held.come()
    for assumed in ("http://localhost:8000", "localhost:8000"):  # of commands, which then name this server
        read = read.replace(assumed, visitor.base)
    later = visitor.page.locator("main").inner_text()
    assert [line for line in read.splitlines() if line not in later] == []
    expect(field).to_have_value("what I typed")
    expect(field).to_be_focused()
    assert visitor.shift < LARGEST_SHIFT


def test_a_card_opened_before_the_scripts_stays_open(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 1440, "height": 900})
    held = Held(visitor)
    visitor.page.goto(visitor.base + "/d/karabakh", wait_until="commit")
    card = visitor.page.locator("details.note").first
    card.locator("summary").click()
    held.come()
    expect(card).to_have_attribute("open", "")
    assert visitor.focused.startswith(card.locator(".who").inner_text())
