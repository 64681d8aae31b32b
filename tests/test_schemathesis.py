"""A few hundred cases that Schemathesis makes of the OpenAPI document, by a fixed seed; `make fuzz` is the long run."""

from pathlib import Path

import pytest

from tests.fuzz import failed, fuzz
from tests.server import Server

ROUNDS = [
    ("examples,fuzzing", 5, ()),
    ("coverage", 5, ("list_events", "list_spans")),
    ("stateful", 20, ()),
]


@pytest.mark.parametrize(("phases", "examples", "operations"), ROUNDS, ids=[phases for phases, _, _ in ROUNDS])
def test_the_server_keeps_its_own_document(
    served: Server, tmp_path: Path, phases: str, examples: int, operations: tuple[str, ...]
) -> None:
    before = failed(served)
    assert fuzz(served, 1, tmp_path / "report.json", examples, phases, *operations) > 100
    assert failed(served) == before
