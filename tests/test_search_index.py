"""The text index by itself: what matches, in which order, counted how, and what becomes of a damaged one.

Its answers are compared with a plain reading of the same rows in Python, for every filter, sort key and facet.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine
from tantivy import Index as Tantivy

from api import search
from api.search import KINDS, Index, Question, building, store
from tests.benchmarks.search import noise
from tests.search_rows import Rows, engine, fill, random_rows, sourced

ALL = tuple(sorted(KINDS))
NEVER = "9999-12-31"


@pytest.fixture(scope="module")
def rows() -> Rows:
    return random_rows(7, size=120)


@pytest.fixture(scope="module")
def database(rows: Rows) -> Engine:
    made = engine()
    with made.begin() as connection:
        fill(connection, rows)
    return made


@pytest.fixture(scope="module")
def index(database: Engine) -> Index:
    with database.connect() as connection:
        return search.build_in_memory(connection)


@pytest.fixture(scope="module")
def small() -> Index:
    """A few claims whose words are known."""
    return said(
        "Armenia’s borders are guarded by Russia.",
        "The U.S. and 700,000 Armenians; a naïve O’Brien, don't.",
        "Nobody told us: İlham Əliyev was at the border.",
        "Peace treaty. The treaty of peace failed at 0.05 percent.",
        "Reparations, not reparation; a win-win.",
    )


def said(*statements: str) -> Index:
    claims = [
        {
            **{"id": f"d.c{n}", "document": "d", "section": "d.s", "ordinal": n, "statement": statement},
            **{"type": "factual", "mode": "asserted", "hedged": False, "has_quantity": False, **sourced("", n)},
        }
        for n, statement in enumerate(statements, start=1)
    ]
    section = {**{"id": "d.s", "document": "d", "ordinal": 1, "title": "", "title_origin": "editorial"}, "end": 1}
    made = engine()
    with made.begin() as connection:
        fill(connection, {"document": [{"id": "d", "label": ""}], "section": [section], "claim": claims})
        return search.build_in_memory(connection)


def found(index: Index, q: str, **more: Any) -> set[int]:
    answer = index.ask(Question(("claim",), q, **more))
    assert answer.total == len(answer.hits)
    return {hit.sequence for hit in answer.hits}


# words


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
    assert found(small, q) == claims


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
        ("peac", []),  # four letters
        ("70000", []),  # a number
        ("armen*", []),
        ("-armena", []),
        ('"armena"', []),
        ("quantum", []),
    ],
)
def test_forgiveness(small: Index, q: str, corrected: list[tuple[str, str]]) -> None:
    assert small.ask(Question(("claim",), q)).corrected == corrected


def test_the_commonest_of_near_words_is_meant() -> None:
    index = said("border", "bordel", "bordel", "corder corder corder")
    assert index.ask(Question(("claim",), "bordex")).corrected == [("bordex", "bordel")]


def test_more_and_rarer_words_rank_first() -> None:
    index = said("war war war war", "war and peace", "peace peace", "war enclave", "war", "war")
    order = [hit.sequence for hit in index.ask(Question(("claim",), "war enclave")).hits]
    assert order[0] == 4
    assert order[-2:] == [5, 6] or set(order[1:]) == {1, 2, 5, 6}


def test_neighbouring_words_rank_before_scattered_ones() -> None:
    index = said("treaty for a lasting peace", "a lasting peace treaty for", "loss of Karabakh", "Karabakh of loss")
    assert [hit.sequence for hit in index.ask(Question(("claim",), "peace treaty")).hits] == [2, 1]
    assert [hit.sequence for hit in index.ask(Question(("claim",), "loss of Karabakh")).hits] == [3, 4]


def test_words_that_are_never_apart_count_no_more_for_standing_together() -> None:
    """Put the other way round the same words are a pair that stands nowhere."""

    def best(index: Index, q: str) -> float:
        return index.ask(Question(("claim",), q)).hits[0].score or 0

    never_apart = said("The peace treaty failed.", "A peace treaty holds.", "Roads.", "Rails.", "Rivers.")
    assert best(never_apart, "peace treaty") == pytest.approx(best(never_apart, "treaty peace"))
    sometimes = said("The peace treaty failed.", "The treaty holds.", "Some peace.", "Rails.", "Rivers.")
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
@example("border* " * 900)
@example("語" * 2000 + "*")
def test_no_string_is_an_error(index: Index, q: str) -> None:
    answer = index.ask(Question(ALL, q, limit=5, facets=("kind", "actor")))
    assert sum(count for _, count in answer.facets["kind"]) == answer.total == index.count(Question(ALL, q))
    index.highlight(answer.terms, {"statement": q})
    index.suggest(q)


def test_highlights_are_ranges_of_code_points(small: Index) -> None:
    strings = {
        "statement": "😀 Armenia’s Borders — the armenians’ border\u00adline, U.S. 700,000",
        "names.0": "Naïve na\u0308ive NAIVE",
        "source.quote": "the peace treaty; treaty of Peace",
    }
    terms = small.ask(Question(("claim",), 'armena bord* u.s. 700,000 naive "peace treaty" the')).terms
    cut = [
        (each["field"], strings[each["field"]][each["start"] : each["end"]]) for each in small.highlight(terms, strings)
    ]
    assert cut == [
        *[("statement", word) for word in ("Armenia", "Borders", "border\u00adline", "U.S.", "700,000")],
        *[("names.0", word) for word in ("Naïve", "na\u0308ive", "NAIVE")],
        ("source.quote", "peace treaty"),
    ]


# filters, counts and order, against the rows


Model = Callable[[dict[str, Any]], set[str]]


@pytest.fixture(scope="module")
def values(rows: Rows) -> dict[str, dict[str, dict[int, set[str]]]]:
    """By kind and filter, the values that each record has, by sequence."""
    linked: dict[tuple[str, str], dict[int, set[str]]] = {}
    for owner in ("claim", "event", "obstacle"):
        for name in ("actor", "place", "topic"):
            of: dict[int, set[str]] = {}
            for link in rows.get(f"{owner}_{name}", []):
                of.setdefault(link[owner], set()).add(link[name])
            linked[owner, name] = of

    def value(kind: str, name: str, row: dict[str, Any]) -> set[str]:
        if kind in ("actor", "place") and name == "document":
            return {link["document"] for link in rows[f"{kind}_document"] if link[kind] == row["id"]}
        if kind == name or (kind, name) == ("section", "section"):
            return {row["id"]}
        if (kind, name) in linked and name not in row:
            return linked[kind, name].get(row["sequence"], set())
        if name == "claim":
            return {row["from_claim"], row["to_claim"]}
        said = row.get({"from": "from_claim", "to": "to_claim"}.get(name, name))
        return set() if said is None else {str(said).lower() if isinstance(said, bool) else str(said)}

    return {
        kind: {name: {row["sequence"]: value(kind, name, row) for row in rows[kind]} for name in of.filters}
        for kind, of in KINDS.items()
    }


CASES = [(kind, name) for kind, of in KINDS.items() for name in of.filters]


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda each: str(each))
def test_every_filter_and_facet(index: Index, values: Any, kind: str, name: str) -> None:
    has = values[kind][name]
    counts = Counter(value for of in has.values() for value in of)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    everything = Question((kind,), limit=1000, facets=(name,))
    assert index.ask(everything).facets[name] == ordered[:100]
    chosen = [value for value, _ in ordered[:1] + ordered[-1:]]
    for wanted in {tuple(dict.fromkeys(chosen)), tuple(chosen[:1]), ("nothing",)}:
        expected = sorted(sequence for sequence, of in has.items() if of & set(wanted))
        answer = index.ask(replace(everything, filters={name: wanted}))
        assert [hit.sequence for hit in answer.hits] == expected
        assert answer.total == index.count(Question((kind,), filters={name: wanted})) == len(expected)
        others = [pair for pair in ordered if pair[0] not in wanted][: 100 - len(wanted)]
        shown = others + [(value, counts[value]) for value in wanted]
        assert answer.facets[name] == sorted(shown, key=lambda pair: (-pair[1], pair[0]))


@settings(max_examples=100, deadline=None)
@given(chance=st.randoms(use_true_random=False), kind=st.sampled_from(["claim", "event", "relation"]))
def test_filters_together(index: Index, values: Any, rows: Rows, chance: Any, kind: str) -> None:
    names = chance.sample(KINDS[kind].filters, k=2)
    filters = {
        name: tuple(chance.sample(sorted({v for of in values[kind][name].values() for v in of}), k=1)) for name in names
    }
    low, high = sorted(chance.choices(range(1, len(rows[kind]) + 1), k=2))
    question = Question((kind,), filters=filters, limit=1000, sequence_range=(low, high), facets=tuple(names))
    answer = index.ask(question)

    def matching(left_out: str | None = None) -> list[int]:
        return [
            row["sequence"]
            for row in rows[kind]
            if low <= row["sequence"] <= high
            and all(values[kind][n][row["sequence"]] & set(v) for n, v in filters.items() if n != left_out)
        ]

    assert [hit.sequence for hit in answer.hits] == matching()
    for name in names:
        counts = Counter(value for sequence in matching(name) for value in values[kind][name][sequence])
        counts.update(dict.fromkeys(filters[name], 0))
        assert dict(answer.facets[name]) == dict(counts)


def test_facets_of_all_kinds_are_sums(index: Index, values: Any) -> None:
    for name in ("actor", "section", "document", "type"):
        counts = Counter(v for kind in KINDS for of in values[kind].get(name, {}).values() for v in of)
        assert dict(index.ask(Question(ALL, facets=(name,))).facets[name]) == counts
    answer = index.ask(Question(ALL, "border", filters={"kind": ("claim", "place")}, facets=("kind",)))
    assert answer.total == sum(count for kind, count in answer.facets["kind"] if kind in ("claim", "place"))
    assert dict(answer.facets["kind"])["section"] == index.count(Question(("section",), "border"))


def test_a_long_facet_is_cut_by_count_then_value() -> None:
    rows = random_rows(3, size=400)
    for n, claim in enumerate(rows["claim"]):
        claim["section"] = f"s{n % 150:03d}"
    made = engine()
    with made.begin() as connection:
        fill(connection, rows)
        index = search.build_in_memory(connection)
    counts = Counter(claim["section"] for claim in rows["claim"])
    expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:100]
    assert index.ask(Question(("claim",), facets=("section",))).facets["section"] == expected
    assert index.ask(Question(("claim",), "-quantum", facets=("section",))).facets["section"] == expected
    last = index.ask(Question(("claim",), "-quantum", filters={"section": ("s149",)}, facets=("section",))).facets[
        "section"
    ]
    assert last == [*expected[:99], ("s149", counts["s149"])]


SORTS = [(kind, key) for kind, of in KINDS.items() for key in of.orders]
COLUMNS = {"date": "earliest", "number": "number"}


@pytest.mark.parametrize(("kind", "key"), SORTS, ids=lambda each: str(each))
def test_every_sort_key_puts_nulls_last_and_ties_by_id(index: Index, rows: Rows, kind: str, key: str) -> None:
    column = COLUMNS.get(key, key)
    known = [row for row in rows[kind] if row.get(column) is not None]
    unknown = sorted(row["rank"] for row in rows[kind] if row.get(column) is None)
    for sign in ("", "-"):
        ties = sorted(known, key=lambda row: row["rank"])
        ties.sort(key=lambda row: row[column], reverse=sign == "-")
        hits = index.ask(Question((kind,), sort=f"{sign}{key}", limit=1000)).hits
        assert [hit.rank for hit in hits] == [row["rank"] for row in ties] + unknown


@pytest.mark.parametrize("match", ["possible", "certain"])
@pytest.mark.parametrize("date_from", [None, "1994-01-01", "2020-01-01"])
@pytest.mark.parametrize("date_to", [None, "1994-12-31", "2020-12-31", "2030-12-31"])
def test_dates(index: Index, rows: Rows, match: Any, date_from: str | None, date_to: str | None) -> None:
    def matches(event: dict[str, Any]) -> bool:
        earliest, latest = event["earliest"], event["latest"]
        if date_from is None and date_to is None:
            return True
        if earliest is None and latest is None:
            return False
        low, high = earliest or "", latest or NEVER
        if match == "possible":
            return low <= (date_to or NEVER) and high >= (date_from or "")
        return (date_from is None or (earliest is not None and low >= date_from)) and (
            date_to is None or (latest is not None and high <= date_to)
        )

    question = Question(("event",), date_from=date_from, date_to=date_to, date_match=match, limit=1000)
    answer = index.ask(question)
    assert [hit.sequence for hit in answer.hits] == [row["sequence"] for row in rows["event"] if matches(row)]
    assert index.count(question) == answer.total


def test_ids_and_windows(index: Index, rows: Rows) -> None:
    some = tuple(row["id"] for row in rows["claim"][3:9:2])
    assert index.count(Question(("claim",), filters={"id": some})) == 3
    window = index.ask(Question(("claim",), "-quantum", sort="sequence", sequence_range=(11, 20)))
    assert [hit.sequence for hit in window.hits] == list(range(11, 21))


# type-ahead


def test_suggestions_begin_as_the_question_does(index: Index) -> None:
    for q in ("a", "arm", "Border", "peace tr", "TUR"):
        given = index.suggest(q, 10)
        assert len(given) <= 10
        assert len({(each["kind"], each["id"], each["text"]) for each in given}) == len(given)
        for each in given:
            read = each["text"].lower().split()
            assert any(word.startswith(q.lower().split()[-1]) for word in read)
    assert {each["kind"] for each in index.suggest("b", 25, ("place", "event"))} <= {"place", "event"}
    assert index.suggest("", 10) == index.suggest("!", 10) == index.suggest("quantum", 10) == []
    assert any(each["kind"] is None and each["text"] == "border" for each in index.suggest("borde", 5))


# the directory


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_an_index_on_disk_answers_as_the_one_in_memory(index: Index, database: Engine, root: Path) -> None:
    with database.connect() as connection:
        directory = search.build(connection, root, "abc")
        assert directory is not None
        before = directory.stat().st_mtime_ns
        assert search.build(connection, root, "abc") == directory
    assert directory.stat().st_mtime_ns == before
    assert [path.name for path in root.iterdir()] == [directory.name]
    opened = search.open_index(root, "abc")
    for q in ("border treaty", "pea*", "-peace", "armena"):
        question = Question(ALL, q, facets=("kind", "actor"), limit=50)
        assert opened.ask(question) == index.ask(question)


def test_without_a_directory_the_index_lives_in_memory(database: Engine) -> None:
    with database.connect() as connection:
        assert search.build(connection, None, "abc") is None
        assert search.ensure(connection, None, "abc")[0].counts["claim"] == 120


def spoil(directory: Path) -> Iterator[None]:
    """Each way in which a directory may not be what was written; after each it is whole again."""
    copy = directory.with_name("copy")
    shutil.copytree(directory, copy)
    manifest = directory / "manifest.json"
    some = max((path for path in (directory / "claim").iterdir()), key=lambda path: path.stat().st_size)

    def flip() -> None:
        content = bytearray(some.read_bytes())
        content[len(content) // 2] ^= 1
        some.write_bytes(content)

    def foreign() -> None:
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"snapshot": "xyz"}))

    ways: list[Callable[[], object]] = [
        flip,
        foreign,
        lambda: some.write_bytes(some.read_bytes()[:-1]),
        some.unlink,
        lambda: shutil.rmtree(directory / "lexicon"),
        lambda: manifest.write_text("{"),
        lambda: manifest.write_text("[]"),
        lambda: manifest.write_text("{}"),
        lambda: manifest.write_bytes(b"\xff"),
    ]
    for way in ways:
        way()
        yield
        shutil.rmtree(directory)
        shutil.copytree(copy, directory)


def test_a_damaged_index_is_refused_and_built_anew(database: Engine, root: Path) -> None:
    with database.connect() as connection:
        with pytest.raises(search.IndexMissing, match="abc"):
            search.open_index(root, "abc")
        directory = search.build(connection, root, "abc")
        assert directory is not None
        for _ in spoil(directory):
            with pytest.raises(search.IndexDamaged, match=directory.name):
                search.open_index(root, "abc")
            assert search.ensure(connection, root, "abc")[0].count(Question(("claim",))) == 120
            search.open_index(root, "abc")


def test_one_builds_while_the_others_wait(database: Engine, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []

    def indexes(connection: Connection, root: Path, read: None) -> dict[str, Tantivy]:
        built.append(root)
        return building.indexes(connection, root, read)

    monkeypatch.setattr(store, "indexes", indexes)

    def open_one(_: int) -> int:
        with database.connect() as connection:
            return search.ensure(connection, root, "abc")[0].count(Question(("claim",)))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_one, range(4))) == [120] * 4
    assert len(built) == 1


def test_an_index_that_cannot_be_written_is_opened(
    database: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.connect() as connection:
        search.build(connection, root, "abc")
    monkeypatch.setattr("os.access", lambda *_: False)  # as on a file system mounted read-only
    before = sorted(path for path in root.rglob("*") if path.suffix == ".lock")
    for path in before:
        path.unlink()
    assert search.open_index(root, "abc").count(Question(("claim",), "border")) > 0
    assert not any(path.suffix == ".lock" for path in root.rglob("*"))


def test_where_nothing_can_be_written_the_index_lives_in_memory(database: Engine, root: Path) -> None:
    root.write_text("a file where the directory would be")
    with database.connect() as connection:
        assert search.ensure(connection, root, "abc")[0].count(Question(("claim",))) == 120
