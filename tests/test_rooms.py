"""Imports point one way, and every module is small enough to be read at once."""

from statistics import median

import pytest
from importlinter.cli import lint_imports

from tests.server import ROOT

MODULES = [path for room in ("api", "seed") for path in (ROOT / room).rglob("*.py")]
LENGTHS = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
LONGEST, MEDIAN = 300, 120  # lines


def test_imports_point_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT)
    failed = lint_imports(no_cache=True)
    assert not failed, capsys.readouterr().out


def test_no_module_is_long() -> None:
    assert not {str(path): length for path, length in LENGTHS.items() if length > LONGEST}


def test_most_modules_are_shorter() -> None:
    assert median(LENGTHS.values()) <= MEDIAN
