"""The canonical text and the spans cut from it."""

import random
import re
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.search.mentions import bounded, mentions
from seed import anchor
from seed.anchor import Anchors, holds
from seed.dates import bounds
from seed.text import Utf16, canonical, paragraphs, sentences

ARTICLE = Path(__file__).parent.parent / "seed" / "karabakh" / "source.txt"


def test_the_article_is_what_the_contract_says() -> None:
    text = canonical(ARTICLE.read_bytes())
    blocks = paragraphs(text)
    assert (len(text), len(blocks)) == (15_126, 19)
    assert sha256(text.encode()).hexdigest().startswith("90a0bcb40d5f")
    found = list(sentences(text, blocks, "en"))
    assert len(found) == 107
    assert text[slice(*found[84])].startswith("1. External Guarantors and Intervention: Azerbaijan")
    assert any("The U.S., the European Union" in text[slice(*span)] for span in found)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\ufeffone".encode(), "one\n"),
        (b"one\r\ntwo\rthree\n", "one two three\n"),
        (b"one\n\n\n \ntwo\n", "one\n\ntwo\n"),
        (b"one\n two\n", "one\n\ntwo\n"),
        ("one\n\u00a0two\n".encode(), "one\n\ntwo\n"),
        (b"win-\nwin\n", "win-win\n"),
        (b"one  two \t\nthree", "one  two three\n"),
        ("e\u0301".encode(), "é\n"),
        ("“curly” … ﬁ".encode(), "“curly” … ﬁ\n"),
        (b" \n\t\n", ""),
        (b"", ""),
    ],
)
def test_lines_become_paragraphs(source: bytes, text: str) -> None:
    assert canonical(source) == text


def test_what_is_not_utf8_is_not_text() -> None:
    with pytest.raises(UnicodeDecodeError):
        canonical(b"caf\xe9")


@given(st.text())
def test_the_canonical_text_of_a_canonical_text_is_itself(source: str) -> None:
    text = canonical(source.encode("utf-8", "replace"))
    assert canonical(text.encode()) == text


@given(st.text(alphabet="aB. 1\n?!…😀’", max_size=200))
def test_sentences_leave_out_nothing_but_white_space(source: str) -> None:
    text = canonical(source.encode())
    if not text:
        return
    at = 0
    for start, end in sentences(text, paragraphs(text), "en"):
        assert start >= at
        assert not text[at:start].strip()
        assert text[start:end].strip() == text[start:end]
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("paragraph", "found"),
    [
        ("1. Roads: they are long. And wide.", ["1. Roads: they are long.", "And wide."]),
        ("It was 1994. 2. is a number.", ["It was 1994.", "2. is a number."]),
        ("It ends with a number 12.", ["It ends with a number 12."]),
        ("12.", ["12."]),
        ("The U.S. is far. Yes.", ["The U.S. is far.", "Yes."]),
        ("Five obstacles hinder it:", ["Five obstacles hinder it:"]),
    ],
)
def test_a_list_number_belongs_to_the_sentence_it_opens(paragraph: str, found: list[str]) -> None:
    assert [paragraph[slice(*span)] for span in sentences(paragraph, [(0, len(paragraph))], "en")] == found


@given(st.text(alphabet="a😀é€"))
def test_utf16_offsets_are_those_of_javascript(text: str) -> None:
    utf16 = Utf16(text)
    for offset in range(len(text) + 1):
        assert utf16(offset) == len(text[:offset].encode("utf-16-le")) // 2
    assert utf16.length == utf16(len(text))


@pytest.mark.parametrize(
    ("names", "spans"),
    [
        ({"ann": ["Ann"]}, [(0, 3, ["ann"]), (10, 13, ["ann"])]),
        ({"ann": ["Ann", "Ann Lee"]}, [(0, 3, ["ann"]), (10, 17, ["ann"])]),
        ({"ann": ["Ann"], "lee": ["Lee", "Ann Lee"]}, [(0, 3, ["ann"]), (10, 17, ["lee"])]),
        ({"one": ["Ann"], "other": ["Ann", "Ann"]}, [(0, 3, ["one", "other"]), (10, 13, ["one", "other"])]),
        ({"ann": ["Ann’s"]}, [(0, 5, ["ann"])]),
        ({"ann": ["and Ann"], "lee": ["Ann Lee"]}, [(6, 13, ["ann"])]),
        ({"ann": ["nn"]}, []),
        ({"ann": ["ann"]}, [(25, 28, ["ann"])]),
    ],
)
def test_mentions_are_whole_words_leftmost_then_longest(
    names: dict[str, list[str]], spans: list[tuple[int, int, list[str]]]
) -> None:
    assert list(mentions("Ann’s and Ann Lee. Anna, ann, Xann.", names)) == spans


@given(st.text(alphabet="ab c", max_size=40), st.lists(st.text(alphabet="ab ", min_size=1, max_size=4), max_size=5))
def test_mentions_agree_with_a_look_at_every_place(text: str, forms: list[str]) -> None:
    found, at = [], 0
    while at < len(text):
        here = [form for form in forms if text.startswith(form, at) and bounded(text, at, at + len(form))]
        end = at + max(map(len, here), default=0)
        found += [(at, end)] if here else []
        at = max(end, at + 1)
    assert [(start, end) for start, end, _ in mentions(text, {"x": forms})] == found


@pytest.mark.parametrize(
    ("words", "is_held"), [("may", False), ("dismay", True), (".", True), ("is", False), ("", True)]
)
def test_words_are_held_whole(words: str, is_held: bool) -> None:
    assert holds("a dismay.", words) is is_held


def test_a_large_text_is_searched_as_a_small_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(7)
    text = " ".join(source.choices(["a", "be", "cat", "dogs", "eel.", "fox,", "", "gnu.\n\nHen"], k=600)) + "\n"
    small = Anchors(text, [])
    monkeypatch.setattr(anchor, "LARGE", 0)
    monkeypatch.setattr(anchor, "PIECE", 100)
    large = Anchors(text, [])
    for _ in range(3000):
        start = source.randrange(len(text) - 1)
        quote = text[start : start + source.randint(1, 30)]
        quote = quote.replace("cat", "cow") if source.random() < 0.1 else quote
        found = small.find(quote)
        times = len(re.findall(f"(?={re.escape(quote)})", text))
        assert large.find(quote) == found
        assert isinstance(found, tuple) == (times == 1)
        if times > 1:
            assert f"occurs {times} times" in str(found)


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("1994", "1994-01-01", "1994-12-31"),
        ("1994-02", "1994-02-01", "1994-02-28"),
        ("1996-02", "1996-02-01", "1996-02-29"),
        ("1994-05-12", "1994-05-12", "1994-05-12"),
        ("1994-05-12T23:20:30Z", "1994-05-12", "1994-05-12"),
        ("1994~", "1994-01-01", "1994-12-31"),
        ("1994-05?", "1994-05-01", "1994-05-31"),
        ("1994%", "1994-01-01", "1994-12-31"),
        ("199X", "1990-01-01", "1999-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("1994-XX", "1994-01-01", "1994-12-31"),
        ("1994-02-XX", "1994-02-01", "1994-02-28"),
        ("1994-21", "1994-03-01", "1994-05-31"),
        ("1994-24", "1994-12-01", "1995-02-28"),
        ("1994/1996", "1994-01-01", "1996-12-31"),
        ("1991/..", "1991-01-01", None),
        ("../1991", None, "1991-12-31"),
        ("1991/", "1991-01-01", None),
        ("/1991", None, "1991-12-31"),
        ("1984?/2004-06~", "1984-01-01", "2004-06-30"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_a_date_has_the_days_that_bound_it(edtf: str, earliest: str | None, latest: str | None) -> None:
    assert bounds(edtf) == (earliest, latest)


@pytest.mark.parametrize(
    "edtf",
    ["", " 1994", "1994\n", "94", "1994-13", "1994-00", "1994-01-00", "1994-02-30", "1994-1", "000X", "-0044", "Y17000",
     "156X-12-25", "1994-25", "2004?-06", "[1667,1668]", "198X/199X", "1950S2", "/", "../..", "..", "unknown",
     "1996/1994", "1994-05-12T25:00:00", "１９９４"],
)  # fmt: skip
def test_what_is_no_date_of_level_0_or_1_is_refused(edtf: str) -> None:
    with pytest.raises(ValueError, match=r"is not|ends before|has neither"):
        bounds(edtf)
