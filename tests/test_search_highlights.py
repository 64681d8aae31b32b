"""Highlights: ranges of code points and UTF-16 code units, at most a hundred, at a cost linear in the text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.search import Index, Question, Terms
from api.search.highlight import MOST_RANGES, highlight
from api.search.words import stems, tokens
from tests.search_indexes import of_claims


@pytest.fixture(scope="module")
def small() -> Index:
    return of_claims("Armenia’s borders.", "The U.S. and 700,000; naïve.", "Peace treaty.")


def test_highlights_are_ranges_of_the_words_as_written(small: Index) -> None:
    strings = {
        "statement": "😀 Armenia’s Borders — the armenians’ border\u00adline, U.S. U. S. 700,000",
        "names.0": "Naïve na\u0308ive NAIVE",
        "source.quote": "the peace treaty; treaty of Peace",
    }
    terms = small.ask(Question(("claim",), 'armena bord* u.s. 700,000 naive "peace treaty" the')).terms
    highlights = small.highlight(terms, strings)
    assert [(each["field"], strings[each["field"]][each["start"] : each["end"]]) for each in highlights] == [
        *[("statement", word) for word in ("Armenia", "Borders", "border\u00adline", "U.S.", "U. S.", "700,000")],
        *[("names.0", word) for word in ("Naïve", "na\u0308ive", "NAIVE")],
        ("source.quote", "peace treaty"),
    ]
    for each in highlights:
        text = strings[each["field"]]
        units = [len(text[: each[end]].encode("utf-16-le")) // 2 for end in ("start", "end")]
        assert units == [each["utf16_start"], each["utf16_end"]]


def plainly(terms: Terms, text: str) -> list[tuple[int, int]]:
    """Every stem and phrase looked for at every token."""
    read = [(stem, start, end) for token, start, end in tokens(text) for stem in stems(token).split()]
    ranges = [
        (start, end) for stem, start, end in read if stem in terms.stems or stem.startswith(terms.prefixes or ("?",))
    ]
    for phrase in terms.phrases:
        ranges += [
            (read[place][1], read[place + len(phrase) - 1][2])
            for place in range(len(read) - len(phrase) + 1)
            if tuple(stem for stem, _, _ in read[place : place + len(phrase)]) == phrase
        ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged[:MOST_RANGES]


LETTERS = st.sampled_from(["a", "b", "c", "ab", "😀", "ca"])


@settings(max_examples=500, deadline=None)
@given(
    words=st.lists(LETTERS, max_size=150),
    single=st.frozensets(LETTERS, max_size=2),
    phrases=st.lists(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(tuple), max_size=4),
    prefixes=st.lists(st.sampled_from(["a", "c"]), max_size=1),
)
def test_one_pass_finds_what_a_plain_reading_finds(
    words: list[str], single: frozenset[str], phrases: list[tuple[str, ...]], prefixes: list[str]
) -> None:
    text = " ".join(words)
    terms = Terms(single, tuple(phrases), tuple(prefixes))
    highlights = highlight(terms, {"text": text})
    assert [(each["start"], each["end"]) for each in highlights] == (plainly(terms, text) if terms else [])
    for each in highlights:
        assert each["utf16_start"] == len(text[: each["start"]].encode("utf-16-le")) // 2
        assert each["utf16_end"] == len(text[: each["end"]].encode("utf-16-le")) // 2


def test_a_record_has_at_most_a_hundred_ranges() -> None:
    strings = {"one": "war " * 70, "two": "war " * 70, "three": "war"}
    highlights = highlight(Terms(frozenset({"war"})), strings)
    assert [each["field"] for each in highlights] == ["one"] * 70 + ["two"] * 30


def test_the_cost_is_linear_in_the_text() -> None:
    """Phrases that nearly match everywhere, characters of two code units, and a match at the end only."""
    phrases = tuple((*["a"] * length, "z") for length in range(2, 18))
    terms = Terms(frozenset({"end"}), phrases, ("zz",))

    def seconds(words: int) -> float:
        text = "a 😀 " * words + "end"
        begin = time.thread_time()
        assert len(highlight(terms, {"text": text})) == 1
        return time.thread_time() - begin

    seconds(1000)
    short, long = min(seconds(20_000) for _ in range(3)), min(seconds(80_000) for _ in range(3))
    assert long < short * 8
