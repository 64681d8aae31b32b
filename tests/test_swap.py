from pathlib import Path

from tests.benchmarks.swapping import swapping


def test_content_replaced_under_load_fails_nobody_and_mixes_nothing(tmp_path: Path) -> None:
    swapped = swapping(tmp_path, loads=3, claims=60)
    assert swapped.failed == []
    assert len(swapped.snapshots) == 2
    assert swapped.answers > 50
