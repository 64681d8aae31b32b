"""The reader page judged by axe-core, in each of its states, wide and narrow, light and dark."""

from functools import cache
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.reading import Reader
from tests.node.packages import install

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def axe() -> str:
    return (install() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(reader: Reader) -> list[Any]:
    reader.page.evaluate(axe())
    told = reader.page.evaluate("(rules) => axe.run({runOnly: rules})", RULES)
    assert "target-size" in {rule["id"] for rule in told["passes"]}
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in told["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 900, 390])
def test_no_state_of_the_page_has_a_violation(width: int, scheme: Literal["light", "dark"], reader: Reader) -> None:
    page = reader.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    reader.read()
    page.locator("summary:visible").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
    page.locator("#documents-list li").first.wait_for()
    assert violations(reader) == []
    reader.read(start=2394, end=2532, record="claims/karabakh.c042")
    reader.until(lambda: len(reader.marked("chosen")), 1)
    assert violations(reader) == []
    reader.read(q="armenia clensing", type="causal")
    expect(page.locator("#facets a").first).to_be_visible()
    page.get_by_role("combobox").fill("kara")
    page.locator("[role=option]").first.wait_for()
    page.get_by_role("combobox").press("ArrowDown")
    assert violations(reader) == []
    reader.open(document="nowhere")
    expect(page.locator("#notice")).not_to_be_empty()
    assert violations(reader) == []
    reader.refused()
