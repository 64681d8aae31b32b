# ruff: noqa: E501 (a case is a line)
"""Every refusal: what is wrong, where, and what would be right. Nothing is loaded and nothing else is said."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from seed.faults import Refused
from seed.load import Checked, Steps, check, load, store
from tests.databases import published
from tests.packages import FILES, SOURCE, package


class Case(NamedTuple):
    """A package with something wrong, and the faults it has, as file, line and words of the message."""

    name: str
    changes: list[tuple[str, str, str]]
    faults: list[tuple[str, int, str]]
    files: Mapping[str, str | bytes | None] = MappingProxyType({})
    source: bytes = SOURCE.encode()


def one(name: str, file: str, old: str, new: str, line: int, message: str, **more: Any) -> Case:
    return Case(name, [(file, old, new)], [(file, line, message)], **more)


def quantity(name: str, new: str, message: str) -> Case:
    return one(name, "claims.yaml", "value: 20, approximate: true", new, 16, message)


def date(name: str, new: str, message: str) -> Case:
    return one(name, "events.yaml", "edtf: 1994", f"edtf: {new}", 8, message)


CASES = [
    # quotes
    one("a quote that is not in the text", "claims.yaml", "quote: It may rain", "quote: It will rain", 18, "is not in the text"),
    one("a quote with a straight apostrophe", "claims.yaml", "It may rain\n", "IT MAY rain\n", 18, "upper and lower case"),
    one("a quote with two spaces", "claims.yaml", "quote: It may rain", 'quote: "It  may rain"', 18, "in white space"),
    one("a quote that occurs twice", "claims.yaml", "quote: Alpha refuses", "quote: Alpha", 23, "occurs 3 times; add `prefix`"),
    one(
        "a prefix that does not adjoin",
        "claims.yaml",
        "quote: Alpha refuses",
        "quote: Alpha\n  prefix: wants roads.",
        23,
        "does not stand between",
    ),
    one("a mention that is not in the text", "events.yaml", "says Gamma", "says Delta", 7, "“says Delta” is not in the text"),
    one("a position quoted from elsewhere", "obstacles.yaml", "quote: Alpha refuses", "quote: Alpha lives", 14, "is outside the paragraph of base.o1"),
    one("a relation that quotes nothing in the text", "relations.yaml", "quote: says", "quote: therefore", 11, "“therefore” is not in the text"),
    one("a reason for words that are not there", "document.yaml", "quote: The end came late,", "quote: The end came soon,", 15, "is not in the text"),
    # ids
    one("an id with capitals", "claims.yaml", "id: base.c3", "id: base.C3", 17, "'base.C3' is not well formed; it begins with a-z"),
    one("an id of another document", "claims.yaml", "id: base.c3", "id: other.c3", 17, "claim id other.c3 does not begin with its document's; write base.…"),
    one("an id that is only the prefix", "relations.yaml", "id: base.r1", "id: base.", 1, "does not begin with its document's"),
    one("an id that is too long", "claims.yaml", "id: base.c4", f"id: base.{'c' * 64}", 22, "is not well formed"),
    one("a claim id given twice", "claims.yaml", "id: base.c4", "id: base.c3", 22, "claim id base.c3 is already taken on line 17"),
    one("an event id given twice", "events.yaml", "- id: base.e1", FILES["events.yaml"] + "- id: base.e1", 13, "already taken on line 1"),
    one("a position id given twice", "obstacles.yaml", "base.o1-alpha", "base.o1-gamma", 11, "already taken on line 7"),
    one("a section id given twice", "document.yaml", "id: base.s4", "id: base.s3", 13, "section id base.s3 is already taken on line 12"),
    one("an actor id given twice", "actors.yaml", "- id: gamma", "- {id: alpha, name: A, category: group, names: [Alpha]}\n- id: gamma", 5, "actor id alpha is already taken"),
    one("a place id given twice", "places.yaml", "- id", FILES["places.yaml"] + "- id", 5, "place id beta-town is already taken"),
    one("a topic stated twice", "document.yaml", "id: roads", "id: home", 8, "topic home is stated twice"),
    one("an actor called author", "actors.yaml", "id: gamma", "id: author", 5, "`id` is author, a word that filters use"),
    one("a document id with a dot", "document.yaml", "id: base\n", "id: base.x\n", 1, "'base.x' is not well formed; it begins with a-z or 0-9 and goes on with up to 47 of a-z 0-9 _ -"),
    one("a document id that is too long", "document.yaml", "id: base\n", f"id: {'b' * 49}\n", 1, "is not well formed; it begins with a-z or 0-9 and goes on with up to 47"),
    one("a place called none", "places.yaml", "id: beta-town", "id: none", 1, "`id` is none, a word that filters use"),
    one("a topic called none", "document.yaml", "id: home", "id: none", 7, "`topics.0.id` is none, a word that filters use"),
    # references
    one("an unknown actor", "claims.yaml", "actors: [alpha]\n  places", "actors: [alfa]\n  places", 5, "there is no actor alfa in this package; did you mean alpha?"),
    one("an actor listed twice", "events.yaml", "[alpha, gamma]", "[alpha, alpha]", 9, "actor alpha is listed twice"),
    one("an unknown place", "claims.yaml", "[beta-town]", "[gamma]", 6, "there is no place gamma in this package; known are beta-town"),
    one("an unknown topic", "claims.yaml", "[home]", "[homes]", 7, "there is no topic homes in this package; did you mean home?"),
    one("an unknown speaker", "claims.yaml", "speaker: gamma", "speaker: gama", 13, "there is no actor gama in this package; did you mean gamma?"),
    one("an unknown owner of an actor", "actors.yaml", "of: alpha", "of: beta", 8, "there is no actor beta"),
    one("an actor that belongs to itself", "actors.yaml", "of: alpha", "of: gamma", 8, "actor gamma belongs to itself"),
    one("an unknown actor of a position", "obstacles.yaml", "actor: alpha", "actor: delta", 12, "there is no actor delta"),
    one("an unknown claim in a relation", "relations.yaml", "from: base.c2", "from: base.c9", 7, "there is no claim base.c9 in this package; did you mean base.c"),
    one("a relation from a claim to itself", "relations.yaml", "from: base.c2", "from: base.c1", 6, "goes from base.c1 to itself"),
    one("an event without claims", "events.yaml", "  claims: [base.c2]\n", "", 1, "lacks `claims`; name the claims"),
    one("an unknown claim of an event", "events.yaml", "[base.c2]", "[base.c22]", 11, "there is no claim base.c22 in this package; did you mean base.c2?"),
    one("a claim of an event from elsewhere", "events.yaml", "[base.c2]", "[base.c2, base.c3]", 11, "claim base.c3 does not overlap the event's quote or a mention"),
    one("an unknown speaker of an event", "events.yaml", "[gamma, null]", "[gama]", 12, "there is no actor gama in this package; did you mean gamma?"),
    one("a speaker listed twice", "events.yaml", "[gamma, null]", "[gamma, gamma]", 12, "speaker gamma is listed twice"),
    one("nobody before somebody", "events.yaml", "[gamma, null]", "[null, author]", 12, "a null speaker is not last"),
    one("no speakers", "events.yaml", "[gamma, null]", "[]", 12, "`speakers` is empty"),
    one("a correction of another document's record", "corrections.yaml", "id: base.c2", "id: other.c2", 4, "claim id other.c2 does not begin with its document's"),
    one("a correction of another document", "corrections.yaml", "{kind: place}", "{kind: document, id: other}", 6, "document other is not this package's; write base"),
    one("a range without an end", "corrections.yaml", ", to: base.e3", "", 5, "`records.1` names neither one record nor a range"),
    one("a range of two kinds of id", "corrections.yaml", "to: base.e3", "to: base.x3", 5, "base.e1 to base.x3 is no range"),
    one("a range backwards", "corrections.yaml", "from: base.e1, to: base.e3", "from: base.e3, to: base.e1", 5, "base.e3 to base.e1 is no range"),
    one("a range without end", "corrections.yaml", "from: base.e1, to: base.e3", "from: base.e00000000, to: base.e99999999", 5, "is no range"),
    one("a correction of nothing", "corrections.yaml", "  records:\n    - {kind: claim, id: base.c2}\n    - {kind: event, from: base.e1, to: base.e3}\n    - {kind: place}\n", "  records: []\n", 3, "`records` is empty"),
    one("a correction on no day", "corrections.yaml", "date: 2026-11-25", "date: 2026-11-31", 2, "`date` '2026-11-31' is not a day of the calendar"),
    one("a correction in a year", "corrections.yaml", "date: 2026-11-25", "date: 2026", 2, "`date` '2026' is not a day; write e.g."),
    # origin
    one("a title that the text does not state", "document.yaml", "note: Made up.", "title: A Small Text", 5, "`title`: “A Small Text” does not stand in the text; what an editor knows goes into `provenance`"),
    one("an author that the text does not state", "document.yaml", "note: Made up.", "author: Delta", 5, "`author`: “Delta” does not stand in the text"),
    one("rights that the text does not state", "document.yaml", "note: Made up.", "rights: All", 5, "`rights`: “All” does not stand in the text"),
    one("a section title that the text does not state", "document.yaml", "title: Roads, title_origin: source", "title: Paths, title_origin: source", 12, "`title`: “Paths” does not stand in the text"),
    # vocabularies
    one("an unknown type of claim", "claims.yaml", "type: predictive", "type: predicative", 20, "'predicative' is none of factual, causal, evaluative, predictive, purposive, prescriptive; did you mean predictive?"),
    one("an unknown mode", "claims.yaml", "mode: reported", "mode: told", 12, "is none of asserted, reported, quoted"),
    one("an unknown category of event", "events.yaml", "category: relations", "category: meeting", 3, "is none of war, ceasefire"),
    one("an unknown status", "events.yaml", "status: occurred", "status: done", 4, "is none of occurred, ongoing"),
    one("an unknown category of actor", "actors.yaml", "category: person\n  of", "category: human\n  of", 7, "is none of state, person"),
    one("an unknown category of place", "places.yaml", "settlement", "town", 3, "is none of state, region, settlement, feature"),
    one("an unknown type of relation", "relations.yaml", "type: qualifies", "type: limits", 4, "is none of supports, contradicts"),
    one("an unknown basis of a relation", "relations.yaml", "basis: inferred", "basis: guessed", 5, "is none of stated, inferred"),
    one("an unknown origin of a title", "document.yaml", "title_origin: source", "title_origin: text", 12, "is none of source, editorial"),
    # what must stand in the sentence
    one("a hedge from another sentence", "claims.yaml", "hedge_cue: may", "hedge_cue: wants", 21, "`hedge_cue`: “wants” does not stand in its sentence"),
    one("a hedge that is part of a word", "claims.yaml", "hedge_cue: may", "hedge_cue: ma", 21, "does not stand in its sentence"),
    quantity("a number from another sentence", "value: 20, approximate: true, note: x", "has an unknown key `quantities.0.note`"),
    one("a number that the sentence does not hold", "claims.yaml", "text: about 20", "text: roads", 16, "`quantities.text`: “roads” does not stand in"),
    one("a counted thing that the text does not name", "claims.yaml", "of: people", "of: persons", 16, "“persons” is not in the text"),
    one("a date from another sentence", "events.yaml", 'text: "1994"', 'text: "1995"', 8, "`date.text`: “1995” does not stand in"),
    # quantities
    quantity("a value and a bound", "value: 20, min: 3", "has a value and a bound"),
    quantity("bounds the wrong way round", "min: 30, max: 3", "has min 30 above max 3"),
    quantity("an excluded bound that is not there", "max: 30, min_exclusive: true", "has min_exclusive without min"),
    quantity("an excluded upper bound that is not there", "min: 30, max_exclusive: true", "has max_exclusive without max"),
    quantity("a value that is no number", "value: twenty", "'twenty' is not a number; write digits"),
    quantity("a value with an underscore", "value: 2_0", "is not a number"),
    quantity("an infinite value", "value: 1e999", "is too large a number"),
    quantity("a value that is NaN", "value: .nan", "is not a number"),
    quantity("a truth that is neither true nor false", "value: 20, approximate: yes", "'yes' is not true or false"),
    # dates
    date("an ill-formed date", "about 1994", "is not EDTF of level 0 or 1"),
    date("a month that does not exist", "1994-13", "is not a date of the calendar"),
    date("a day that does not exist", "1994-02-29", "is not a date of the calendar"),
    date("a month nought", "1994-00", "is not a date of the calendar"),
    date("an interval that ends before it begins", "1996/1994", "ends before it begins"),
    date("an interval without an end", "../..", "has neither end"),
    date("a set of dates, which is level 2", '"[1994, 1995]"', "is not EDTF of level 0 or 1"),
    date("a year before the first", "0000", "in the years 0001 to 9999"),
    date("a year of five digits", "Y17000", "is not EDTF of level 0 or 1"),
    date("bounds that disagree", "1994, earliest: 1994-02-01", "`date.earliest` is 1994-02-01, but 1994 gives 1994-01-01"),
    date("a bound of an open interval", "1994/.., latest: 1995-01-01", "`date.latest` is 1995-01-01, but 1994/.. gives none"),
    one("a date without a basis", "events.yaml", ", basis: stated", "", 8, "has edtf 1994 and basis none"),
    one("a basis without a date", "events.yaml", "edtf: 1994, ", "", 8, "has basis stated and no edtf"),
    # sections
    one("a gap before the first section", "document.yaml", "begins: Alpha lives", 'begins: "1. Roads"', 11, "there is a gap: the text before “1. Roads” is in no section", ) ._replace(
        changes=[("document.yaml", "  - {id: base.s2, title: People, title_origin: editorial, begins: Alpha lives, parent: base.s1}\n", "")],
    ),
    one("two sections that overlap", "document.yaml", 'begins: "1. Roads"', "begins: Alpha lives in", 12, "section base.s3 overlaps the one before"),
    one("sections out of order", "document.yaml", "begins: The end came", "begins: Alpha lives in", 13, "section base.s4 begins before the one above it"),
    one("a section inside itself", "document.yaml", "begins: The end came", "parent: base.s4", 13, "section base.s4 is inside itself"),
    one("a parent that does not exist", "document.yaml", 'begins: "1. Roads", parent: base.s1', 'begins: "1. Roads", parent: base.s9', 12, "there is no section base.s9 in this document; did you mean base.s"),
    one("a parent with a beginning", "document.yaml", "title: The beginning,", "title: The beginning, begins: Alpha lives,", 10, "has sections inside it and `begins`"),
    one("a leaf without a beginning", "document.yaml", ", begins: The end came", "", 13, "section base.s4 lacks `begins`"),
    one("a beginning inside a paragraph", "document.yaml", "begins: The end came", "begins: Nobody knew", 13, "is not at the start of a paragraph"),
    one("a beginning that is not in the text", "document.yaml", "begins: The end came", "begins: The end comes", 13, "“The end comes” is not in the text"),
    one("a parent that stands after its child", "document.yaml", ", begins: Alpha lives, parent: base.s1", ", begins: Alpha lives, parent: base.s4", 11, "stands before its parent base.s4; move the parent up")._replace(
        changes=[
            ("document.yaml", "begins: Alpha lives, parent: base.s1", "begins: Alpha lives, parent: base.s4"),
            ("document.yaml", ", begins: The end came", ""),
            ("document.yaml", "title: The beginning,", "title: The beginning,"),
        ]
    ),
    Case(
        "a parent around a section that is not inside it",
        [
            ("document.yaml", 'begins: "1. Roads", parent: base.s1', 'begins: "1. Roads"'),
            ("document.yaml", "begins: The end came", "begins: The end came, parent: base.s1"),
        ],
        [("document.yaml", 10, "section base.s1 overlaps one that is not inside it")],
    ),
    # obstacles
    one("an obstacle whose title the text does not have", "obstacles.yaml", "title: Roads", "title: Paths", 3, "no paragraph begins “1. Paths:”; the text has “1. Roads: Gamma"),
    one("an obstacle whose number the text does not have", "obstacles.yaml", "number: 1", "number: 2", 3, "no paragraph begins “2. Roads:”"),
    one("a number that is no number", "obstacles.yaml", "number: 1", "number: one", 2, "'one' is not a number"),
    one("two positions of one actor", "obstacles.yaml", "actor: alpha", "actor: gamma", 12, "gamma already has the position base.o1-gamma on base.o1"),
    # relations
    one("a stated relation without words", "relations.yaml", "\n  quote: says", "", 6, "is stated and has no quote"),
    one("an inferred relation with words", "relations.yaml", "basis: stated", "basis: inferred", 6, "is inferred and has a quote"),
    # shape
    one("an unknown key", "claims.yaml", "statement: It may rain.", "statment: It may rain.", 19, "has an unknown key `statment`; did you mean statement?")._replace(
        faults=[("claims.yaml", 17, "lacks `statement`"), ("claims.yaml", 19, "has an unknown key `statment`; did you mean statement?")]
    ),
    one("a key that is missing", "claims.yaml", "  statement: It may rain.\n", "", 17, "lacks `statement`"),
    one("blank words", "claims.yaml", "statement: It may rain.", 'statement: "  "', 19, "is blank"),
    one("a mapping where a list belongs", "claims.yaml", "actors: [alpha]\n  places", "actors: {alpha: 1}\n  places", 5, "is not a list; write [a, b]"),
    one("a word where a list belongs", "claims.yaml", "topics: [home]", "topics: home", 7, "is not a list"),
    one("a list where a mapping belongs", "events.yaml", 'date: {text: "1994", edtf: 1994, basis: stated}', "date: [1994]", 8, "is not a mapping"),
    one("a list where words belong", "claims.yaml", "statement: It may rain.", "statement: [It may rain.]", 19, "is not text"),
    one("a null where words belong", "claims.yaml", "statement: It may rain.", "statement: ~", 19, "None is not text"),
    one("no names", "actors.yaml", "names: [Gamma]", "names: []", 9, "`names` is empty"),
    one("a name listed twice", "actors.yaml", "names: [Gamma]", "names: [Gamma, Gamma]", 9, "lists the name “Gamma” twice"),
    one("a language that is none", "document.yaml", "language: en", "language: English text", 3, "is a BCP 47 tag"),
    # YAML
    one("a key given twice", "claims.yaml", "statement: It may rain.", "quote: It may rain\n  statement: It may rain.", 19, "has the key `quote` twice"),
    one("YAML that does not parse", "claims.yaml", "quote: It may rain", "quote: It may: rain", 18, "is not YAML: mapping values are not allowed"),
    one("YAML with an alias", "claims.yaml", "actors: [alpha]\n  places: [beta-town]", "actors: &a [alpha]\n  places: *a", 6, "repeats a node by an alias"),
    one("YAML with a control character", "claims.yaml", "It may rain\n", "It may \x07 rain\n", 18, "is not YAML"),
    one("a file of two YAML documents", "claims.yaml", "- id: base.c3", "---\n- id: base.c3", 17, "is more than one YAML document"),
    one("words where a record belongs", "claims.yaml", "- id: base.c1", "- nothing\n- id: base.c1", 1, "'nothing' is not a mapping"),
    Case("a mapping where records belong", [], [("relations.yaml", 1, "is a mapping where a list")], {"relations.yaml": "base.r1: {}\n"}),
    Case("a file that is not UTF-8", [], [("relations.yaml", 2, "is not UTF-8")], {"relations.yaml": b"# one\n- id: \xff\n"}),
    Case("a file with a NUL", [], [("relations.yaml", 2, "holds a NUL")], {"relations.yaml": b"# one\n- id: \0\n"}),
    Case("a file nested without end", [], [("relations.yaml", 1, "is nested too deeply")], {"relations.yaml": "[" * 50_000}),
    Case("a document that is a list", [], [("document.yaml", 1, "is not a mapping")], {"document.yaml": "- id: base\n"}),
    Case("an empty document.yaml", [], [("document.yaml", 0, "is empty")], {"document.yaml": ""}),
    Case("no document.yaml", [], [("document.yaml", 0, "is missing")], {"document.yaml": None}),
    Case("a file of another name", [], [("claim.yaml", 0, "is no file of a package; did you mean claims.yaml?")], {"claim.yaml": ""}),
    Case("a list twice", [], [("places.yaml", 0, "stands beside places.jsonl")], {"places.jsonl": ""}),
    # JSON Lines
    *(
        Case(name, [], [("relations.jsonl", line, message)], {"relations.yaml": None, "relations.jsonl": said})
        for name, said, line, message in (
            ("a line that is not JSON", "\n{id: 1}\n", 2, "is not JSON"),
            ("a line that is a list", "[]\n", 1, "is not a mapping"),
            ("a line that is not UTF-8", b'{"id": "\xff"}\n', 1, "is not JSON"),
            ("a line with half a character", '{"id": "\\ud800"}\n', 1, "is not JSON"),
        )
    ),
    Case(
        "words with a NUL in JSON",
        [],
        [("places.jsonl", 1, "`name` holds a NUL character")],
        {
            "places.yaml": None,
            "places.jsonl": '{"id": "beta-town", "name": "Beta\\u0000", "category": "region", "names": ["Beta"]}',
        },
    ),
    # the source
    one("a source of another sum", "document.yaml", "SHA256", "0" * 64, 4, "sha256 of source.txt is "),
    one("a sum that is none", "document.yaml", "SHA256", "87b1", 4, "is 64 hexadecimal digits"),
    one("a source that is not there", "document.yaml", "file: source.txt", "file: text.txt", 4, "there is no file text.txt in"),
    one("a source outside the package", "document.yaml", "file: source.txt", "file: ../source.txt", 4, "there is no file ../source.txt in"),
    Case("a source that is not UTF-8", [], [("source.txt", 3, "is not UTF-8")], source=b"One.\nTwo.\nThr\xe9e.\n"),
    Case("an empty source", [], [("source.txt", 0, "is empty")], source=b""),
    Case("a source of white space", [], [("source.txt", 0, "is empty")], source=b" \r\n\t\n"),
    Case("a source with a NUL", [], [("source.txt", 2, "holds a NUL")], source=b"One.\nTwo\0.\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_load_refuses(case: Case, tmp_path: Path) -> None:
    folder = package(tmp_path / "package", *case.changes, files=case.files, source=case.source)
    url = f"sqlite:///{tmp_path / 'sic.db'}"
    with pytest.raises(Refused) as refused:
        load(store(url), [folder], None, Steps())
    told = {(Path(fault.file).name, fault.line, fault.message) for fault in refused.value.faults}
    expected = {
        fault
        for fault in told
        if any(fault[:2] == (file, line) and said in fault[2] for file, line, said in case.faults)
    }
    follow = {fault for fault in told if fault[2].startswith("there is no ")}
    assert len(expected) == len(case.faults), told
    assert told - expected <= follow, told
    assert published(url) is None


def test_all_faults_of_all_packages_are_told_at_once(tmp_path: Path) -> None:
    package(tmp_path / "in" / "a", ("claims.yaml", "type: predictive", "type: guess"), name="a")
    package(tmp_path / "in" / "b", ("claims.yaml", "[home]", "[house]"), ("events.yaml", "1994,", "199,"), name="b")
    with pytest.raises(Refused) as refused:
        load(store(f"sqlite:///{tmp_path / 'sic.db'}"), [tmp_path / "in"], None, Steps())
    assert [str(Path(fault.file).relative_to(tmp_path)) for fault in refused.value.faults] == [
        "in/a/claims.yaml",
        "in/b/claims.yaml",
        "in/b/events.yaml",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("actors.yaml", "name: Gamma", "name: Gamma II", "actor gamma has name 'Gamma II', but 'Gamma' in "),
        (
            "actors.yaml",
            "category: person\n  of",
            "category: group\n  of",
            "actor gamma has category 'group', but 'person' in ",
        ),
        ("actors.yaml", "  of: alpha\n", "", "actor gamma has of None, but 'alpha' in "),
        ("places.yaml", "settlement", "region", "place beta-town has category 'region', but 'settlement' in "),
        ("document.yaml", "label: Home", "label: House", "topic home has label 'House', but 'Home' in "),
    ],
)
def test_what_two_packages_share_must_agree(
    file: str, old: str, new: str, message: str, tmp_path: Path, database_url: str
) -> None:
    first = package(tmp_path / "first", name="first")
    second = package(tmp_path / "second", (file, old, new), name="second")
    with pytest.raises(Refused) as refused:
        load(store(database_url), [first, second], None, Steps())
    assert [Path(fault.file).parent.name for fault in refused.value.faults] == ["first", "second"]
    assert message in refused.value.faults[1].message
    assert str(first / file) in refused.value.faults[1].message

    load(store(database_url), [first], None, Steps())
    before = published(database_url)
    for run in (
        lambda: load(store(database_url), [second], None, Steps()),
        lambda: check(store(database_url), [second], Steps()),
    ):
        with pytest.raises(Refused) as refused:
            run()
        [fault] = refused.value.faults
        assert fault.file == str(second / file)
        assert message + "document first, which is loaded" in fault.message
    assert published(database_url) == before


def test_one_document_in_two_packages_is_refused(tmp_path: Path) -> None:
    first, second = package(tmp_path / "first"), package(tmp_path / "second")
    with pytest.raises(Refused) as refused:
        load(store(f"sqlite:///{tmp_path / 'sic.db'}"), [first, second], None, Steps())
    told = [fault for fault in refused.value.faults if fault.message.startswith("document")]
    assert [str(fault) for fault in told] == [
        f"{first}/document.yaml:1: document id base is also taken by {second}/document.yaml:1; give each its own",
        f"{second}/document.yaml:1: document id base is also taken by {first}/document.yaml:1; give each its own",
    ]


def test_a_folder_without_packages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load(store(f"sqlite:///{tmp_path / 'sic.db'}"), [tmp_path], None, Steps())
    assert "holds no package" in refused.value.faults[0].message


class TestCheck:
    def check(self, tmp_path: Path, *changes: tuple[str, str, str]) -> Checked:
        shutil.rmtree(tmp_path / "package", ignore_errors=True)
        folder = package(tmp_path / "package", *changes)
        return check(store(f"sqlite:///{tmp_path / 'sic.db'}"), [folder], Steps())

    def test_it_counts_and_loads_nothing(self, tmp_path: Path) -> None:
        found = self.check(tmp_path)
        assert found.counts == {
            "documents": 1, "sections": 4, "claims": 4, "events": 1, "obstacles": 1, "positions": 2, "relations": 2,
            "actors": 2, "places": 1, "corrections": 1, "sentences": 7,
        }  # fmt: skip
        assert (found.accounted, found.warnings) == (7, [])
        assert [path.name for path in tmp_path.iterdir()] == ["package"]

    def test_it_warns_of_a_sentence_without_record_or_reason(self, tmp_path: Path) -> None:
        found = self.check(tmp_path, ("document.yaml", "  - {quote: Nobody knew, reason: It says nothing.}\n", ""))
        assert found.accounted == 6
        assert [warning.message for warning in found.warnings] == [
            "no record rests on the sentence “Nobody knew 😀 why.”; add one, or a reason under `unrecorded`"
        ]

    def test_it_warns_of_a_reason_where_a_record_rests(self, tmp_path: Path) -> None:
        found = self.check(tmp_path, ("document.yaml", "quote: Nobody knew", "quote: It may rain"))
        assert sorted(warning.message.partition("“")[0] for warning in found.warnings) == [
            "a record rests on ",
            "no record rests on the sentence ",
        ]

    def test_it_warns_of_a_name_that_the_text_does_not_use(self, tmp_path: Path) -> None:
        [warning] = self.check(tmp_path, ("actors.yaml", "[Gamma]", "[Gamma, Delta]")).warnings
        assert (Path(warning.file).name, warning.line) == ("actors.yaml", 9)
        assert "the name “Delta” does not occur in the text" in warning.message
