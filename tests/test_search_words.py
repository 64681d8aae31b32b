"""Words of a question: what they match, how they are forgiven, ranked and completed."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.search import Index, Question, TooCostly
from tests.benchmarks.search import noise
from tests.search_indexes import ALL, indexed, matching, of_claims
from tests.search_rows import random_rows


@pytest.fixture(scope="module")
def index() -> Index:
    return indexed(random_rows(7, size=120))


@pytest.fixture(scope="module")
def small() -> Index:
    """A few claims whose words are known."""
    return of_claims(
        "Armenia’s borders are guarded by Russia.",
        "The U.S. and 700,000 Armenians; a naïve O’Brien, don't.",
        "Nobody told us: İlham Əliyev was at the border.",
        "Peace treaty. The treaty of peace failed at 0.05 percent.",
        "Reparations, not reparation; a win-win.",
    )


@pytest.mark.parametrize(
    ("q", "claims"),
    [
        *[(q, {1}) for q in ("Armenia", "armenia’s", "ARMENIA'S", "guard", "guarding", '"border are guarded"')],
        *[(q, {2}) for q in ("700,000", "700000", "naive", "NAI\u0308VE", "O'Brien", "brien", "Armenian")],
        *[(q, {2, 3}) for q in ("us", "US", "u.s.", "U.S", "U.S.’s")],
        *[(q, {3}) for q in ("Ilham Aliyev", "aliyev’s", "nobody")],
        *[(q, {1, 3}) for q in ("border", "borders", "the border", "bord*", "borde* xyz")],
        *[(q, {4}) for q in ('"treaty of peace"', '"peace treaty"', "0.05", "peace", '"TREATY OF"')],
        *[(q, {5}) for q in ("reparation", "repar*", "win-win", "-border -peace -naive")],
        *[(q, {1, 2, 3, 4}) for q in ("-reparations", "-win*", '-"win win"', "-win-win")],
        *[(q, {1}) for q in ("border -nobody", "bord* -nob*", 'border -"told us"', "Armenia -quantum")],
        ("a*", {2, 5}),  # one letter is a word
        *[(q, {2, 4}) for q in ("the -Russia -nobody", "peace O'Brien")],
        *[(q, set()) for q in ("", " ", "!?", "_", "-", '""', "*", "“”", '- -- "', "\x00", "quantum", "s", "t")],
        *[(q, set()) for q in ('"treaty peace"', '"borders russia"', "05", "000", "700")],
    ],
)
def test_words(small: Index, q: str, claims: set[int]) -> None:
    assert matching(small, q) == claims


@pytest.mark.parametrize(
    ("q", "corrected"),
    [
        ("armena", [("armena", "armenia")]),
        ("Rusia Trety", [("Rusia", "russia"), ("Trety", "treaty")]),
        ("borders", []),  # stands there
        ("reperations", [("reperations", "reparations")]),
        ("braeders", []),  # two edits
        ("treayt", [("treayt", "treaty")]),  # two neighbours changed places
        ("xrmenia", []),  # the first letter is kept
        ("peac", []),  # a stem of the texts
        ("repa", [("repa", "repa*")]),  # an unfinished last word
        ("repa nobody", []),  # it is not the last, and has four letters
        ("re pe", []),  # two letters
        ("armeni!", [("armeni", "armeni*")]),
        ("bordersx", [("bordersx", "borders")]),
        ("70000", []),  # a number
        ("armen*", []),
        ("-armena", []),
        ('"armena"', []),
        ("quantum", []),
    ],
)
def test_forgiveness(small: Index, q: str, corrected: list[tuple[str, str]]) -> None:
    assert small.ask(Question(("claim",), q)).corrected == corrected


@pytest.mark.parametrize(
    ("q", "claims", "corrected"),
    [
        ('"peace failure"', set(), []),  # alone it stays strict
        ('"peace failure" Armenia', {1, 4}, [('"peace failure"', "peace failure")]),
        ('Armenia "treaty peace"', {1, 4}, [('"treaty peace"', "treaty peace")]),
        ("Armenia «peace treaty»", {1, 4}, []),
        ('Armenia "peace trety"', {1, 4}, [('"peace trety"', "peace trety"), ("trety", "treaty")]),
        ('bord* "of the quantum"', {1, 3}, [('"of the quantum"', "of the quantum")]),
        ('-"peace failure" Armenia', {1}, []),
    ],
)
def test_a_phrase_that_occurs_nowhere_is_read_as_its_words(
    small: Index, q: str, claims: set[int], corrected: list[tuple[str, str]]
) -> None:
    assert matching(small, q) == claims
    assert small.ask(Question(("claim",), q)).corrected == corrected


@pytest.mark.parametrize(
    ("q", "parts"),
    [
        (" ".join(["word"] * 65), "65 words; at most 64"),
        (" ".join(["pre*"] * 17), "17 prefixes; at most 16"),
        (" ".join(['"a phrase"'] * 17), "17 phrases; at most 16"),
        (" ".join(['-"a phrase"'] * 17), "17 phrases; at most 16"),
        (f'"{"word " * 65}"', "65 words"),
    ],
)
def test_a_question_of_too_many_parts_is_refused(small: Index, q: str, parts: str) -> None:
    for ask in (small.ask, small.count):
        with pytest.raises(TooCostly, match=parts):
            ask(Question(("claim",), q))
    small.ask(Question(("claim",), " ".join(["word"] * 64)))


def test_a_prefix_ranks_as_one_word() -> None:
    """Not by its rarest form."""
    index = of_claims("a treaties", "a treaty treaty", *["one treaty"] * 6, *["something else"] * 9)
    assert index.ask(Question(("claim",), "trea*")).hits[0].sequence == 2


def test_the_commonest_of_near_words_is_meant() -> None:
    index = of_claims("border", "bordel", "bordel", "corder corder corder")
    assert index.ask(Question(("claim",), "bordex")).corrected == [("bordex", "bordel")]


def test_more_and_rarer_words_rank_first() -> None:
    index = of_claims("war war war war", "war and peace", "peace peace", "war enclave", "war", "war")
    order = [hit.sequence for hit in index.ask(Question(("claim",), "war enclave")).hits]
    assert order[0] == 4
    assert order[-2:] == [5, 6] or set(order[1:]) == {1, 2, 5, 6}


def test_neighbouring_words_rank_before_scattered_ones() -> None:
    index = of_claims(
        "treaty for a lasting peace", "a lasting peace treaty for", "loss of Karabakh", "Karabakh of loss"
    )
    assert [hit.sequence for hit in index.ask(Question(("claim",), "peace treaty")).hits] == [2, 1]
    assert [hit.sequence for hit in index.ask(Question(("claim",), "loss of Karabakh")).hits] == [3, 4]


def test_words_that_are_never_apart_count_no_more_for_standing_together() -> None:
    """Put the other way round the same words are a pair that stands nowhere."""

    def best(index: Index, q: str) -> float:
        return index.ask(Question(("claim",), q)).hits[0].score or 0

    never_apart = of_claims("The peace treaty failed.", "A peace treaty holds.", "Roads.", "Rails.", "Rivers.")
    assert best(never_apart, "peace treaty") == pytest.approx(best(never_apart, "treaty peace"))
    sometimes = of_claims("The peace treaty failed.", "The treaty holds.", "Some peace.", "Rails.", "Rivers.")
    assert best(sometimes, "peace treaty") > best(sometimes, "treaty peace") * 1.05


def test_claims_are_scored_among_all_kinds_as_they_are_alone(small: Index) -> None:
    for q in ("border treaty", "peace", "Armenians and Russia at the border"):
        among = [hit for hit in small.ask(Question(ALL, q)).hits if hit.kind == "claim"]
        assert among == small.ask(Question(("claim",), q)).hits


def test_equal_scores_are_in_order_of_id(index: Index) -> None:
    for q in ("-quantum", "border", "treaty peace bord*"):
        hits = index.ask(Question(ALL, q, limit=1000)).hits
        assert hits == sorted(hits, key=lambda hit: (-(hit.score or 0), hit.rank))
        assert len({hit.rank for hit in hits}) == len(hits)
        walked = [
            hit for offset in range(0, len(hits), 7) for hit in index.ask(Question(ALL, q, limit=7, offset=offset)).hits
        ]
        assert walked == hits


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.randoms(use_true_random=False).map(lambda chance: noise(chance, ("border", "U.S.’s")))))
@example("\ud800")
@example('"' * 50)
@example("border* " * 16)
@example("語" * 2000 + "*")
def test_no_string_is_an_error(index: Index, q: str) -> None:
    index.suggest(q)
    try:
        index.count(Question(ALL, q))
    except TooCostly:
        return
    answer = index.ask(Question(ALL, q, limit=5, facets=("kind", "actor")))
    assert sum(count for _, count in answer.facets["kind"]) == answer.total == index.count(Question(ALL, q))
    index.highlight(answer.terms, {"statement": q})


# type-ahead


def test_suggestions_begin_as_the_question_does(index: Index) -> None:
    for q in ("a", "arm", "Border", "peace tr", "TUR"):
        suggestions = index.suggest(q, 10)
        assert 0 < len(suggestions) <= 10
        assert len({(each["kind"], each["id"], each["text"]) for each in suggestions}) == len(suggestions)
        for each in suggestions:
            words = each["text"].lower().split()
            assert any(word.startswith(q.lower().split()[-1]) for word in words)
    assert {each["kind"] for each in index.suggest("b", 25, ("place", "event"))} <= {"place", "event"}
    assert index.suggest("", 10) == index.suggest("!", 10) == index.suggest("quantum", 10) == []
    assert any(each["kind"] is None and each["text"] == "border" for each in index.suggest("borde", 5))


def plain(index: Index, q: str, **more: Any) -> list[tuple[str, int]]:
    return [(each["text"], each["count"]) for each in index.suggest(q, 10, **more) if each["kind"] is None]


def test_after_other_words_suggestions_are_words_of_records_that_hold_all_the_others(small: Index) -> None:
    assert plain(small, "peace tr") == [("peace treaty", 1)]
    assert plain(small, "Armenia’s borders gu") == [("Armenia’s borders guarded", 1)]
    assert plain(small, "treaty nob") == plain(small, "quantum bor") == []
    assert plain(small, "border ") == [("border", 1), ("borders", 1)]


def test_suggestions_of_some_documents(index: Index) -> None:
    for q in ("bor", "peace bor"):
        everywhere, some = dict(plain(index, q)), dict(plain(index, q, documents=("da",)))
        assert some.keys() <= everywhere.keys()
        assert all(0 < count < everywhere[word] for word, count in some.items())
    assert all(
        each["id"].startswith("da") for each in index.suggest("a", 10, ("section", "event"), ("da",)) if each["id"]
    )
    assert index.suggest("bor", 10, documents=("nothing",)) == []
