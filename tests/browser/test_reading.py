"""Reading a document in a browser: marks, cards, keys, any words, a phone, no network, and hostile content."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import packages
from tests.browser.visiting import Visitor
from tests.server import Server, loaded

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> &lt; 😀"
PHONE = {"width": 390, "height": 844}


def test_a_mark_opens_its_card_beside_the_words_and_escape_gives_the_focus_back(visitor: Visitor) -> None:
    page = visitor.go("/d/karabakh").page
    page.set_viewport_size({"width": 1440, "height": 900})
    mark = page.locator("a.m.reported", has_text="the European Parliament said").first
    mark.click()
    card = page.locator("[id='karabakh.c134']")
    expect(card).to_have_attribute("open", "")
    expect(card).to_contain_text("is contradicted by")
    assert visitor.focused.startswith("European Parliament")
    assert page.url.endswith("#karabakh.c134")
    assert visitor.sees("a.m[aria-current]")
    visitor.press("Escape")
    expect(card).not_to_have_attribute("open", "")
    assert "European Parliament said" in visitor.focused


def test_keys_go_from_mark_to_mark_and_cite(visitor: Visitor) -> None:
    page = visitor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visitor.base)
    visitor.go("/d/karabakh").press("j")
    first = page.locator("a.m[aria-current]").get_attribute("data-ids")
    visitor.press("j")
    second = page.locator("a.m[aria-current]").get_attribute("data-ids")
    assert first != second
    visitor.press("k")
    assert page.locator("a.m[aria-current]").get_attribute("data-ids") == first
    visitor.press("c")
    expect(page.locator("#said")).to_contain_text("Copied")
    cited = page.evaluate("navigator.clipboard.readText()")
    assert cited.startswith("“")
    assert f"{visitor.base}/d/karabakh/@" in cited
    visitor.press("?")
    expect(page.locator("#keys")).to_be_visible()
    visitor.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_what_rests_on_any_sentence_is_asked_of_the_server(visitor: Visitor) -> None:
    page = visitor.go("/d/karabakh").page
    page.locator(".paragraph").first.click(position={"x": 100, "y": 20})
    page.locator("#sheet .card").first.wait_for()
    spans = visitor.get("/v1/documents/karabakh/spans", start=5, end=6, expand="sentence")
    assert page.locator("#sheet .card").count() == spans["meta"]["total"]
    asked = page.evaluate("[...CSS.highlights.get('asked')].map(String)")
    sentence = visitor.client.get("/v1/documents/karabakh/text?start=5&end=6&expand=sentence").text
    assert asked == [sentence]
    assert visitor.focused.startswith("What these words say")
    visitor.press("Escape")
    assert visitor.focused == "1"


def test_selected_words_are_asked_about_by_their_offsets(visitor: Visitor) -> None:
    page = visitor.go("/d/astral").page
    text = visitor.client.get("/v1/documents/astral/text").text
    paragraph = page.locator(".paragraph", has_text="🜁").first
    start = int(paragraph.get_attribute("data-start") or "")
    words = text[start:].split("\n\n")[0].rstrip("\n")
    paragraph.evaluate(
        """(element) => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          let node = walker.nextNode(), last = null;
          const range = new Range();
          for (; node; node = walker.nextNode()) {
            if (node.parentElement.closest('.place')) continue;
            if (!last) range.setStart(node, 0);
            last = node;
          }
          range.setEnd(last, last.length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    with page.expect_request(lambda request: "/@" in request.url) as asked:
        paragraph.dispatch_event("click")
    assert asked.value.url.endswith(f"/@{start}-{start + len(words)}")


def test_on_a_phone_the_words_stay_above_the_sheet(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    visitor.go("/d/karabakh")
    marks = page.locator(".text a.m")
    for at in range(0, marks.count(), 3):
        mark = marks.nth(at)
        mark.evaluate("(element) => element.scrollIntoView({block: 'end'})")
        mark.dispatch_event("click")
        expect(page.locator("#sheet")).to_be_visible()
        assert visitor.sees("a.m[aria-current]")
        box = page.locator("#sheet").bounding_box()
        assert box is not None
        assert box["height"] <= PHONE["height"] / 2 + 1
        assert visitor.focused != "body"
        page.locator("#close").click()
        expect(page.locator("#sheet")).to_be_hidden()
        assert visitor.focused != "body"
    assert visitor.overflow <= 0


def test_an_address_of_a_claim_opens_it(visitor: Visitor) -> None:
    page = visitor.go("/d/karabakh#karabakh.c134").page
    expect(page.locator("[id='karabakh.c134']")).to_have_attribute("open", "")
    assert visitor.sees("a.m[aria-current]")


def test_without_the_network_reading_goes_on_and_what_needs_it_says_so(visitor: Visitor) -> None:
    page = visitor.go("/d/karabakh").page
    page.context.set_offline(True)
    visitor.press("j")
    expect(page.locator("a.m[aria-current]")).to_have_count(1)
    visitor.press("Escape")
    page.locator(".paragraph").first.click(position={"x": 100, "y": 20})
    expect(page.locator("#said")).to_contain_text("needs the network")
    page.context.set_offline(False)
    visitor.faults = [fault for fault in visitor.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_search_leads_into_the_text_with_its_words_marked(visitor: Visitor) -> None:
    page = visitor.go("/d/karabakh").press("/").page
    page.keyboard.type("exodus")
    visitor.press("Enter")
    page.wait_for_url("**/search?q=exodus")
    expect(page.locator(".card mark").first).to_have_text("exodus", ignore_case=True)
    page.locator(".results").get_by_role("link", name="Policy article").first.click()
    page.wait_for_url("**/d/karabakh?q=exodus")
    count = visitor.client.get("/v1/documents/karabakh/text").text.casefold().count("exodus")
    expect(page.locator(".text mark")).to_have_count(count)


def attacking(folder: Path) -> Path:
    """A package whose text and whose every string of an editor is an attack on a page."""
    quote = f"𝔄lpha {ATTACK} lives in Beta Town"
    source = packages.SOURCE.replace("Alpha lives in Beta Town", quote)
    attack = json.dumps(ATTACK, ensure_ascii=False)
    return packages.package(
        folder,
        ("document.yaml", "label: A small text", f"label: {attack}"),
        ("document.yaml", "note: Made up.", f"note: {attack}"),
        ("document.yaml", "title: People", f"title: {attack}"),
        ("document.yaml", "begins: Alpha lives", "begins: 𝔄lpha"),
        ("document.yaml", "reason: It ends the text.", f"reason: {attack}"),
        ("claims.yaml", "quote: Alpha lives in Beta Town", f"quote: {json.dumps(quote, ensure_ascii=False)}"),
        ("claims.yaml", "statement: Alpha lives in Beta Town.", f"statement: {attack}\n  note: {attack}"),
        ("events.yaml", "name: A meeting", f"name: {attack}"),
        ("obstacles.yaml", "summary: Whether there are roads.", f"summary: {attack}"),
        ("obstacles.yaml", "statement: Alpha refuses them.", f"statement: {attack}"),
        source=source.encode(),
    )


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("poisoned")
    with Server(loaded(folder, attacking(folder / "package"))) as server:
        yield server


def test_hostile_stored_text_is_text_on_every_view(poisoned: Server, visiting: Callable[[str], Visitor]) -> None:
    visitor = visiting(poisoned.url)
    views = ["/", "/about", "/search?q=alert", "/corrections", "/d/base?marks=all&q=alert", "/d/base/@0-40"]
    views += [f"/d/base/{view}" for view in ("who", "timeline", "obstacles", "argument")]
    for plural in ("claims", "events", "obstacles", "positions", "sections", "documents"):
        records = visitor.get(f"/v1/{plural}")["data"]
        views += [f"/{plural}", *(record["links"]["page"] for record in records[:5])]
    for view in views:
        page = visitor.go(view).page
        assert page.locator("img, iframe, object, embed, script:not([src])").count() == 0, view
    shown = visitor.go("/d/base").page
    assert ATTACK in shown.locator("h1").inner_text()
    assert ATTACK in shown.locator(".text").inner_text()


@pytest.mark.parametrize("address", ["%3Cscript%3Ealert(1)%3C/script%3E", "x?q=%3Cimg%20src=x%20onerror=alert(1)%3E"])
def test_hostile_addresses_are_inert(address: str, visitor: Visitor) -> None:
    for path in (f"/{address}", f"/claims/{address}", f"/d/{address}", f"/search?q={address}", f"/claims?{address}=1"):
        page = visitor.go(path).page
        assert page.locator("img, iframe, script:not([src])").count() == 0
    visitor.faults = [fault for fault in visitor.faults if not fault.startswith("Failed to load resource")]


def test_the_places_of_words_that_were_looked_for_are_gone_through(visitor: Visitor) -> None:
    visitor.go("/d/karabakh?q=exodus")
    marks = visitor.page.locator(".text mark[id]")
    total = marks.count()
    assert total > 2
    said = visitor.page.locator("#said")
    visitor.page.get_by_role("button", name="Next", exact=True).click()
    expect(marks.nth(0)).to_be_focused()
    visitor.press("n")
    expect(marks.nth(1)).to_be_focused()
    expect(marks.nth(1)).to_be_in_viewport()
    expect(said).to_have_text(f"Place 2 / {total}")
    expect(visitor.page.get_by_role("button", name="Next", exact=True)).to_be_in_viewport(ratio=1)
    visitor.press("N", "N")
    expect(marks.nth(total - 1)).to_be_focused()
    expect(marks.nth(total - 1)).to_be_in_viewport()


def test_the_place_after_the_one_that_a_link_leads_to_is_next(visitor: Visitor) -> None:
    visitor.go("/d/karabakh?q=exodus#hit2")
    visitor.press("n")
    expect(visitor.page.locator("#hit3")).to_be_focused()


def test_commands_name_the_server_that_the_page_came_from(visitor: Visitor) -> None:
    for path in ("/claims/karabakh.c134", "/docs"):
        visitor.go(path)
        commands = visitor.page.locator("pre code").all_inner_texts()
        assert any(visitor.base in command for command in commands)
        assert not any("localhost:8000" in command for command in commands)
