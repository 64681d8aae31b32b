"""Faults are data: all of them are reported, each with its file and line."""

from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong in a package and what would be right; `line` counts from 1, 0 is the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class Refused(Exception):
    """Nothing was loaded; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(set(faults))


class Unusable(Exception):
    """The command cannot run, for a reason outside of packages. The message is one line that says what to do."""


def short(words: str) -> str:
    """Words of a package as a message shows them."""
    return words if len(words) <= 60 else words[:59] + "…"
