"""The reader page: the text word for word, what rests on its words, and an address for each state of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests import astral
from tests.browser.reading import Reader, name_of
from tests.lists import walk
from tests.server import Server

STAR = 60  # where "Star number 1" begins in tests/astral.py, in UTF-16 code units
SENTENCE = {"start": 2394, "end": 2532}  # "It was Nikol Pashinyan … in 2019"


@pytest.mark.parametrize("document", ["karabakh", astral.ID])
def test_the_text_is_the_canonical_text_cut_by_paragraphs(document: str, reader: Reader) -> None:
    text = reader.client.get(f"/v1/documents/{document}/text").text
    assert "\n\n".join(reader.read(document).paragraphs) + "\n" == text
    first, *_ = reader.page.locator(".paragraph p").all()
    assert first.inner_text() == text.partition("\n")[0]
    assert first.evaluate("p => p.closest('[lang]').lang") == "en"


@pytest.mark.parametrize("document", ["karabakh", astral.ID])
def test_titles_are_those_of_the_sections_and_say_which_an_editor_added(document: str, reader: Reader) -> None:
    reader.read(document)
    sections = walk(reader.client, "/v1/sections", document=document)
    added = [section["title_origin"] == "editorial" for section in sections]
    assert any(added)
    assert not all(added)
    headings = reader.page.locator("article").locator("h2, h3").all_text_contents()
    assert headings == [
        section["title"] + " title added by an editor" * editorial
        for section, editorial in zip(sections, added, strict=True)
    ]
    contents = reader.page.locator("#sections a").all_inner_texts()
    assert [told.partition("\n")[0].removesuffix(" added by an editor") for told in contents] == [
        f"[{section['title']}]" if editorial else section["title"]
        for section, editorial in zip(sections, added, strict=True)
    ]
    expect(reader.page.locator("#added")).to_have_text("Titles in [brackets] were added by an editor.")


def test_the_head_has_the_label_the_note_and_no_title_that_the_text_does_not_state(reader: Reader) -> None:
    document = reader.get("/v1/documents/karabakh")["data"]
    page = reader.read().page
    assert page.title() == f"{document['label']} · sic"
    expect(page.get_by_role("heading", level=1)).to_have_text(document["label"])
    expect(page.locator("#stated")).to_have_text("A name given by an editor. The text states no title and no author.")
    assert page.locator("#note").text_content() == document["note"]
    links = [page.locator(f"#{id}").get_attribute("href") for id in ("raw", "json")]
    assert links == [document["links"]["text"], document["links"]["self"]]
    reader.read(astral.ID)
    expect(page.locator("#stated")).to_contain_text("The text states the title “𝔄stral <figures>” and no author.")


def test_a_click_on_words_shows_what_rests_on_their_sentence(reader: Reader) -> None:
    reader.read()
    sentences = walk(reader.client, "/v1/documents/karabakh/coverage")
    for sentence in (sentences[0], sentences[21], sentences[-1]):
        start, end = sentence["utf16"]["start"], sentence["utf16"]["end"]
        place = reader.place(start + 5, start + 6)
        reader.page.mouse.click(place["x"], place["y"])
        expected = reader.spans("karabakh", start, end)
        reader.until(lambda: reader.listed, [name_of(record) for record in expected])
        assert reader.marked("asked") == [sentence["text"]]
        assert reader.address == {"document": "karabakh", "start": str(start), "end": str(end)}
        expect(reader.page.locator("#ask")).to_be_hidden()  # a caret selects no words


def test_words_selected_with_the_mouse_are_asked_about_by_a_button(reader: Reader) -> None:
    reader.read()
    start, end = 2510, 2529  # Karabakh is Armenia
    reader.drag(start, end)
    reader.page.get_by_role("button", name="What rests on these words?").click()
    expected = [name_of(record) for record in reader.spans("karabakh", start, end)]
    reader.until(lambda: reader.listed, expected)
    assert reader.marked("asked") == ["Karabakh is Armenia"]


def test_words_selected_with_the_keyboard_are_asked_about_by_the_next_stop_of_the_tab_key(reader: Reader) -> None:
    page = reader.read(astral.ID).page
    reader.drag(STAR, STAR + 4)
    for _ in range(18):
        page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("getSelection().toString()") == "Star number 1 is 𝒻ar 😀"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="What rests on these words?")).to_be_focused()
    page.keyboard.press("Enter")
    expected = [name_of(record) for record in reader.spans(astral.ID, STAR, STAR + 24)]
    assert expected == ["claims/astral.c000", "claims/astral.c001"]
    reader.until(lambda: reader.listed, expected)
    assert reader.marked("asked") == ["Star number 1 is 𝒻ar 😀"]


def test_a_paragraph_s_button_works_by_keyboard_and_gets_the_focus_back(reader: Reader) -> None:
    page = reader.read().page
    button = page.get_by_role("button", name="What rests on this paragraph 3", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What rests on these words")).to_be_focused()
    assert reader.marked("asked") == [reader.paragraphs[2]]
    total = reader.get("/v1/sections/karabakh.s03")["data"]["links"]["spans"]
    expect(page.locator("#count")).to_have_text(f"{reader.get(total)['meta']['total']} records")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(button).to_be_focused()
    assert reader.address == {"document": "karabakh"}
    assert reader.marked("asked") == []


@pytest.mark.parametrize(("document", "start", "end"), [("karabakh", 11588, 12149), (astral.ID, 0, 4138)])
def test_a_record_chosen_marks_exactly_its_quote(document: str, start: int, end: int, reader: Reader) -> None:
    reader.read(document, start=start, end=end)
    records = reader.spans(document, start, end)
    reader.until(lambda: reader.listed, [name_of(record) for record in records])
    for record in records:
        reader.choose(name_of(record))
        reader.until(lambda: "\n\n".join(reader.marked("chosen")), record["source"]["quote"])
        assert reader.address["record"] == name_of(record)
        chosen = reader.page.locator("#records [aria-current=true]")
        assert chosen.all_text_contents() == [f"“{record['source']['quote']}”"]


def test_records_are_told_as_the_api_has_them(reader: Reader) -> None:
    def told(path: str) -> str:
        record = reader.get(path)["data"]
        source = record["source"]
        reader.read(record["document"], start=source["utf16"]["start"], end=source["utf16"]["end"])
        item = reader.page.locator(f"#records > li[data-name='{name_of(record)}']")
        item.wait_for()
        assert f"“{source['quote']}”" in item.inner_text()
        assert item.get_by_role("link", name=f"{record['id']} as JSON").get_attribute("href") == path
        return " ".join(item.inner_text().split())

    claim = told("/v1/claims/karabakh.c134")
    assert "Statement (an editor’s paraphrase) The European Parliament said" in claim
    assert "Type evaluative Mode reported Speaker European Parliament" in claim
    assert "Speaker the author of the document" in told("/v1/claims/karabakh.c040")
    assert "Note (an editor’s) By what he ended it is told" in told("/v1/claims/karabakh.c040")
    assert "Speaker the text names nobody" in told("/v1/claims/astral.c010")
    assert "Hedged by “may”" in told("/v1/claims/astral.c200")
    assert "Date “early 2001”, read as 2001, inferred by an editor" in told(f"/v1/events/{astral.ID}.e03")
    assert "Date “February 2001”, read as 2001-02" in told("/v1/events/astral.e04")
    assert "Also mentioned in “the star gazers re-port”" in told("/v1/events/astral.e01")
    assert "Title in the text 7. “Wide 🜁 Characters” Summary (an editor’s) They disagree." in told(
        "/v1/obstacles/astral.o7"
    )
    assert "Whose Fire Towards obstacle 7" in told("/v1/positions/astral.o7-fire")
    relation = told("/v1/relations/astral.r99")
    assert "From the claim (a paraphrase) Fire and the star gazers may disagree." in relation
    assert "It qualifies (an editor’s reading) the claim Star 1 is far. Basis stated" in relation


def test_what_is_between_paragraphs_is_no_words(reader: Reader) -> None:
    page = reader.read(start=495, end=497).page
    expect(page.locator("#count")).to_have_text("No record rests on these words.")
    assert reader.marked("asked") == []
    page.evaluate(
        """() => {
          const [first, second] = [...document.querySelectorAll(".paragraph p")].map((p) => p.firstChild);
          getSelection().setBaseAndExtent(first, first.length, second, 0);
        }"""
    )
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(page.locator("#ask")).to_be_hidden()


def test_words_selected_across_paragraphs_are_asked_about_without_what_is_between(reader: Reader) -> None:
    page = reader.read().page
    page.evaluate(
        """() => {
          const [first, second] = [...document.querySelectorAll(".paragraph p")].map((p) => p.firstChild);
          getSelection().setBaseAndExtent(first, 480, second, 20);
        }"""
    )
    page.get_by_role("button", name="What rests on these words?").click()
    reader.until(lambda: reader.listed, [name_of(record) for record in reader.spans("karabakh", 480, 517)])
    first, second, *_ = reader.paragraphs
    assert reader.marked("asked") == [first[480:], second[:20]]


def test_a_record_chosen_again_is_gone_to_again(reader: Reader) -> None:
    page = reader.read(**SENTENCE, record="claims/karabakh.c042").page
    reader.until(lambda: len(reader.marked("chosen")), 1)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    assert not page.evaluate(VISIBLE, "chosen")
    reader.choose("claims/karabakh.c042")
    reader.until(lambda: page.evaluate(VISIBLE, "chosen"), True)


def test_an_event_leads_to_its_further_mentions(reader: Reader) -> None:
    page = reader.read(astral.ID, record="events/astral.e01", start=0, end=100).page
    page.get_by_role("link", name="“the star gazers re-port”").click()
    reader.until(lambda: reader.marked("asked"), ["the star gazers re-port"])


def test_more_records_than_a_page_are_added_by_a_button(reader: Reader) -> None:
    page = reader.read(astral.ID, start=0, end=4138).page
    every = walk(reader.client, f"/v1/documents/{astral.ID}/spans")
    expect(page.locator("#count")).to_have_text(f"{len(every)} records")
    more = page.locator("#more")
    shown = 25
    while shown < len(every):
        expect(more).to_have_text(f"More ({shown} of {len(every)} are shown)")
        more.click()
        expect(page.locator("#records > li").nth(shown).locator("a").first).to_be_focused()
        shown = min(shown + 25, len(every))
    expect(more).to_be_hidden()
    assert reader.listed == [name_of(record) for record in every]


def test_a_shared_link_shows_its_words_marked(reader: Reader) -> None:
    page = reader.read(record="claims/karabakh.c134").page
    quote = reader.get("/v1/claims/karabakh.c134")["data"]["source"]["quote"]
    reader.until(lambda: reader.marked("chosen"), [quote])
    reader.until(lambda: page.evaluate(VISIBLE, "chosen"), True)
    reader.read(start=13949, end=14000)
    reader.until(lambda: reader.marked("asked"), [reader.client.get("/v1/documents/karabakh/text").text[13949:14000]])
    reader.until(lambda: page.evaluate(VISIBLE, "asked"), True)
    reader.read(section="karabakh.s13")
    expect(page.get_by_role("heading", name="Five obstacles to reconciliation")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Five obstacles to reconciliation")).to_be_focused()


VISIBLE = """
(name) => [...CSS.highlights.get(name)].every((range) => {
  const {top, bottom} = range.getBoundingClientRect();
  const panel = document.querySelector("#panel");
  const below = getComputedStyle(panel).position === "fixed" ? panel.getBoundingClientRect().top : innerHeight;
  return top >= document.querySelector("header").getBoundingClientRect().bottom && bottom <= below;
})
"""


def test_on_a_narrow_screen_the_panel_leaves_the_marked_words_in_sight(reader: Reader) -> None:
    reader.page.set_viewport_size({"width": 390, "height": 800})
    reader.read(**SENTENCE, record="claims/karabakh.c042")
    reader.until(lambda: len(reader.marked("chosen")), 1)
    reader.until(lambda: reader.page.evaluate(VISIBLE, "chosen"), True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_back_button_leads_through_what_was_asked(reader: Reader) -> None:
    page = reader.read(**SENTENCE).page
    asked = [name_of(record) for record in reader.spans("karabakh", *SENTENCE.values())]
    reader.until(lambda: reader.listed, asked)
    reader.choose(asked[1])
    reader.until(lambda: len(reader.marked("chosen")), 1)
    page.get_by_role("combobox").fill("exodus")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Found for “exodus”")).to_be_focused()
    assert reader.marked("asked") == reader.marked("chosen") == []
    page.go_back()
    reader.until(lambda: reader.listed, asked)
    reader.until(lambda: len(reader.marked("chosen")), 1)
    page.go_back()
    reader.until(lambda: len(reader.marked("chosen")), 0)
    assert reader.listed == asked
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", name="Found for “exodus”")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_value("exodus")


def test_documents_are_chosen_from_a_list_and_the_address_keeps_the_choice(reader: Reader) -> None:
    page = reader.open().page
    page.get_by_text(f"{reader.get('/v1/documents')['meta']['total']} documents").click()
    page.get_by_role("link", name="Policy article on the Karabakh conflict").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Policy article on the Karabakh conflict")
    assert reader.address == {"document": "karabakh"}
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Policy article on the Karabakh conflict")


def test_a_section_of_the_contents_is_gone_to(reader: Reader) -> None:
    page = reader.read().page
    page.get_by_role("link", name="External Guarantors and Intervention").click()
    heading = page.get_by_role("heading", name="External Guarantors and Intervention")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


def test_without_the_highlight_api_the_words_are_selected_instead(reader: Reader) -> None:
    reader.page.add_init_script("delete CSS.highlights")
    reader.read(record="claims/karabakh.c134")
    quote = reader.get("/v1/claims/karabakh.c134")["data"]["source"]["quote"]
    reader.until(lambda: reader.page.evaluate("getSelection().toString()"), quote)


def test_below_a_root_path_all_of_it_works(environment: dict[str, str], opened: Callable[[str], Reader]) -> None:
    with Server(environment | {"SIC_ROOT_PATH": "/sic"}) as below:
        reader = opened(below.url + "/sic")
        reader.read(**SENTENCE)
        asked = [name_of(record) for record in reader.spans("karabakh", *SENTENCE.values())]
        reader.until(lambda: reader.listed, asked)
        reader.choose(asked[0])
        reader.until(lambda: len(reader.marked("chosen")), 1)
        links = reader.page.locator("header a, #records p a").evaluate_all("all => all.map(a => a.pathname)")
        assert all(link.startswith("/sic/") for link in links)
        reader.page.get_by_role("combobox").fill("exodus")
        reader.page.keyboard.press("Enter")
        expect(reader.page.get_by_role("heading", name="Found for “exodus”")).to_be_visible()


def test_without_scripts_the_page_says_where_the_same_is(browser: Browser, served: Server) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(served.url)
        said = page.locator("noscript")
        for path in ("/v1", "/v1/documents", "/docs", "/llms.txt"):
            expect(said.locator(f"a[href='{path}']")).to_be_visible()
