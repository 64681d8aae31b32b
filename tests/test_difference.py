"""`sic diff`: what changed between two packages, or between what is loaded and a package."""

import json
from pathlib import Path

import pytest

from seed.difference import Change, compare
from seed.load import Steps, load, store
from tests.packages import FILES, SOURCE, package
from tests.server import sic

EDITION = (
    ("claims.yaml", "statement: It may rain.", "statement: Rain may fall."),
    ("claims.yaml", "actors: [alpha]\n  places", "actors: [alpha, gamma]\n  places"),
    ("relations.yaml", "id: base.r1", "id: base.r3"),
    ("events.yaml", "- quote: says Gamma", "- quote: says"),
    ("document.yaml", "reason: It ends the text.", "reason: It is the end."),
    ("document.yaml", "begins: The end came", "begins: The end came late"),
)
CHANGES = [
    ("changed", "claim", "base.c1", {"actors": ["alpha"]}, {"actors": ["alpha", "gamma"]}),
    ("changed", "claim", "base.c3", {"statement": "It may rain."}, {"statement": "Rain may fall."}),
    ("changed", "event", "base.e1", {"mentions": ["says Gamma"]}, {"mentions": ["says"]}),
    ("removed", "relation", "base.r1", "qualifies", None),
    ("added", "relation", "base.r3", None, "qualifies"),
    ("changed", "sentence", "base at 150", {"reason": "It ends the text."}, {"reason": "It is the end."}),
]


def short(change: Change) -> tuple[object, ...]:
    if change.change == "changed":
        return tuple(change)
    return (*change[:3], change.old.get("type"), change.new.get("type"))


def test_two_packages_differ_record_by_record_and_field_by_field(tmp_path: Path) -> None:
    old, new = package(tmp_path / "old"), package(tmp_path / "new", *EDITION)
    found = compare(store(f"sqlite:///{tmp_path / 'sic.db'}"), old, new, Steps())
    assert [short(change) for change in found.changes] == CHANGES
    assert found.faults == []
    assert not (tmp_path / "sic.db").exists()


def test_a_package_differs_from_what_is_loaded_as_from_the_package_it_came_from(
    database_url: str, tmp_path: Path
) -> None:
    load(store(database_url), [package(tmp_path / "old"), package(tmp_path / "other", name="other")], None, Steps())
    new = package(tmp_path / "new", *EDITION)
    found = compare(store(database_url), None, new, Steps())
    assert [short(change) for change in found.changes] == CHANGES
    assert compare(store(database_url), None, tmp_path / "old", Steps()).changes == []


def test_what_is_not_loaded_is_new(database_url: str, tmp_path: Path) -> None:
    load(store(database_url), [package(tmp_path / "other", name="other")], None, Steps())
    found = compare(store(database_url), None, package(tmp_path / "base"), Steps())
    assert {change.change for change in found.changes} == {"added"}
    assert {change.kind for change in found.changes} >= {"document", "claim", "actor", "correction", "topic"}


def test_a_longer_text_moves_nothing(tmp_path: Path) -> None:
    old = package(tmp_path / "old")
    new = package(tmp_path / "new", source=SOURCE.replace("Alpha lives", "Hear: Alpha lives").encode(), files={
        "document.yaml": FILES["document.yaml"].replace("begins: Alpha lives", "begins: 'Hear: Alpha'"),
    })  # fmt: skip
    changes = compare(store(f"sqlite:///{tmp_path / 'sic.db'}"), old, new, Steps()).changes
    assert {change.kind for change in changes} == {"document", "sentence"}


def test_a_package_that_a_load_would_refuse_can_be_compared(tmp_path: Path) -> None:
    """As one of release 1.0, whose events name no claims."""
    old = package(tmp_path / "old", ("events.yaml", "  claims: [base.c2]\n  speakers: [gamma, null]\n", ""))
    found = compare(store(f"sqlite:///{tmp_path / 'sic.db'}"), old, package(tmp_path / "new"), Steps())
    assert [tuple(change) for change in found.changes] == [
        (
            "changed",
            "event",
            "base.e1",
            {"claims": [], "speakers": ["author"]},
            {"claims": ["base.c2"], "speakers": ["gamma", None]},
        )
    ]
    assert len(found.faults) == 1


def test_it_is_printed_as_text_and_as_json(tmp_path: Path) -> None:
    old, new = package(tmp_path / "old"), package(tmp_path / "new", *EDITION)
    env = {"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"}
    text = sic("diff", old, new, env=env)
    assert (text.returncode, text.stderr) == (0, "")
    lines = text.stdout.splitlines()
    at = lines.index("~ claim base.c3")
    assert lines[at + 1 : at + 3] == ["    - statement: It may rain.", "    + statement: Rain may fall."]
    assert "+ relation base.r3" in lines
    assert lines[-1] == "1 added, 1 removed, 4 changed"
    answer = json.loads(sic("diff", "--format", "json", old, new, env=env).stdout)
    assert answer["counts"] == {"added": 1, "removed": 1, "changed": 4}
    assert answer["changes"][1] == {
        "change": "changed",
        "kind": "claim",
        "id": "base.c3",
        "old": {"statement": "It may rain."},
        "new": {"statement": "Rain may fall."},
    }


@pytest.mark.parametrize("arguments", [(), ("a", "a", "a"), ("nowhere",)])
def test_it_takes_one_package_or_two(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    paths = [tmp_path / argument for argument in arguments]
    done = sic("diff", *paths, env={"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"})
    assert done.returncode == 2


def test_a_folder_without_a_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    done = sic("diff", tmp_path / "a", env={"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"})
    assert done.returncode == 1
    assert "holds no package" in done.stderr
