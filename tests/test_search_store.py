"""Where the index is kept: whole or not there, refused when damaged, built once, and what a full disk does."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from tantivy import Index as Tantivy

from api import search
from api.search import Index, Question, building, store
from tests.search_indexes import ALL, filled
from tests.search_rows import random_rows


@pytest.fixture(scope="module")
def database() -> Engine:
    return filled(random_rows(7, size=120))


@pytest.fixture(scope="module")
def index(database: Engine) -> Index:
    with database.connect() as connection:
        return search.build_in_memory(connection)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_an_index_on_disk_answers_as_the_one_in_memory(index: Index, database: Engine, root: Path) -> None:
    with database.connect() as connection:
        directory = search.build(connection, root, "abc")
        assert directory is not None
        before = directory.stat().st_mtime_ns
        assert search.build(connection, root, "abc") == directory
    assert directory.stat().st_mtime_ns == before
    assert [path.name for path in root.iterdir()] == [directory.name]
    opened = search.open_index(root, "abc")
    for q in ("border treaty", "pea*", "-peace", "armena"):
        question = Question(ALL, q, facets=("kind", "actor"), limit=50)
        assert opened.ask(question) == index.ask(question)


def test_without_a_directory_the_index_lives_in_memory(database: Engine) -> None:
    with database.connect() as connection:
        assert search.build(connection, None, "abc") is None
        assert search.ensure(connection, None, "abc")[0].sizes["claim"] == 120


def spoil(directory: Path) -> Iterator[None]:
    """Each way in which a directory may not be what was written; after each it is whole again."""
    copy = directory.with_name("copy")
    shutil.copytree(directory, copy)
    manifest = directory / "manifest.json"
    some = max((path for path in (directory / "claim").iterdir()), key=lambda path: path.stat().st_size)

    def flip() -> None:
        content = bytearray(some.read_bytes())
        content[len(content) // 2] ^= 1
        some.write_bytes(content)

    def foreign() -> None:
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"snapshot": "xyz"}))

    ways: list[Callable[[], object]] = [
        flip,
        foreign,
        lambda: some.write_bytes(some.read_bytes()[:-1]),
        some.unlink,
        lambda: shutil.rmtree(directory / "lexicon"),
        lambda: manifest.write_text("{"),
        lambda: manifest.write_text("[]"),
        lambda: manifest.write_text("{}"),
        lambda: manifest.write_bytes(b"\xff"),
    ]
    for way in ways:
        way()
        yield
        shutil.rmtree(directory)
        shutil.copytree(copy, directory)


def test_a_damaged_index_is_refused_and_built_anew(database: Engine, root: Path) -> None:
    with database.connect() as connection:
        with pytest.raises(search.IndexMissing, match="abc"):
            search.open_index(root, "abc")
        directory = search.build(connection, root, "abc")
        assert directory is not None
        for _ in spoil(directory):
            with pytest.raises(search.IndexDamaged, match=directory.name):
                search.open_index(root, "abc")
            assert search.ensure(connection, root, "abc")[0].count(Question(("claim",))) == 120
            search.open_index(root, "abc")


def test_one_builds_while_the_others_wait(database: Engine, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []

    def indexes(connection: Connection, root: Path, read: None) -> dict[str, Tantivy]:
        built.append(root)
        return building.indexes(connection, root, read)

    monkeypatch.setattr(store, "indexes", indexes)

    def open_one(_: int) -> int:
        with database.connect() as connection:
            return search.ensure(connection, root, "abc")[0].count(Question(("claim",)))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_one, range(4))) == [120] * 4
    assert len(built) == 1


def test_an_index_that_cannot_be_written_is_opened(
    database: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.connect() as connection:
        search.build(connection, root, "abc")
    monkeypatch.setattr("os.access", lambda *_: False)  # as on a file system mounted read-only
    before = sorted(path for path in root.rglob("*") if path.suffix == ".lock")
    for path in before:
        path.unlink()
    assert search.open_index(root, "abc").count(Question(("claim",), "border")) > 0
    assert not any(path.suffix == ".lock" for path in root.rglob("*"))


def test_where_nothing_can_be_written_the_index_lives_in_memory(database: Engine, root: Path) -> None:
    root.write_text("a file where the directory would be")
    with database.connect() as connection:
        assert search.ensure(connection, root, "abc")[0].count(Question(("claim",))) == 120


class FullDisk:
    """A writer that fails as tantivy's does when no space is left."""

    def __init__(self, index: Tantivy, fails: str) -> None:
        self._writer, self._fails = index.writer(15_000_000, 1), fails

    def __getattr__(self, name: str) -> object:
        if name == self._fails:
            raise ValueError("An IO error occurred: 'No space left on device (os error 28)'")
        return getattr(self._writer, name)


@pytest.mark.parametrize("fails", ["add_json", "commit", "wait_merging_threads"])
def test_a_full_disk_is_an_error_of_the_system_and_leaves_nothing(
    database: Engine, root: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    monkeypatch.setattr(building, "_writer", lambda index: FullDisk(index, fails))
    with database.connect() as connection, pytest.raises(OSError, match=r"cannot be written: .*No space left"):
        search.build(connection, root, "abc")
    assert list(root.iterdir()) == []


def test_the_format_changes_with_what_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.search import fingerprint

    before = fingerprint.index_format()
    assert fingerprint.index_format.__wrapped__() == before
    for name, changed in (("statements", lambda: ["SELECT another FROM claim"]), ("SOURCES", ("words",))):
        with monkeypatch.context() as patched:
            patched.setattr(fingerprint, name, changed)
            assert fingerprint.index_format.__wrapped__() != before
