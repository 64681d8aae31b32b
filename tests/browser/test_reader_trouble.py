"""The reader page where something is wrong: the content, the service, the address, or what is stored."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests import packages
from tests.benchmarks import corpus
from tests.browser.reading import Reader, name_of
from tests.server import PACKAGE, Server, loaded, sic

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> &lt; 😀"


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


def test_stored_markup_is_text_and_marked_in_the_right_places(
    poisoned: Server, opened: Callable[[str], Reader]
) -> None:
    reader = opened(poisoned.url)
    reader.page.on("dialog", lambda dialog: reader.faults.append(dialog.message))
    text = reader.client.get("/v1/documents/base/text").text
    assert ATTACK in text
    page = reader.read("base", start=0, end=len(text) - 1).page
    assert "\n\n".join(reader.paragraphs) + "\n" == text
    records = reader.spans("base", 0, len(text) - 1)
    for record in records:
        reader.choose(name_of(record))
        reader.until(lambda: reader.marked("chosen"), [record["source"]["quote"]])
    expect(page.get_by_role("heading", level=1)).to_have_text(ATTACK)
    assert page.locator("#records dd").all_text_contents().count(ATTACK) >= 4
    reader.open(document="base", q="alert")
    expect(page.locator("#records mark").first).to_have_text("alert")
    page.get_by_role("combobox").fill("aler")
    page.locator("[role=option]").first.wait_for()
    assert page.locator("img, iframe, object, embed, script:not([src])").count() == 0


def test_a_sentence_on_which_nothing_rests_tells_the_reason_that_was_given(
    poisoned: Server, opened: Callable[[str], Reader]
) -> None:
    reader = opened(poisoned.url).read("base")
    start = reader.client.get("/v1/documents/base/text").text.index("The end came")
    start += len("𝔄😀".encode("utf-16-le")) // 2 - 2
    place = reader.place(start + 4, start + 7)
    reader.page.mouse.click(place["x"], place["y"])
    told = f"No record rests on these words. The reason an editor gives: {ATTACK}"
    expect(reader.page.locator("#count")).to_have_text(told)
    assert reader.marked("asked") == ["The end came late."]


@pytest.mark.parametrize(
    "address",
    [
        *("document=<script>alert(1)</script>", "document=..%2F..%2Fdocs", "document=%2F%2Fevil.example%2Fv1"),
        *("record=claims%2F..%2F..%2Fdocs", "record=javascript:alert(1)", "record=https:%2F%2Fevil.example"),
        *("start=-1&end=9", "start=9&end=1", "start=1e9&end=NaN", "start=١&end=٢", "start=0x1&end=0x9"),
        *(
            "__proto__=x&constructor=y&toString=z",
            "%E0%A4%A",
            "%00",
            "=&&&=",
            "#####",
            "document&start&q",
            "q=",
            "q=%20",
        ),
        *("section=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "kind=%00%20&type=", "x" * 5000),
    ],
)
def test_an_address_of_the_wrong_shape_is_passed_over(address: str, reader: Reader) -> None:
    page = reader.open(address).page
    expect(page.get_by_role("heading", level=1)).to_have_text("Stars, for tests")
    expect(page.locator(".paragraph")).to_have_count(143)
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#notice")).to_be_empty()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("document=nowhere", "Not found: there is no document of this id"),
        ("document=karabakh&record=constructor/x", "Not found: There are no such records."),
        ("document=karabakh&record=claims/nothing", "Not found: there is no claim of this id"),
        ("document=karabakh&section=astral.s1", "Not found: This document has no such section."),
        ("document=karabakh&start=0&end=999999999", "Invalid value: end is 999999999; the text has 15126"),
        ("document=astral&start=1&end=9", "Invalid value: start=1 is in the middle of a surrogate pair"),
        ("document=karabakh&q=war&kind=<b>", "Invalid value: kind: '<b>' is not one of the values allowed"),
        ("document=karabakh&q=war&speaker=evil", "Unknown id: there is no actor 'evil'"),
        ("document=karabakh&q=%00", "Invalid value: q: holds a NUL character"),
    ],
)
def test_an_address_of_what_is_not_there_is_told_as_the_api_tells_it(address: str, told: str, reader: Reader) -> None:
    page = reader.open(address).page
    expect(page.get_by_role("status").first).to_contain_text(told)
    page.evaluate("location.hash = '#document=karabakh'")
    expect(page.get_by_role("heading", level=1)).to_have_text("Policy article on the Karabakh conflict")
    expect(page.locator("#notice")).to_be_empty()
    reader.refused()


def test_an_answer_that_is_away_is_asked_for_again_when_it_says(reader: Reader) -> None:
    away = {"type": "/problems/unavailable", "title": "Unavailable", "status": 503, "detail": "The database is away."}
    waiting = [2, 1]

    def once(route: Route) -> None:
        if waiting:
            headers = {"Retry-After": str(waiting.pop()), "Content-Type": "application/problem+json"}
            route.fulfill(status=503, headers=headers, body=json.dumps(away))
        else:
            route.continue_()

    reader.page.route("**/v1/sections?*", once)
    page = reader.open(document="karabakh").page
    expect(page.locator("#notice")).to_have_text("Unavailable: The database is away. Asking again in 1 s.")
    expect(page.locator("#notice")).to_have_text("Unavailable: The database is away. Asking again in 2 s.")
    expect(page.locator(".paragraph")).to_have_count(19)
    expect(page.locator("#notice")).to_be_empty()
    reader.refused()


def test_an_answer_of_something_else_is_told(reader: Reader) -> None:
    reader.page.route("**/spans?*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page = reader.open(document="karabakh", start=0, end=9).page
    expect(page.locator("#notice")).to_have_text("No answer: What answered is not this service.")
    reader.refused()


def test_content_that_is_replaced_is_read_again(tmp_path: Path, opened: Callable[[str], Reader]) -> None:
    env = loaded(tmp_path) | {"SIC_POLL_SECONDS": "0.05"}
    with Server(env) as server:
        reader = opened(server.url).read(q="armenia")
        expect(reader.page.locator("#more")).to_be_visible()
        snapshot = reader.get("/v1")["meta"]["snapshot"]
        assert sic("load", packages.package(tmp_path / "other"), env=env).returncode == 0
        reader.until(lambda: reader.get("/v1")["meta"]["snapshot"] != snapshot, True)
        reader.page.locator("#more").click()
        expect(reader.page.get_by_text("2 documents")).to_be_visible()
        expect(reader.page.locator("#records > li")).to_have_count(25)
        reader.page.locator("#more").click()
        expect(reader.page.locator("#records > li")).to_have_count(50)
        expect(reader.page.locator("#notice")).to_have_text("The content was replaced. It is read again.")
        assert sic("unload", "karabakh", env=env).returncode == 0
        reader.until(lambda: reader.get("/v1/documents")["meta"]["total"], 1)
        reader.page.locator("#more").click()
        expect(reader.page.locator("#notice")).to_have_text("Not found: there is no document of this id")
        reader.refused()


def test_before_there_is_content_and_where_there_is_none_the_page_says_so(
    tmp_path: Path, opened: Callable[[str], Reader]
) -> None:
    env = {"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}", "SIC_POLL_SECONDS": "0.05"}
    with Server(env, ready="/livez") as server:
        reader = opened(server.url).open()
        expect(reader.page.locator("#notice")).to_contain_text("Unavailable: no content can be served yet;")
        assert sic("migrate", env=env).returncode == 0
        expect(reader.page.locator("#notice")).to_have_text(
            "No document: Nothing has been loaded here yet.", timeout=30_000
        )
        assert sic("load", PACKAGE, env=env).returncode == 0
        reader.until(lambda: reader.get("/v1/documents")["meta"]["total"], 1)
        reader.open()
        expect(reader.page.get_by_role("heading", level=1)).to_have_text("Policy article on the Karabakh conflict")
        expect(reader.page.locator("#notice")).to_be_empty()
        reader.refused()


def test_many_documents_and_many_sections_are_paged(tmp_path: Path, opened: Callable[[str], Reader]) -> None:
    corpus.write(tmp_path / "packages", 4000, 30, 3)
    env = loaded(tmp_path, *sorted((tmp_path / "packages").iterdir()))
    with Server(env) as server:
        reader = opened(server.url).open()
        page = reader.page
        page.get_by_text("30 documents").click()
        expect(page.locator("#documents-list li")).to_have_count(25)
        page.get_by_role("button", name="More documents").click()
        expect(page.locator("#documents-list li")).to_have_count(30)
        expect(page.locator("#documents-more")).to_be_hidden()
        page.locator("#documents-list a").last.click()
        document = reader.get("/v1/documents?limit=100")["data"][-1]["id"]
        reader.until(lambda: reader.address, {"document": document})
        text = reader.client.get(f"/v1/documents/{document}/text").text
        reader.until(lambda: "\n\n".join(reader.paragraphs) + "\n", text)
