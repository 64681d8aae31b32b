"""A load meets a disk that takes no more: it is refused and changes nothing. Killed loads: tests/test_killed_loads.py.

`-s` prints rows of the table in docs/reliability.md.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import NOT_NOTICED, file_of, small_disk
from tests.server import ROOT, Server, sic
from tests.under_load import Load, records, row


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own can be mounted by root only")
def test_a_load_onto_a_full_disk_is_refused_and_changes_nothing(documents: tuple[Path, Path], tmp_path: Path) -> None:
    base, other = documents
    with small_disk(tmp_path / "disk", "32m") as disk:
        env = {"SIC_DATABASE_URL": f"sqlite:///{disk / 'sic.db'}"}
        for command in (("migrate",), ("load", base)):
            assert sic(*command, env=env).returncode == 0
        before = (disk / "sic.db").read_bytes()
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 150_000))
        with Server(env) as server:
            held = records(server)
            with Load([server], threads=1) as load:
                done = sic("load", other, env=env)
            assert done.returncode == 1
            assert done.stderr.startswith("sic: ")
            assert "full" in done.stderr or "No space" in done.stderr
            assert "nothing was changed" in done.stderr
            assert done.stderr.count("\n") == 1
            assert (disk / "sic.db").read_bytes() == before
            assert {path.name for path in disk.iterdir()} <= {
                "sic.db",
                "sic.db.lock",
                "sic.db.index",
                "sic.db.previous",
                "filler",
            }
            lost = len(held - records(server))
        row("disk full", "a load where 150 kB are free", 1, load, NOT_NOTICED, lost, "; the load says why, exit 1")
        assert load.unnoticed()
        assert held
        assert not lost


def test_a_load_whose_files_may_not_grow_is_refused_and_changes_nothing(
    own: dict[str, str], claims: frozenset[str]
) -> None:
    before = file_of(own).read_bytes()
    with Server(own) as server:
        with Load([server], threads=1) as load:
            done = subprocess.run(
                [sys.executable, "-m", "tests.limited", "unload", "karabakh"],
                cwd=ROOT,
                env=os.environ | own | {"LIMIT_FSIZE": "8192"},
                capture_output=True,
                text=True,
                check=False,
            )
        lost = len(claims - records(server))
    assert done.returncode == 1
    assert done.stderr.endswith("nothing was changed\n")
    assert file_of(own).read_bytes() == before
    row("files may not grow", "`RLIMIT_FSIZE` of 8 kB", 1, load, NOT_NOTICED, lost, "; the load says why, exit 1")
    assert load.unnoticed()
    assert not lost
