"""Imports point one way, and every module is small enough to be read at once."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.server import ROOT

MODULES = sorted(path for room in ("api", "seed") for path in (ROOT / room).rglob("*.py"))
LONGEST, MEDIAN = 300, 120  # lines


def test_imports_point_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT)
    failed = lint_imports(no_cache=True)
    assert not failed, capsys.readouterr().out


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_most_modules_are_shorter() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)
    assert lengths[len(lengths) // 2] <= MEDIAN
