"""Pages for people as they are sent: complete without scripts, escaped, remembered, and at home on their own origin.

What they do in a browser is in tests/browser.
"""

import re
from html import escape, unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import httpx
import pytest

from api.web.environment import STRINGS, digest
from tests.lists import LISTS
from tests.server import ROOT, Server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
DOCUMENT = ("", "/who", "/timeline", "/obstacles", "/argument")
PAGES = (
    *("/", "/search", "/search?q=exodus", "/resolve", "/resolve?quote=the+exodus", "/about"),
    *("/docs", "/docs/reference/claims"),
    *(f"/{plural}" for plural in LISTS),
    *(f"/d/karabakh{view}" for view in DOCUMENT),
    *("/d/karabakh/@2510-2529", "/d/karabakh?marks=all&q=exodus", "/claims?speaker=armenia&sort=-position"),
    *("/problems", "/problems/not-found", "/v1/vocabularies", "/v1/vocabularies/topic"),
)
VIEWS = ROOT / "api" / "web" / "views"
LONGEST_VIEW = 150  # lines


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
    return answer.text


def words(text: str) -> str:
    """What a reader sees of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


class Markup(HTMLParser):
    """Checks that every element is closed, and collects ids and links."""

    EMPTY = frozenset({"meta", "link", "input", "br", "line", "path", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value for name, value in attrs if value}
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if tag == "a" and "href" in named else []
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        assert tag in self.EMPTY

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


def parsed(text: str) -> Markup:
    markup = Markup()
    markup.feed(text)
    assert markup.open == []
    return markup


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_keeps_to_its_own_origin(path: str, client: httpx.Client) -> None:
    text = page(client, path)
    markup = parsed(text)
    assert len(markup.ids) == len(set(markup.ids))
    assert text.count("<h1") == 1
    assert re.search(r"<title>[^<]{3,}</title>", text)
    assert re.search(r'<meta name="description" content="[^"]{20,}"', text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert all(source.startswith(f"/assets/{digest()}/") for source in re.findall(r'<script[^>]*src="([^"]*)"', text))
    policy = client.get(path, headers={"Accept": BROWSER}).headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self'; " in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(path: str, served: Server) -> None:
    markup = parsed(page(served.client, path))
    for link in sorted({link.partition("#")[0] for link in markup.links})[:60]:
        if link:
            assert served.client.get(link, follow_redirects=True).status_code == 200, link
    for link in markup.links:
        if link.startswith("#"):
            assert link[1:] in markup.ids, link


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        ("Karabakh is Armenia", "It stands in the text, character by character."),
        ("“KARABAKH\r\n is armenia”", "It stands in the text, but not character by character."),
        ("Karabakh is Azerbaijan", "It does not stand in any text here"),
    ],
)
def test_a_quotation_is_checked_as_the_api_checks_it(quote: str, verdict: str, client: httpx.Client) -> None:
    found = client.get("/v1/resolve", params={"quote": quote}).json()
    text = page(client, str(httpx.URL("/resolve", params={"quote": quote})))
    assert verdict in words(text)
    for span in found["data"]["spans"]:
        assert f"/d/{span['document']}/@{span['start']}-{span['end']}" in text
        assert f"<mark>{escape(span['text'], quote=False)}</mark>" in text
        assert all(difference in words(text) for difference in span["differs"])
        assert client.get(f"/v1/documents/{span['document']}").json()["data"]["text_sha256"] in text


def test_a_quotation_that_one_document_lacks_is_denied_of_that_document_only(client: httpx.Client) -> None:
    text = words(page(client, "/resolve?quote=Karabakh+is+Azerbaijan&document=karabakh"))
    assert "It does not stand there" in text
    assert "any text here" not in text


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("a" * 4001, "has 4001 characters, more than 4000."),
        ("karabakh … " * 16 + "karabakh", "16 ellipses are more than 15; quote less of it."),
    ],
)
def test_a_refused_quotation_says_why_and_leads_back_to_the_form(quote: str, why: str, client: httpx.Client) -> None:
    answer = client.get("/resolve", params={"quote": quote}, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert why in words(answer.text)
    assert "/resolve" in parsed(answer.text).links


@pytest.mark.parametrize("quote", ["</textarea><script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "…"])
def test_a_hostile_quotation_stays_words(quote: str, client: httpx.Client) -> None:
    text = page(client, str(httpx.URL("/resolve", params={"quote": quote})))
    parsed(text)
    assert "<script>alert" not in text
    assert "<img" not in text
    assert quote in unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.DOTALL)[0])


def test_home_search_and_reading_lead_to_the_check_of_a_quotation(client: httpx.Client) -> None:
    for path in ("/", "/search?q=exodus", "/d/karabakh"):
        assert "/resolve" in {link.partition("?")[0] for link in parsed(page(client, path)).links}


@pytest.mark.parametrize("plural", LISTS)
def test_every_record_has_a_page_with_its_words(plural: str, client: httpx.Client) -> None:
    for record in client.get(f"/v1/{plural}?limit=100").json()["data"]:
        text = page(client, record["links"]["page"])
        parsed(text)
        if record.get("source"):
            assert " ".join(record["source"]["quote"].split()) in words(text)
        assert f'href="{record["links"]["self"]}"' in text
        assert 'class="ed"' in text


def test_the_text_is_read_word_for_word_with_its_marks(client: httpx.Client) -> None:
    text = client.get("/v1/documents/karabakh/text").text
    for query in ("", "?marks=all", "?q=exodus", "?marks=all&q=the+of"):
        shown = page(client, f"/d/karabakh{query}")
        paragraphs = re.findall(r'<p class="paragraph"[^>]*><a class="place"[^>]*>\d+</a>(.*?)</p>', shown)
        assert "\n\n".join(unescape(re.sub(r"<[^>]*>", "", each)) for each in paragraphs) + "\n" == text
    assert page(client, "/d/karabakh?q=exodus").count("<mark ") == text.count("exodus")


def test_what_is_not_the_author_s_voice_is_marked_and_has_a_card_that_leads_with_who(client: httpx.Client) -> None:
    text = page(client, "/d/karabakh")
    others = client.get("/v1/claims?document=karabakh&mode.not=asserted&include=speaker&limit=100").json()["data"]
    for claim in others:
        assert re.search(rf'<a class="m [^"]*{claim["mode"]}[^"]*" href="#[^"]*" data-ids="[^"]*{claim["id"]}', text)
        [card] = re.findall(rf'<details class="card[^>]*id="{claim["id"]}".*?</details>', text, re.DOTALL)
        speaker = claim["included"]["speaker"]
        assert words(card).startswith(speaker["name"] if speaker else "Nobody named")
        assert claim["statement"] in unescape(card)
    assert "is contradicted by" in text


def test_the_same_parameters_give_a_page_and_data(client: httpx.Client) -> None:
    for query in ("speaker=armenia", "mode.not=asserted&type=evaluative", "q=exodus", "hedged=true&sort=-position"):
        data = client.get(f"/v1/claims?{query}").json()
        text = page(client, f"/claims?{query}")
        assert f'<span class="number">{data["meta"]["total"]}</span></h1>' in text
        assert re.findall(r'<article class="card.*?href="/claims/([^"#]*)', text, re.DOTALL) == [
            record["id"] for record in data["data"]
        ]
    following = re.search(r'rel="next" href="([^"]*)"', page(client, "/claims"))
    assert following
    assert page(client, unescape(following[1])).count("<article") == 25
    assert client.get("/v1" + unescape(following[1])).status_code == 200


def test_what_links_carry_to_track_is_dropped_and_the_rest_is_shown_as_not_applied(client: httpx.Client) -> None:
    plain = page(client, "/claims?speaker=armenia")
    assert page(client, "/claims?speaker=armenia&utm_source=x&fbclid=1&gclid=2&ref=y&q=") == plain
    text = words(page(client, "/claims?speaker=armenia&speeker=x"))
    assert "this page has no parameter speeker. Did you mean speaker?" in text
    assert client.get("/v1/claims?utm_source=x").status_code == 422
    assert page(client, "/?utm_source=x") == page(client, "/")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nowhere", 404, "There is nothing here"),
        ("/claims/karabakh.nothing", 404, "no claim"),
        ("/d/nowhere", 404, "no document"),
        ("/d/karabakh/@9-5", 422, "must be less than end"),
        ("/d/karabakh/@0-999999", 422, "999999"),
        ("/claims?type=bad", 422, "bad"),
        ("/claims?actor=ankara", 422, "turkey"),
        ("/docs/reference/claim", 404, "claims"),
    ],
)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(
    path: str, status: int, said: str, client: httpx.Client
) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert said in words(answer.text)
    assert 'action="/search"' in answer.text
    parsed(answer.text)
    problem = client.get(path)
    assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
    below = client.get(f"/v1{path}", headers={"Accept": BROWSER})
    assert below.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_remembered_and_has_a_tag(path: str, served: Server) -> None:
    answer = served.client.get(path, headers={"Accept": BROWSER})
    again = served.client.get(path, headers={"Accept": BROWSER, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = served.client.head(path, headers={"Accept": BROWSER})
    assert int(head.headers["content-length"]) == len(answer.content) or "content-encoding" in head.headers
    assert head.content == b""


def test_browsers_get_a_page_at_the_root_and_programs_what_v1_tells(client: httpx.Client) -> None:
    assert "<h1>" in page(client, "/")
    for accept in ("", "*/*", "application/json", "application/json, text/html;q=0.9"):
        root, v1 = (client.get(path, headers={"Accept": accept}).json() for path in ("/", "/v1"))
        assert root["data"] == v1["data"]


def test_assets_are_named_by_their_content_and_kept_for_good(client: httpx.Client) -> None:
    answer = client.get(f"/assets/{digest()}/sic.css")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/assets/0123456789ab/sic.css").headers["cache-control"] == "no-cache"
    assert client.get(f"/assets/{digest()}/nothing.css").status_code == 404
    assert client.get(f"/assets/{digest()}/..%2Fstrings.toml").status_code == 404


def test_facets_and_searches_are_not_indexed(client: httpx.Client) -> None:
    for path in (
        "/search?q=war",
        "/resolve?quote=war",
        "/claims?speaker=armenia",
        "/claims?offset=25",
        "/d/karabakh/@1-9",
    ):
        assert '<meta name="robots" content="noindex">' in page(client, path), path
    for path in ("/", "/claims", "/d/karabakh", "/d/karabakh/who", "/claims/karabakh.c134"):
        assert "noindex" not in page(client, path), path


def test_without_a_public_address_nothing_is_canonical(client: httpx.Client) -> None:
    text = page(client, "/claims/karabakh.c134")
    assert 'rel="canonical"' not in text
    assert "og:url" not in text
    assert client.get("/sitemap.xml").status_code == 404
    assert client.get("/opensearch.xml").status_code == 404
    for type in ("application/json", "application/ld+json", "application/x-bibtex"):
        [target] = re.findall(rf'<link rel="alternate" type="{re.escape(type)}" href="([^"]*)"', text)
        assert client.get(target).status_code == 200


def test_with_one_pages_are_canonical_and_the_sitemap_names_them(environment: dict[str, str]) -> None:
    env = environment | {"SIC_PUBLIC_URL": "https://sic.example", "SIC_CONTACT": "ed@sic.example"}
    with Server(env) as server:
        text = page(server.client, "/claims/karabakh.c134?utm_source=x")
        assert '<link rel="canonical" href="https://sic.example/claims/karabakh.c134">' in text
        assert '<meta property="og:url" content="https://sic.example/claims/karabakh.c134">' in text
        assert "curl -s 'https://sic.example/v1/claims/karabakh.c134'" in unescape(text)
        places = [each.text or "" for each in ElementTree.fromstring(server.client.get("/sitemap.xml").text).iter()]
        paths = [place.removeprefix("https://sic.example") for place in places if place.startswith("https")]
        assert {"/", "/d/karabakh", "/d/karabakh/argument", "/claims/karabakh.c134"} <= set(paths)
        for path in paths[:40]:
            page(server.client, path)
        assert "Sitemap: https://sic.example/sitemap.xml" in server.client.get("/robots.txt").text
        assert "https://sic.example/search?q={searchTerms}" in server.client.get("/opensearch.xml").text
        assert 'href="mailto:ed@sic.example"' in page(server.client, "/about")


def test_corrections_are_a_feed(client: httpx.Client) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    answer = client.get("/corrections.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = ElementTree.fromstring(answer.text).findall(f"{atom}entry")
    assert len(entries) == min(100, client.get("/v1/corrections?limit=0").json()["meta"]["total"])
    dates = [entry.findtext(f"{atom}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)


def test_language_models_get_the_values_and_six_worked_addresses(client: httpx.Client) -> None:
    text = client.get("/llms.txt").text
    assert len(text.encode()) <= 3300
    for taught in (
        "`source.quote` only",
        "/v1/corrections?record={id}",
        "/d/{document}/@{start}-{end}",
        "date_match=certain",
    ):
        assert taught in text
    worked = re.findall(r"^- [^:\n]+: (/v1/\S+)$", text.partition("## Worked")[2], re.MULTILINE)
    assert len(worked) == 6
    for path in worked:
        assert client.get(path).status_code == 200, path
    full = client.get("/llms-full.txt").text
    assert full.startswith(text)
    assert "claim_type" in full


def test_every_view_is_a_small_module() -> None:
    for path in [*VIEWS.glob("*.py"), *VIEWS.parent.glob("*.py")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_VIEW, path


def test_a_string_of_the_interface_is_never_taken_for_a_method(client: httpx.Client) -> None:
    """`clear` and `keys` are strings and methods of dict."""
    for path in ("/claims?type=causal", "/events?status=occurred", "/d/karabakh", "/corrections?q=purposive"):
        text = client.get(path, headers={"Accept": BROWSER}).text
        assert "built-in method" not in text
        assert "bound method" not in text
    assert STRINGS["lists"]["clear"] in client.get("/claims?type=causal&hedged=false", headers={"Accept": BROWSER}).text


def test_a_phrase_that_stands_nowhere_leads_to_its_words(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "“displacement of millions”"}, headers={"Accept": BROWSER}).text
    assert 'href="/search?q=displacement%20of%20millions"' in page
    assert (
        STRINGS["search"]["unquoted"] not in client.get("/search?q=nothingofthiskind", headers={"Accept": BROWSER}).text
    )


def test_a_record_leads_to_its_corrections_and_to_how_it_may_be_disputed(client: httpx.Client) -> None:
    page = client.get("/claims/karabakh.c044", headers={"Accept": BROWSER}).text
    assert 'href="/corrections?record=karabakh.c044"' in page
    assert 'href="/about#dispute"' in page
    assert 'id="dispute"' in client.get("/about", headers={"Accept": BROWSER}).text


def test_an_obstacle_without_positions_says_so(client: httpx.Client) -> None:
    for obstacle in client.get("/v1/obstacles?document=karabakh").json()["data"]:
        positions = client.get(f"/v1/positions?obstacle={obstacle['id']}&limit=0").json()["meta"]["total"]
        page = unescape(client.get(f"/obstacles/{obstacle['id']}", headers={"Accept": BROWSER}).text)
        assert (STRINGS["obstacles"]["nobody"] in page) is (positions == 0)


def test_what_a_list_is_narrowed_by_are_chips_that_take_it_away(client: httpx.Client) -> None:
    narrowed = page(client, "/claims?mode=reported,quoted&hedged=false&topic.not=war&q=exodus&limit=5&sort=position")
    [chips] = re.findall(r'<ul class="chips".*?</ul>', narrowed, re.DOTALL)
    found = {words(text): unescape(path) for path, text in re.findall(r'<li><a href="(.*?)">(.*?)</a>', chips)}
    away = "× (take this filter away)"
    hedged, both, q, war = "hedged=false&", "&mode=quoted,reported", "&q=exodus", "&sort=position&topic.not=war"
    assert found == {
        f"Hedged: not left open {away}": f"/claims?limit=5{both}{q}{war}",
        f"In whose voice: in the speaker’s own words {away}": f"/claims?{hedged}limit=5&mode=reported{q}{war}",
        f"In whose voice: reported by the author {away}": f"/claims?{hedged}limit=5&mode=quoted{q}{war}",
        f"Search: exodus {away}": f"/claims?{hedged}limit=5{both}{war}",
        f"Topic is not: War {away}": f"/claims?{hedged}limit=5{both}{q}&sort=position",
        STRINGS["lists"]["clear"]: "/claims",
    }
    for path in found.values():
        assert client.get(path, headers={"Accept": BROWSER}).status_code == 200
    assert 'class="chips"' not in page(client, "/claims")
    one = page(client, "/events?actor=armenia")
    assert "About: Armenia" in words(one)
    assert STRINGS["lists"]["clear"] not in words(one)


def test_a_record_can_be_cited_in_a_sentence(client: httpx.Client) -> None:
    shown = words(page(client, "/claims/karabakh.c134"))
    item = client.get("/v1/claims/karabakh.c134/citation.csl.json").json()
    claim = client.get("/v1/claims/karabakh.c134").json()["data"]
    for part in (f"“{claim['source']['quote']}”", item["title"], item["page"], item["URL"], "SHA-256 of the text"):
        assert part in shown
    assert STRINGS["quotation"]["cite"] not in words(page(client, "/actors/armenia"))
