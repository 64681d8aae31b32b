"""A copy of the tree that a test changes and runs, and how much each change takes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import ndiff
from pathlib import Path

from tests.server import ROOT, Server

COPIED = ("api", "migrations", "seed", "tests", "docs", "pyproject.toml", "openapi.json", "README.md")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "readings", "browser", "container")


class Change:
    """What one change did to the tree: for each file, the lines that it added and removed."""

    def __init__(self, scratch: "Scratch") -> None:
        self._scratch = scratch
        self._before: dict[str, list[str]] = {}

    def _remember(self, path: str) -> Path:
        file = self._scratch.root / path
        self._before.setdefault(path, file.read_text(encoding="utf-8").splitlines() if file.exists() else [])
        return file

    def write(self, path: str, text: str) -> None:
        """Writes a new file."""
        self._remember(path).write_text(text, encoding="utf-8")

    def insert(self, path: str, after: str, text: str) -> None:
        """Adds lines after the one line that begins with `after`, white space aside."""
        file = self._remember(path)
        lines = file.read_text(encoding="utf-8").splitlines()
        [place] = [number for number, line in enumerate(lines) if line.strip().startswith(after)]
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())] if lines[place].endswith(",") else ""
        lines[place + 1 : place + 1] = [indent + line if line else line for line in text.splitlines()]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        file = self._remember(path)
        file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n\n\n" + text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        file = self._remember(path)
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def lines(self) -> dict[str, int]:
        """For each file, how many lines were added or removed; blank lines do not count."""
        counts = {}
        for path, before in self._before.items():
            after = (self._scratch.root / path).read_text(encoding="utf-8").splitlines()
            changed = [line for line in ndiff(before, after) if line[:2] in ("+ ", "- ") and line[2:].strip()]
            counts[path] = len(changed)
        return counts


class Scratch:
    """The copy. `database` is the environment of its own database."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, root / name, ignore=LEFT_OUT)
            else:
                shutil.copy(ROOT / name, root / name)
        self.database = {"SIC_DATABASE_URL": f"sqlite:///{root / 'sic.db'}", "SIC_ACCESS_LOG": "off"}

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Runs `python -m …` in the copy; what it wrote."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=os.environ | self.database,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    @contextmanager
    def served(self) -> Iterator[Server]:
        """A server of the copy."""
        with Server(self.database, root=self.root) as server:
            yield server
