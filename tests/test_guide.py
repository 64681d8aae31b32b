"""What `sic check` sees of the annotation guide: advice with the line, and never a fault."""

from pathlib import Path

import pytest

from seed.load import Steps, check, store
from tests.packages import package
from tests.server import sic

LONG = ("claims.yaml", "quote: It may rain\n", "quote: It may rain, and it may snow\n")
CAUSE = ("relations.yaml", "type: qualifies", "type: causes")


def advised(tmp_path: Path, *changes: tuple[str, str, str]) -> list[tuple[str, int, str]]:
    folder = package(tmp_path / "package", *changes)
    advice = check(store(f"sqlite:///{tmp_path / 'sic.db'}"), [folder], Steps()).advice
    return [(Path(fault.file).name, fault.line, fault.message) for fault in advice]


def statement(words: str) -> tuple[str, str, str]:
    return "claims.yaml", "statement: It may rain.", f"statement: {words}"


def test_a_package_by_the_guide_needs_no_advice(tmp_path: Path) -> None:
    assert advised(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "unresolved"),
    [
        ("This may be rain.", "This"),
        ("It may end these rains.", "these"),
        ("The former may rain.", "The former"),
        ("Rain may follow both wars.", "both wars"),
        ("Rain may follow both Alpha and Gamma.", None),
        ("Those who wait may see rain.", None),
        ("Those people who wait may see rain.", None),
        ("It may rain on “this day”.", None),
    ],
)
def test_a_statement_stands_alone(tmp_path: Path, words: str, unresolved: str | None) -> None:
    expected = ("claims.yaml", 19, f"base.c3: the statement does not stand alone: what is “{unresolved}”?")
    assert advised(tmp_path, statement(words)) == ([expected] if unresolved else [])


def test_the_rules_on_words_are_for_english(tmp_path: Path) -> None:
    assert advised(tmp_path, statement("This may be rain."), ("document.yaml", "language: en", "language: de")) == []


def test_statements_use_the_names_of_records(tmp_path: Path) -> None:
    place = ("places.yaml", "name: Beta Town", "name: Betaville")
    event = ("events.yaml", "name: A meeting", "name: Gamma Meeting")
    assert advised(tmp_path, place, event) == [
        ("places.yaml", 2, "beta-town: no statement uses the name “Betaville”"),
        ("events.yaml", 2, "base.e1: no statement of its claims uses the name “Gamma Meeting”"),
    ]


def test_an_event_has_an_actor_or_a_place(tmp_path: Path) -> None:
    nobody = ("events.yaml", "  actors: [alpha, gamma]\n  places: [beta-town]\n", "")
    noone = ("claims.yaml", "  speaker: gamma\n  actors: [alpha, gamma]\n", "  speaker: gamma\n")
    assert advised(tmp_path, nobody, noone) == [
        ("events.yaml", 2, "base.e1: the event has neither an actor nor a place")
    ]


def test_an_event_and_its_claim_of_one_passage_have_the_same_actors(tmp_path: Path) -> None:
    message = "base.e1: the event and base.c2 are of one passage, but gamma only in the event"
    without = ("claims.yaml", "  actors: [alpha, gamma]\n  quantities", "  actors: [alpha]\n  quantities")
    assert advised(tmp_path, without) == [("events.yaml", 9, message)]


def test_a_relation_does_not_join_a_claim_to_a_part_of_it(tmp_path: Path) -> None:
    within = ("claims.yaml", "quote: Alpha refuses", "quote: may snow")
    ends = ("relations.yaml", "to: base.c1\n  type: qualifies", "to: base.c4\n  type: contrasts")
    message = "the quote of one of base.c3 and base.c4 lies within the other's; that is no relation"
    assert advised(tmp_path, LONG, within, ends) == [("relations.yaml", 2, f"base.r1: {message}")]


@pytest.mark.parametrize(
    ("opening", "is_purpose"),
    [
        ("to rain", True),
        ("so that it rains", True),
        ("for roads to rain", True),
        ("toward rain", False),
        ("so it rains", False),
    ],
)
def test_a_purpose_is_no_effect(tmp_path: Path, opening: str, is_purpose: bool) -> None:
    folder = package(
        tmp_path / "package",
        CAUSE,
        ("relations.yaml", "to: base.c1\n  type: causes", "to: base.c4\n  type: causes"),
        ("claims.yaml", "quote: Alpha refuses", f"quote: {opening}"),
        source=f"Alpha lives in Beta Town. In 1994, Alpha met about 20 people, says Gamma. It may rain, {opening}!\n\n"
        "1. Roads: Gamma wants roads. Alpha refuses.\n\nThe end came late. Nobody knew 😀 why.\n".encode(),
    )
    advice = check(store(f"sqlite:///{tmp_path / 'sic.db'}"), [folder], Steps()).advice
    assert [fault.line for fault in advice] == ([4] if is_purpose else [])


def test_advice_is_printed_and_is_no_fault(tmp_path: Path) -> None:
    folder = package(tmp_path / "package", statement("This may be rain."))
    done = sic("check", folder, "--complete", env={"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"})
    assert done.returncode == 0
    assert (
        done.stderr
        == f"warning: {folder}/claims.yaml:19: base.c3: the statement does not stand alone: what is “This”?\n"
    )
