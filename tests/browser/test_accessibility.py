"""Every view judged by axe-core: wide and narrow, light and dark, and each state of the page on which people read."""

from functools import cache
from typing import Any, Literal

import pytest

from tests.browser.views import VIEWS
from tests.browser.visiting import Visitor
from tests.node.packages import install

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Scheme = Literal["light", "dark"]


@cache
def axe() -> str:
    return (install() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(visitor: Visitor) -> list[Any]:
    visitor.page.evaluate(axe())
    told = visitor.page.evaluate("(rules) => axe.run({runOnly: rules})", RULES)
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in told["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 820, 390])
@pytest.mark.parametrize("name", VIEWS)
def test_no_view_has_a_violation(name: str, width: int, scheme: Scheme, visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 900})
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.go(VIEWS[name])
    visitor.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert violations(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_state_of_reading_has_a_violation(width: int, scheme: Scheme, visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 900})
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.go("/d/karabakh").press("j")
    assert violations(visitor) == []
    visitor.press("Escape")
    visitor.page.locator(".paragraph").first.click(position={"x": 60, "y": 20})
    visitor.page.locator("#sheet .card").first.wait_for()
    assert violations(visitor) == []
    visitor.press("Escape", "?")
    assert violations(visitor) == []


def test_a_page_that_is_not_there_has_no_violation(visitor: Visitor) -> None:
    visitor.go("/claims/karabakh.nothing")
    assert violations(visitor) == []
    visitor.faults = [fault for fault in visitor.faults if "404" not in fault]
