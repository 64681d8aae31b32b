"""Quotations found among many documents: all that a plain reading of the texts finds, however they were pasted."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from api.records import resolution
from tests.in_process import in_process
from tests.postgres import postgres
from tests.server import Server, filled, loaded

MADE = 80
DRAWN = settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = re.split(
    r"\s+",
    "the of and to in a is for with on not be it's U.S. e.g. 700,000 1994 trade minister peace Trade Armenia Armenian "
    "Armenia’s O’Brien win-win re-port war – peace — “so-called” «тихо» café naïve Straße İlham Əliyev ışık և Հայաստան "
    "ΣΊΣΥΦΟΣ Σίσυφος 𝔄stral 😀 snake_case q̇ क्षेत्र (see) [sic] wait... what… end. No, so;",
)
FILLING = " ".join(f"word{number} thing{number % 13} runs over hill{number}." for number in range(1500))
ENDLESS = "".join(Random(7).choices("acgt", k=20_000))


def made() -> dict[str, str]:
    """Texts of which most hold nearly the same words, and in which some words are rare or without end."""
    random = Random(1)
    texts = {}
    for number in range(MADE):
        paragraphs = [" ".join(random.choices(WORDS, k=random.randint(3, 60))) for _ in range(random.randint(1, 6))]
        texts[f"d{number:02}"] = "\n\n".join([f"Text {number}.", *paragraphs]) + "\n"
    texts["long"] = (
        f"Begins. {FILLING} At last the tsar of sugar for salt resigned. {FILLING}\n\nThe  end\tof\u00a0it.\n"
    )
    texts["odd"] = f"Odd {ENDLESS} a{'-' * 300}b {'e' * 3000} . . . . x ((((( [[[ \\d+.*$ {'no ' * 400}\n"
    texts["marks"] = (
        "He said “Never again” and left. Never again, they wrote. NEVER AGAIN is a book - on war – and peace.\n\n"
        "One issue is Armenia. Karabakh is Armenia. Karabakh is an issue for Armenians; Karabakh is not Armenia.\n\n"
        "Alpha, beta,\n\ngamma; the well-being of all...\n"
    )
    return texts


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("quotations")
    for id, text in made().items():
        folder = root / id
        folder.mkdir()
        (folder / "source.txt").write_text(text, encoding="utf-8")
        (folder / "document.yaml").write_text(
            f"id: {id}\nlabel: {id}\nlanguage: en\n"
            f"source: {{file: source.txt, sha256: {sha256(text.encode()).hexdigest()}}}\n"
            f"topics: [{{id: one, label: One, definition: One.}}]\n",
            encoding="utf-8",
        )
    return sorted(root.iterdir())


@pytest.fixture(scope="module")
def sqlite_env(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return loaded(tmp_path_factory.mktemp("sqlite"), *packages)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(
    request: pytest.FixtureRequest, packages: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    if request.param == "sqlite":
        with Server(request.getfixturevalue("sqlite_env") | {"SIC_ACCESS_LOG": "off"}) as server:
            yield server.client
        return
    with postgres() as database:
        env = {"SIC_DATABASE_URL": database.url(), "SIC_INDEX_DIR": str(tmp_path_factory.mktemp("index"))}
        with Server(filled(env, *packages) | {"SIC_ACCESS_LOG": "off"}) as server:
            yield server.client


@pytest.fixture(scope="module")
def texts(asked: httpx.Client) -> dict[str, str]:
    return {id: asked.get(f"/v1/documents/{id}/text").content.decode() for id in sorted(made())}


def resolved(client: httpx.Client, quote: str) -> dict[str, Any]:
    answer = client.get("/v1/resolve", params={"quote": quote})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def spans(found: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(span["document"], span["start"], span["end"]) for span in found["data"]["spans"]]


def places(quote: str, texts: dict[str, str], whole: bool) -> list[tuple[str, int, int]]:
    """Where a plain reading finds it; as whole words, or anywhere."""
    found = []
    for id, text in texts.items():
        for start in (match.start() for match in re.finditer(f"(?={re.escape(quote)})", text)):
            end = start + len(quote)
            into = start and text[start - 1].isalnum() and quote[0].isalnum()
            beyond = text[end : end + 1].isalnum() and quote[-1].isalnum()
            if not whole or not (into or beyond):
                found.append((id, start, end))
    return found


@given(data=st.data())
@DRAWN
def test_whatever_is_cut_out_of_a_text_is_found_exactly_wherever_it_stands(
    asked: httpx.Client, texts: dict[str, str], data: st.DataObject
) -> None:
    text = texts[data.draw(st.sampled_from(sorted(texts)))]
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : start + data.draw(st.integers(1, 12) | st.integers(1, 800))]
    assume(quote.strip())
    found = resolved(asked, quote)
    expected = places(quote, texts, whole=True) or places(quote, texts, whole=False)
    assert found["data"]["match"] == "exact"
    assert found["meta"]["total"] == len(expected)
    assert spans(found) == expected[:25]
    assert not any(span["differs"] for span in found["data"]["spans"])


CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "upper case": ("case", str.upper),
    "title case": ("case", str.title),
    "folded case": ("case", str.casefold),
    "straight marks": ("quotation marks", lambda quote: quote.translate(dict.fromkeys(map(ord, "’‘"), "'"))),
    "other marks": ("quotation marks", lambda quote: quote.translate({**dict.fromkeys(map(ord, "“”«»"), '"')})),
    "other dashes": ("dashes", lambda quote: quote.translate(dict.fromkeys(map(ord, "–—-"), "‐"))),
    "broken lines": ("white space", lambda quote: quote.replace(" ", "\n")),
    "doubled spaces": ("white space", lambda quote: quote.replace(" ", "  ")),
    "no-break spaces": ("white space", lambda quote: quote.replace(" ", "\u00a0")),
    "lines broken after dashes": ("white space", lambda quote: quote.replace("-", "-\n")),
    "a line's end": ("white space", lambda quote: quote + "\r\n"),
    "an indent": ("white space", lambda quote: "\t" + quote),
    "marks around it": ("marks around it", lambda quote: f"“{quote}”"),
    "decomposed letters": ("Unicode normalisation", lambda quote: unicodedata.normalize("NFD", quote)),
}


@given(data=st.data())
@DRAWN
def test_what_is_copied_with_changes_is_found_and_each_change_is_told(
    asked: httpx.Client, texts: dict[str, str], data: st.DataObject
) -> None:
    id = data.draw(st.sampled_from([id for id in sorted(texts) if id != "odd"]))
    text = texts[id]
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : start + data.draw(st.integers(1, 200))].strip()
    assume(any(char.isalnum() for char in quote))
    # Marks at its ends may be taken for marks around it, and its own ellipses for words left out.
    assume(quote[0].isalnum() and quote[-1].isalnum() and "..." not in quote and "…" not in quote)
    changes = data.draw(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3, unique=True))
    pasted, expected = quote, set()
    for change in changes:
        name, made = CHANGES[change]
        pasted, before = made(pasted), pasted
        expected |= {name} if pasted != before else set()
    if not unicodedata.is_normalized("NFC", pasted):  # so it is with some letters whose case was changed twice
        expected |= {"Unicode normalisation"}
    found = resolved(asked, pasted)
    assert found["data"]["match"] != "none"
    assume(found["data"]["match"] == "normalised")  # else what was changed is found as it is elsewhere
    if found["meta"]["total"] <= 25:
        differs = {
            (span["document"], span["text"]): set(span["differs"])
            for span in found["data"]["spans"]
            if span["document"] == id
        }
        told = differs.get((id, quote))
        assert told is not None or places(quote, {id: text}, whole=True) == []
        if told is not None:
            assert told <= expected
            assert told or not expected
    for span in found["data"]["spans"]:
        assert texts[span["document"]][span["start"] : span["end"]] == span["text"]


@given(data=st.data())
@DRAWN
def test_a_quotation_with_words_left_out_is_found_over_the_shortest_stretch(
    asked: httpx.Client, texts: dict[str, str], data: st.DataObject
) -> None:
    text = texts[data.draw(st.sampled_from([id for id in sorted(texts) if id.startswith("d")]))]
    words = [word for word in text.split() if word.isalnum()]
    at = sorted(data.draw(st.lists(st.integers(0, len(words) - 1), min_size=2, max_size=5, unique=True)))
    ellipsis = data.draw(st.sampled_from([" … ", "...", " [...] ", "…", " . . . ", " (…) "]))
    quote = ellipsis.join(words[each] for each in at)
    found = resolved(asked, quote)["data"]
    assert found["match"] == "normalised"
    for span in found["spans"]:
        assert span["text"].casefold().startswith(words[at[0]].casefold())
        assert span["text"].casefold().endswith(words[at[-1]].casefold())
        assert set(span["differs"]) & {"words left out", "ellipsis"}
    for before, after in pairwise(found["spans"]):
        if before["document"] == after["document"]:
            assert (before["start"], before["end"]) < (after["start"], after["end"])
            assert before["start"] < after["start"]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Karabakh is Armenia\n", [("Karabakh is Armenia", ["white space"])]),
        ("\tKarabakh is Armenia", [("Karabakh is Armenia", ["white space"])]),
        ("  Karabakh is Armenia  ", [("Karabakh is Armenia", ["white space"])]),
        ("\u00a0Karabakh is Armenia", [("Karabakh is Armenia", ["white space"])]),
        ("KARABAKH  is “armenia”", []),
        ("“KARABAKH  is armenia”", [("Karabakh is Armenia", ["white space", "case", "marks around it"])]),
        (
            "KARABAKH … armenia",
            [
                ("Karabakh is Armenia", ["case", "words left out"]),
                ("Karabakh is not Armenia", ["case", "words left out"]),
            ],
        ),
        (
            "Karabakh is … Armenia",
            [("Karabakh is Armenia", ["ellipsis"]), ("Karabakh is not Armenia", ["words left out"])],
        ),
        ("alpha … Gamma", [("Alpha, beta,\n\ngamma", ["case", "words left out"])]),
        ("alpha, beta, gamma", [("Alpha, beta,\n\ngamma", ["white space", "case"])]),
        ('"never Again"', [("“Never again”", ["quotation marks", "case"])]),
        ("… Never again", [(text, ["marks around it"]) for text in ("Never again", "Never again")]),
        ("on war — and", [("on war – and", ["dashes"])]),
        ("the tsar of sugar … for salt", [("the tsar of sugar for salt", ["ellipsis"])]),
        ("tsar … salt", [("tsar of sugar for salt", ["words left out"])]),
    ],
)
def test_each_difference_of_each_place_is_told(
    asked: httpx.Client, quote: str, expected: list[tuple[str, list[str]]]
) -> None:
    found = resolved(asked, quote)
    told = [(span["text"], span["differs"]) for span in found["data"]["spans"]]
    for each in expected:
        assert each in told
    if expected:
        assert {span["document"] for span in found["data"]["spans"]} <= {"marks", "long"} or "…" in quote
    assert found["meta"]["total"] >= len(expected)


def test_a_part_of_an_elided_quotation_is_whole_words(asked: httpx.Client) -> None:
    told = [span["text"] for span in resolved(asked, "Karabakh is … Armenia")["data"]["spans"]]
    assert "Karabakh is an issue for Armenia" not in told
    assert all(text.endswith("Armenia") for text in told)
    assert resolved(asked, "tsa … sal")["data"]["match"] == "none"
    assert resolved(asked, "sar … sal")["data"]["spans"][0]["text"] == "sar of sugar for sal"


def test_words_are_preferred_to_pieces_of_words(asked: httpx.Client) -> None:
    assert resolved(asked, "tsar")["meta"]["total"] == 1
    assert {span["text"] for span in resolved(asked, "NEVER AGAIN")["data"]["spans"]} == {"NEVER AGAIN"}
    for quote in ("eve", "SUGA", "ugar for sal", "ar of sug"):
        assert resolved(asked, quote)["data"]["match"] != "none", quote


def test_words_that_stand_in_every_text_are_counted_to_the_last(asked: httpx.Client, texts: dict[str, str]) -> None:
    for quote in ("the", "of the", ".", "e", "a"):
        found = resolved(asked, quote)
        expected = places(quote, texts, whole=True) or places(quote, texts, whole=False)
        assert len(found["data"]["spans"]) == min(25, len(expected))
        assert found["meta"]["total"] == len(expected)


@pytest.mark.parametrize(
    "quote",
    [
        "tsar of salt",
        "sugar salt",
        "for sugar",
        "tsars of sugar",
        "tsar, of sugar",
        "no-one",
        "The end of  the",
        "‽",
    ],
)
def test_what_stands_in_no_text_is_not_found(asked: httpx.Client, quote: str) -> None:
    found = resolved(asked, quote)
    assert (found["data"]["match"], found["data"]["spans"], found["meta"]["total"]) == ("none", [], 0)


def test_more_ellipses_than_are_taken_are_refused_unless_the_text_has_them(asked: httpx.Client) -> None:
    assert resolved(asked, " … ".join(["the"] * 16))["data"]["match"] in ("normalised", "none")
    refusal = asked.get("/v1/resolve", params={"quote": " … ".join(["the"] * 17)})
    [error] = refusal.json()["errors"]
    assert (refusal.status_code, refusal.json()["type"].rpartition("/")[2]) == (422, "too-costly")
    assert (error["parameter"], error["detail"]) == ("quote", "quote: 16 ellipses are more than 15; quote less of it")


HOSTILE = (
    *("e…" * 800 + "zq7", "e..." * 200 + "zq7", "no…" * 15 + "zq7", "e" * 3999 + "f", "f" + "e" * 3999, "e" * 3001),
    *(
        "acgt" * 1000,
        "the " * 999 + "x",
        "no " * 999 + "x",
        "a" + "-" * 1200 + "b",
        "- " * 1900 + "b",
        "a" + " " * 2500,
    ),
    *(". " * 1900 + "x", "[" * 2600, "[ …" * 200, "(.*)+$" * 400, "\\d+" * 600, "'" * 3000 + "a", "\u0301" * 600),
    *("no no no … " * 15 + "yes", " ".join("abcdefghij" * 190), "ΐ" * 500, "a" + "\u0323" * 1200),
)


@pytest.mark.parametrize("quote", HOSTILE, ids=range(len(HOSTILE)))
def test_no_quotation_is_costly(asked: httpx.Client, quote: str) -> None:
    answer = asked.get("/v1/resolve", params={"quote": quote})
    assert answer.status_code in (200, 414, 422)
    assert answer.elapsed.total_seconds() < 1, answer.elapsed


def test_what_is_not_looked_through_is_told(sqlite_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with in_process(sqlite_env, answer_cache_bytes=0) as asked:
        whole = asked.get("/v1/resolve?quote=the").json()
        assert whole["meta"]["total"] > 25
        monkeypatch.setattr(resolution, "LOOKED_THROUGH", 60_000)
        part = asked.get("/v1/resolve?quote=the").json()
        assert part["data"] == whole["data"]
        assert part["meta"]["total"] is None
        refusal = asked.get("/v1/resolve?quote=,,,,")
        assert refusal.status_code == 422
        assert "are in 83 documents, more than are looked through; quote more of it" in refusal.json()["detail"]
        rare = asked.get("/v1/resolve?quote=tsar+of+sugar").json()
        assert (rare["data"]["match"], rare["meta"]["total"]) == ("exact", 1)
