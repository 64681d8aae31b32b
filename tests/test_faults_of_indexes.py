"""A text index is missing, damaged or of other content: it is built anew, in memory if need be.

`-s` prints rows of the table in docs/reliability.md.
"""

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults import NOT_NOTICED, file_of, readiness, small_disk
from tests.server import Server, loaded, sic
from tests.under_load import Load, records, row, within


def claims_in(env: dict[str, str]) -> frozenset[str]:
    with closing(sqlite3.connect(file_of(env))) as connection:
        return frozenset(id for (id,) in connection.execute("SELECT id FROM claim"))


@pytest.mark.parametrize("fault", ["missing", "file missing", "file cut off", "manifest damaged", "not writable"])
def test_an_index_that_is_damaged_is_built_anew(fault: str, indexed: dict[str, str], tmp_path: Path) -> None:
    source = file_of(indexed)
    file = Path(shutil.copy(source, tmp_path / "sic.db"))
    root = Path(shutil.copytree(f"{source}.index", f"{file}.index"))
    directory = newest_directory(root)
    data = largest_file(directory)
    if fault == "missing":
        shutil.rmtree(directory)
    elif fault == "file missing":
        data.unlink()
    elif fault == "file cut off":
        os.truncate(data, data.stat().st_size // 2)
    elif fault == "manifest damaged":
        (directory / "manifest.json").write_text("{")
    else:
        shutil.rmtree(root)
        root.write_text("a file where a directory should be: nothing can be written, not even by root")
    with Server({"SIC_DATABASE_URL": f"sqlite:///{file}"}, ready="/livez") as server:
        with Load([server], threads=1) as load:
            took = within(60, lambda: readiness(server)[0] == 200)
            lost = len(claims_in(indexed) - records(server))
        assert server.client.get("/v1/search?q=actor").status_code == 200
        assert server.client.get("/v1/claims?q=the&facets=type").json()["meta"]["total"] >= 0
        warnings = [line for line in map(json.loads, server.output.splitlines()) if "memory" in line.get("body", "")]
        gauge = "sic_index_in_memory 1.0" in server.client.get("/metrics").text.splitlines()
    row(f"index {fault}", "at the start", 1, load, took, lost)
    assert load.refused_for_now()
    assert not lost
    assert gauge == (fault == "not writable")
    if fault == "not writable":
        [warning] = warnings
        assert warning["severity_text"] == "WARNING"
        assert "SIC_INDEX_DIR" in warning["body"]
        assert warning["directory"] == str(root)
        assert "File exists" in warning["reason"] or "Not a directory" in warning["reason"]
    else:
        assert not warnings


def newest_directory(root: Path) -> Path:
    return max((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns)


def largest_file(directory: Path) -> Path:
    return max((path for path in directory.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("fault", ["deleted", "a file of it deleted"])
def test_an_index_that_goes_while_it_is_served_is_not_noticed(
    fault: str, own: dict[str, str], claims: frozenset[str]
) -> None:
    """It stays mapped; who starts next builds it anew."""
    with Server(own) as server, Load([server], threads=1) as load:
        directory = newest_directory(Path(f"{file_of(own)}.index"))
        before = server.client.get("/v1/search?q=war&limit=50").json()
        if fault == "deleted":
            shutil.rmtree(directory)
        else:
            max(
                (path for path in directory.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
            ).unlink()
        time.sleep(1)
        after = server.client.get("/v1/search?q=war&limit=50&offset=0").json()
        assert [hit["id"] for hit in after["data"]] == [hit["id"] for hit in before["data"]]
        assert after["meta"]["total"] == before["meta"]["total"] > 0
        with Server(own) as second:
            assert second.client.get("/v1/search?q=war&limit=50").json()["data"] == before["data"]
        lost = len(claims - records(server))
    row(f"index {fault}", "while serving", 1, load, NOT_NOTICED, lost)
    assert load.unnoticed()
    assert not lost


def test_an_index_of_other_content_under_this_snapshots_name_is_not_used(
    own: dict[str, str], indexed: dict[str, str]
) -> None:
    with closing(sqlite3.connect(file_of(own))) as connection:
        (snapshot,) = connection.execute("SELECT id FROM snapshot").fetchone()
    other = newest_directory(Path(f"{file_of(indexed)}.index"))
    before, dash, format = other.name.partition("-")
    mine = Path(f"{file_of(own)}.index") / f"{snapshot}{dash}{format}"
    shutil.copytree(other, mine)
    (mine / "manifest.json").write_text((mine / "manifest.json").read_text().replace(before, snapshot))
    with Server(own, patience=60) as server:
        listed = server.client.get("/v1/claims?type=causal").json()
        assert listed["meta"]["total"] == len(server.client.get("/v1/claims.jsonl?type=causal").text.splitlines())
        assert "other records" in server.output


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own can be mounted by root only")
def test_an_index_directory_that_is_full_while_serving_is_done_without(
    documents: tuple[Path, Path], tmp_path: Path
) -> None:
    """A load that writes there is refused; content that another publishes gets its index in memory."""
    base, other = documents
    with small_disk(tmp_path / "indexes", "32m") as disk:
        env = loaded(tmp_path, base)
        with Server(env | {"SIC_INDEX_DIR": str(disk)}) as server:
            held = records(server)
            before = server.client.get("/readyz").json()["snapshot"]
            (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 20_000))
            with Load([server], threads=1) as load:
                done = sic("load", other, env=env | {"SIC_INDEX_DIR": str(disk)})
                assert done.returncode == 1
                assert done.stderr.startswith("sic: the text index cannot be written")
                assert done.stderr.endswith("nothing was changed\n")
                assert done.stderr.count("\n") == 1
                assert server.client.get("/readyz").json()["snapshot"] == before
                assert sic("load", other, env=env).returncode == 0  # its index has a directory beside the file
                took = within(30, lambda: server.client.get("/readyz").json()["snapshot"] != before)
                assert server.client.get("/v1/search?q=actor").status_code == 200
            assert "sic_index_in_memory 1.0" in server.client.get("/metrics").text.splitlines()
            assert "SIC_INDEX_DIR" in server.output
            lost = len(held - records(server))
    row("index directory full", "20 kB left, then a load", 1, load, took, lost, " until the new content is served")
    assert load.unnoticed()
    assert held
    assert not lost
