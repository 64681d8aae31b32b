"""Are the tests able to fail? `python -m tests.mutants` changes one token of api/ at a time and runs tests on it.

The changes are drawn at random with a seed. Each is made in a copy of the tree. Tests that are near the changed module
run first, then the wider selection; the first failure ends a run. What no test notices is a survivor. The survivors
that are known, each with the reason why it may survive, stand in tests/mutants.yaml; any other makes the run fail.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.mutations import Mutation, mutations
from tests.scratch import Scratch
from tests.server import ROOT

KNOWN = Path(__file__).with_suffix(".yaml")
LIST = ROOT / "build" / "mutants.jsonl"
PATIENCE = 900  # seconds; a run that takes longer counts as a failure: the change made something endless
LATE = "took too long"

QUICK = (
    *("openapi", "lists", "queries", "ids", "problems", "files", "negotiation", "annotations", "citations"),
    *("declaration", "search_index", "search_words", "search_highlights", "search_store", "quotations"),
)
# The tests that are near a room: the names of their modules without `test_`.
NEAR: dict[str, tuple[str, ...]] = {
    "api/cli.py": ("load", "check", "operating"),
    "api/content": ("ids", "http", "content_changes", "lists", "faults_of_databases"),
    "api/deadline.py": ("fairness", "workers"),
    "api/errors.py": ("http", "problems", "faults_of_databases"),
    "api/formats": ("files", "negotiation", "annotations", "citations"),
    "api/mcp_server.py": ("mcp",),
    "api/model": ("declaration", "lists", "migrations"),
    "api/params": ("queries", "ids", "lists", "problems"),
    "api/problems.py": ("problems", "queries"),
    "api/records": ("lists", "files", "annotations", "citations", "spans", "text_over_http", "algebra"),
    "api/openapi.py": ("openapi", "compatibility"),
    "api/request.py": ("http", "queries", "lists", "negotiation"),
    "api/resources": ("lists", "text_over_http", "quotations", "search_words", "openapi"),
    "api/search": (
        *("search_index", "search_words", "search_highlights", "search_scripts", "search_store"),
        *("quotations", "pasted_quotations", "golden"),
    ),
    "api/server": ("protocol", "http", "workers", "observe", "processes", "fairness", "cycle"),
    "api/web": ("pages", "cookbook", "http"),
}
# Rooms on which loading depends: nothing loaded before is used again.
LOADING = ("api/model", "api/settings.py", "api/cli.py", "api/search")


class Mutant(NamedTuple):
    path: str
    mutation: Mutation

    @property
    def line(self) -> str:
        """The changed line, by which a known survivor is recognised wherever it moves."""
        return (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.mutation.line - 1].strip()

    @property
    def change(self) -> str:
        return f"{self.mutation.old} -> {self.mutation.new}".strip()

    def __str__(self) -> str:
        return f"{self.path}:{self.mutation.line}: {self.change}   in   {self.line}"


def drawn(number: int, seed: int, under: str) -> list[Mutant]:
    """`number` changes, spread over all modules under a folder or a file of api/."""
    paths = sorted(path for path in (ROOT / "api").rglob("*.py"))
    found = [
        Mutant(str(path.relative_to(ROOT)), mutation)
        for path in paths
        if str(path.relative_to(ROOT)).startswith(under)
        for mutation in mutations(path.read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(found, min(number, len(found)))


class Tests:
    """The tests of a copy of the tree, but for those that fail before anything is changed."""

    def __init__(self, scratch: Scratch, loaded: Path) -> None:
        self._scratch, self._loaded = scratch, loaded
        self._failing: list[str] = []

    def check(self, names: Iterable[str]) -> None:
        """Leaves out what fails by itself, and says so."""
        _, output = self.run(sorted(set(names)), "--continue-on-collection-errors", loads=False)
        if output == LATE:  # every change would seem to be noticed
            sys.exit(f"the tests take more than {PATIENCE} s without any change; the machine is too busy")
        failing = [line.split()[1] for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
        self._failing = sorted(set(failing))
        for name in self._failing:
            print(f"fails without any change, and is left out: {name}", flush=True)

    def noticed(self, names: Iterable[str], loads: bool) -> str:
        """What failed, or nothing."""
        modules = [name for name in names if f"tests/test_{name}.py" not in self._failing]
        left_out = [f"--deselect={name}" for name in self._failing if "::" in name]
        code, output = self.run(modules, "-x", *left_out, loads=loads) if modules else (0, "")
        if code == 0:
            return ""
        failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return failed[0][:160] if failed else (output.splitlines() or ["ended"])[-1][:160]

    def run(self, names: Iterable[str], *options: str, loads: bool) -> tuple[int, str]:
        """The exit code and the output of pytest; a run that is too long fails."""
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
        command += ["-k", "not postgresql", *options, *(f"tests/test_{name}.py" for name in names)]
        absent = [name for name in names if not (ROOT / "tests" / f"test_{name}.py").is_file()]
        if absent:  # pytest would fail, and every change would seem to be noticed
            sys.exit(f"there is no test module of the name {', '.join(absent)}")
        command += [] if loads else ["-p", "tests.loaded_once"]
        process = subprocess.Popen(
            command,
            cwd=self._scratch.root,
            env=os.environ | {"LOADED_ONCE": str(self._loaded), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the servers that it started
            process.communicate()
            return 1, LATE
        return process.returncode, output


def survived(scratch: Scratch, tests: Tests, mutant: Mutant) -> str:
    """`survived`, or what noticed the change."""
    file = scratch.root / mutant.path
    original = file.read_text(encoding="utf-8")
    file.write_text(mutant.mutation.applied(original), encoding="utf-8")
    try:
        loads = mutant.path.startswith(LOADING)
        near = near_to(mutant)
        return (
            tests.noticed(near, loads)
            or tests.noticed([name for name in QUICK if name not in near], loads)
            or "survived"
        )
    finally:
        file.write_text(original, encoding="utf-8")


def near_to(mutant: Mutant) -> tuple[str, ...]:
    return next((tests for room, tests in NEAR.items() if mutant.path.startswith(room)), ())


def known() -> dict[tuple[str, str, str], str]:
    """The reasons of the survivors that may survive, by path, line and change."""
    listed = yaml.safe_load(KNOWN.read_text(encoding="utf-8")) or []
    return {(each["path"], each["line"], each["change"]): each["reason"] for each in listed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--under", default="api/", help="a folder or file of api/")
    parser.add_argument("--list", action="store_true", help="only list the changes")
    arguments = parser.parse_args()
    mutants = drawn(arguments.number, arguments.seed, arguments.under)
    if arguments.list:
        print("\n".join(map(str, mutants)))
        return
    reasons = known()
    outcomes: Counter[str] = Counter()
    LIST.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, LIST.open("w", encoding="utf-8") as listed:
        scratch = Scratch(Path(folder) / "tree")
        tests = Tests(scratch, Path(folder) / "loaded")
        tests.check([*QUICK, *(name for mutant in mutants for name in near_to(mutant))])
        for number, mutant in enumerate(mutants, 1):
            started = time.monotonic()
            noticed = survived(scratch, tests, mutant)
            reason = reasons.get((mutant.path, mutant.line, mutant.change)) if noticed == "survived" else None
            outcome = "caught" if noticed != "survived" else "known" if reason else "survived"
            outcomes[outcome] += 1
            entry = {"path": mutant.path, "line": mutant.line, "change": mutant.change, "outcome": outcome}
            seconds = round(time.monotonic() - started, 1)
            listed.write(json.dumps(entry | {"by": noticed, "reason": reason, "seconds": seconds}) + "\n")
            listed.flush()
            print(f"{number}/{len(mutants)} {outcome} {seconds}s {mutant}", flush=True)
    print(
        f"caught {outcomes['caught']} of {len(mutants)}; survivors with a reason {outcomes['known']};"
        f" without one {outcomes['survived']}; all of them are in {LIST.relative_to(ROOT)}"
    )
    sys.exit(bool(outcomes["survived"]))


if __name__ == "__main__":
    main()
