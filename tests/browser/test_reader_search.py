"""Search on the reader page: type-ahead, results with their ranges, corrections, facets, and more of them."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.reading import Reader, Record, name_of
from tests.lists import walk


def options(page: Page) -> list[str]:
    found: list[str] = page.locator("[role=option]").evaluate_all("all => all.map(one => one.dataset.text)")
    return found


def suggested(reader: Reader, q: str) -> list[str]:
    return [item["text"] for item in reader.get("/v1/suggest", q=q, limit=8)["data"]]


def search(reader: Reader, q: str) -> list[Record]:
    """Searches, waits for the first page of what the API finds, and gives it."""
    field = reader.page.get_by_role("combobox")
    field.fill(q)
    field.press("Enter")
    records: list[Record] = reader.get("/v1/search", q=q, highlight="true")["data"]
    reader.until(lambda: reader.listed, [name_of(record) for record in records])
    return records


def test_type_ahead_shows_what_the_api_suggests_and_is_used_by_keyboard(reader: Reader) -> None:
    page = reader.read().page
    field = page.get_by_role("combobox")
    field.press_sequentially("kara")
    expected = suggested(reader, "kara")
    reader.until(lambda: options(page), expected)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    active = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("data-text") == expected[1]
    assert page.locator("[aria-selected=true]").count() == 1
    field.press("ArrowUp")
    field.press("ArrowUp")
    assert page.locator("[aria-selected=true]").get_attribute("data-text") == expected[-1]
    field.press("ArrowDown")
    field.press("Enter")
    expect(page.get_by_role("heading", name=f"Found for “{expected[0]}”")).to_be_focused()
    expect(field).to_have_value(expected[0])
    expect(field).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(reader: Reader) -> None:
    page = reader.read().page
    field = page.get_by_role("combobox")
    field.press_sequentially("kara")
    page.locator("[role=option]").first.wait_for()
    field.press("Escape")
    expect(page.locator("[role=option]")).to_have_count(0)
    expect(field).to_have_value("kara")
    field.press_sequentially("b")
    page.locator("[role=option]").first.click()
    expect(page.get_by_role("heading", name=f"Found for “{suggested(reader, 'karab')[0]}”")).to_be_visible()


def test_a_late_answer_never_overwrites_a_newer_one(reader: Reader) -> None:
    page = reader.read().page
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "q=ka" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/suggest?*", hold)
    field = page.get_by_role("combobox")
    field.fill("ka")
    reader.until(lambda: len(held), 1)
    field.fill("arm")
    expected = suggested(reader, "arm")
    reader.until(lambda: options(page), expected)
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    assert options(page) == expected


@pytest.mark.parametrize("q", ["prisoner exchange", "star gazers", "Wide 🜁", "karabakh"])
def test_results_are_the_api_s_with_exactly_its_ranges_marked(q: str, reader: Reader) -> None:
    page = reader.read().page
    records = search(reader, q)
    total = reader.get("/v1/search", q=q)["meta"]["total"]
    expect(page.locator("#count")).to_have_text(f"{total} records")
    for record in records:
        item = page.locator(f"#records > li[data-name='{name_of(record)}']")
        shown = item.locator("mark").all_text_contents()
        expected = []
        for field in ("source.quote", *FIELDS[record["kind"]]):
            string: Record | str = record
            for key in field.split("."):
                string = string.get(key) or {} if isinstance(string, dict) else string
            units = string.encode("utf-16-le") if isinstance(string, str) else b""
            expected += [
                units[2 * range["utf16"]["start"] : 2 * range["utf16"]["end"]].decode("utf-16-le")
                for range in record["highlights"]
                if range["field"] == field
            ]
        assert shown == expected, record["id"]


FIELDS = {
    "claim": ("statement",),
    "event": ("name",),
    "obstacle": ("title", "summary"),
    "position": ("statement",),
    "section": ("title",),
    "document": ("label",),
    "actor": ("name",),
    "place": ("name",),
}


def test_a_section_among_the_results_leads_to_its_words(reader: Reader) -> None:
    """A list has no text of sections."""
    page = reader.read(q="quintessential", kind="section").page
    item = page.locator("#records > li[data-name='sections/karabakh.s01']")
    expect(item.locator("blockquote")).to_have_text("Read it")
    assert reader.get("/v1/sections/karabakh.s01")["data"]["title"] in item.inner_text()
    item.locator("blockquote a").click()
    reader.until(lambda: reader.address.get("record"), "sections/karabakh.s01")


def test_a_correction_is_told(reader: Reader) -> None:
    page = reader.read().page
    search(reader, "ethnik clensing")
    expect(page.locator("#corrected")).to_have_text(
        "Showing results for “ethnic” instead of “ethnik” and “cleansing” instead of “clensing”, "
        "which the texts do not have."
    )
    search(reader, "exodus")
    expect(page.locator("#corrected")).to_be_hidden()


def test_what_is_not_found_is_told(reader: Reader) -> None:
    page = reader.read(q="quux").page
    expect(page.locator("#count")).to_have_text("Nothing was found.")
    expect(page.locator("#narrow")).to_be_hidden()


def test_a_facet_narrows_the_results_to_its_count_and_is_left_again(reader: Reader) -> None:
    page = reader.read().page
    search(reader, "armenia")
    facets = reader.get("/v1/search", q="armenia", facets="kind,type,speaker,document")["facets"]
    page.get_by_text("Narrow the results").click()
    causal = next(value for value in facets["type"] if value["value"] == "causal")
    page.get_by_role("link", name=f"causal ({causal['count']})").click()
    expect(page.locator("#count")).to_have_text(f"{causal['count']} records")
    assert reader.address == {"document": "karabakh", "q": "armenia", "type": "causal"}
    assert reader.listed == [name_of(record) for record in reader.get(causal["href"])["data"]]
    both = reader.get("/v1/search", q="armenia", type="causal", facets="speaker")["facets"]["speaker"]
    author = next(value for value in both if value["value"] == "author")
    page.get_by_role("link", name=f"the author of the document ({author['count']})").click()
    expect(page.locator("#count")).to_have_text(f"{author['count']} records")
    page.get_by_role("link", name=f"causal ({author['count']}), selected: show all").click()
    reader.until(lambda: reader.address, {"document": "karabakh", "q": "armenia", "speaker": "author"})
    named = next(value["value"] for value in facets["speaker"] if value["value"] != "author")
    name = reader.get(f"/v1/actors/{named}")["data"]["name"]
    expect(page.locator("#facets").get_by_text(f"{name} (")).to_be_visible()
    page.get_by_role("link", name="Policy article on the Karabakh conflict (").click()
    reader.until(lambda: reader.address.get("within"), "karabakh")


def test_more_results_follow_until_all_are_shown(reader: Reader) -> None:
    page = reader.read(q="exodus OR armenia").page
    every = walk(reader.client, "/v1/search", q="exodus OR armenia")
    expect(page.locator("#count")).to_have_text(f"{len(every)} records")
    while page.locator("#more").is_visible():
        shown = len(reader.listed)
        page.locator("#more").click()
        expect(page.locator("#records > li").nth(shown).locator("a").first).to_be_focused()
    assert reader.listed == [name_of(record) for record in every]


def test_a_result_goes_to_its_words_also_in_another_document(reader: Reader) -> None:
    page = reader.read().page
    records = search(reader, "disagree")
    found = next(record for record in records if record["id"] == "astral.c200")
    reader.choose(name_of(found))
    reader.until(lambda: reader.marked("chosen"), [found["source"]["quote"]])
    expect(page.get_by_role("heading", level=1)).to_have_text("Stars, for tests")
    assert reader.address == {"document": "astral", "q": "disagree", "record": "claims/astral.c200"}
    assert reader.listed == [name_of(record) for record in records]


def test_the_address_of_a_search_opens_it_again(reader: Reader) -> None:
    page = reader.read(q='"ethnic cleansing" -война', kind="claim").page
    expect(page.get_by_role("combobox")).to_have_value('"ethnic cleansing" -война')
    asked = reader.get("/v1/search", q='"ethnic cleansing" -война', kind="claim")
    reader.until(lambda: reader.listed, [name_of(record) for record in asked["data"]])
    assert "война" in unquote(page.url)
