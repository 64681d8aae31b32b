"""Every view in a real browser: at every width, without scripts, enlarged, in print, and asking nobody else."""

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.views import VIEWS
from tests.browser.visiting import Visitor

WIDTHS = (320, 390, 820, 1440)
MOST_BYTES = 120_000  # of the article on the wire
LARGEST_SHIFT = 0.05


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_fits_every_width_and_does_not_move(name: str, visitor: Visitor) -> None:
    for width in WIDTHS:
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.go(VIEWS[name])
        assert visitor.overflow <= 0, width
        assert visitor.shift < LARGEST_SHIFT, width
        expect(visitor.page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_whole_without_scripts(name: str, browser: Browser, sqlite_client: httpx.Client) -> None:
    base = str(sqlite_client.base_url).rstrip("/")
    texts = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(base + VIEWS[name])
        texts.append(page.locator("main").inner_text())
        context.close()
    assert without_what_scripts_add(texts[0], base) == without_what_scripts_add(texts[1], base)


def without_what_scripts_add(text: str, base: str) -> str:
    """Commands name this server; there are buttons to go from hit to hit."""
    for address in ("http://localhost:8000", base):
        text = text.replace(address, "localhost:8000")
    return text.replace("Go to the first Previous Next", "Go to the first ")


def test_a_mark_leads_to_its_card_without_scripts(browser: Browser, sqlite_client: httpx.Client) -> None:
    base = str(sqlite_client.base_url).rstrip("/")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{base}/d/karabakh")
    page.get_by_role("link", name="the European Parliament said the exodus").first.click()
    assert page.url.endswith("#karabakh.c134")
    expect(page.locator("[id='karabakh.c134'] .who")).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_used_by_keyboard_and_says_where_it_is(name: str, visitor: Visitor) -> None:
    visitor.go(VIEWS[name]).press("Tab")
    assert visitor.focused == "Skip to the content"
    visitor.press("Enter", "Tab")
    for _ in range(25):
        assert visitor.focused != "body"
        outlined = visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outlined != "none" or visitor.page.evaluate("document.activeElement.id") == "content"
        visitor.press("Tab")
        if visitor.page.evaluate("document.activeElement === document.body"):
            break
    visitor.page.locator("h1").click()
    visitor.press("/")
    assert visitor.page.evaluate("document.activeElement.name") == "q"


def test_the_article_is_small_on_the_wire(visitor: Visitor) -> None:
    sizes: list[int] = []
    visitor.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    visitor.go("/d/karabakh")
    assert 0 < sum(sizes) <= MOST_BYTES, sum(sizes)


def test_forced_colours_and_reduced_motion_keep_what_the_marks_say(visitor: Visitor) -> None:
    visitor.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    visitor.go("/d/karabakh")
    style = "(mark) => getComputedStyle(document.querySelector(`.text a.m.${mark}`)).textDecorationStyle"
    marks = {"reported": "reported:not(.quoted, .hedged)", "quoted": "quoted", "hedged": "hedged:not(.quoted)"}
    styles = {name: visitor.page.evaluate(style, mark) for name, mark in marks.items()}
    assert styles == {"reported": "solid", "quoted": "double", "hedged": "dashed"}
    assert visitor.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_print_carries_the_address_and_the_snapshot(visitor: Visitor) -> None:
    visitor.go("/claims/karabakh.c134")
    visitor.page.emulate_media(media="print")
    snapshot = visitor.get("/v1")["data"]["snapshot"]
    footer = visitor.page.locator("footer")
    expect(footer).to_contain_text("/claims/karabakh.c134")
    expect(footer).to_contain_text(snapshot)
    expect(footer).to_contain_text("UTC")
    expect(visitor.page.locator("header.top")).to_be_hidden()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#document=karabakh", "/d/karabakh"),
        ("#document=karabakh&start=2510&end=2529", "/d/karabakh/@2510-2529"),
        ("#document=karabakh&record=claims/karabakh.c042&start=1&end=2", "/claims/karabakh.c042"),
        ("#document=karabakh&section=karabakh.s08", "/d/karabakh#karabakh.s08"),
        ("#q=prisoner%20exchange&type=causal", "/search?q=prisoner+exchange"),
        ("#document=../../docs", "/#document=../../docs"),
        ("#record=javascript:alert(1)", "/#record=javascript:alert(1)"),
        ("#document=//evil.example", "/#document=//evil.example"),
    ],
)
def test_an_old_address_leads_to_the_new_path(old: str, new: str, visitor: Visitor) -> None:
    visitor.go("/" + old)
    visitor.page.wait_for_url(visitor.base + new)


def test_swagger_ui_answers_a_request_in_the_page(visitor: Visitor) -> None:
    visitor.go("/docs/try")
    operation = visitor.page.locator("#operations-claims-list_claims")
    operation.locator(".opblock-summary").click()
    with visitor.page.expect_response(lambda answer: "/v1/claims" in answer.url) as answered:
        operation.locator("button.execute").click()
    assert answered.value.status == 200


def test_no_voice_is_hidden_beside_the_screen(visitor: Visitor) -> None:
    """On a phone the table of voices becomes a list: nothing is scrolled sideways."""
    for width in (820, 390, 320):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.go("/d/karabakh/who")
        inner, outer = visitor.page.evaluate(
            "(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])(document.querySelector('.scroll'))"
        )
        assert inner <= outer, width
    cells = visitor.page.locator("tr", has_text="European Parliament").locator("td:visible")
    label = "(cells) => cells.map((cell) => getComputedStyle(cell, '::before').content + cell.innerText.trim())"
    assert cells.evaluate_all(label) == ['"all"1', '"evaluative"1', '"reported"1']
