"""Where an index is kept: one directory for each snapshot and format, whole or not there at all."""

import atexit
import contextlib
import fcntl
import json
import logging
import os
import shutil
import tempfile
import time
import zlib
from pathlib import Path

from sqlalchemy import Connection
from tantivy import Index as Tantivy

from api.model.kinds import KINDS
from api.search.building import LEXICON, Entries, indexes
from api.search.fingerprint import index_format
from api.search.index import Index
from api.search.schema import registered

log = logging.getLogger("sic")

MANIFEST = "manifest.json"
REMOVALS = 20
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


class IndexMissing(Exception):
    """There is no index of this snapshot and format."""


class IndexDamaged(Exception):
    """There is an index, and it is not what was written."""


def build_in_memory(connection: Connection) -> Index:
    """For content that has no directory; the writers' buffers stay: some 70 MB even for the article."""
    built = indexes(connection, None)
    return Index({kind: built[kind] for kind in KINDS}, built[LEXICON])


def build(connection: Connection, root: Path | None, snapshot: str, read: Entries | None = None) -> Path | None:
    """Write the index of what `connection` reads, unless a sound one is there; None where indexes live in memory.

    Raises OSError where the directory cannot be written.
    """
    if root is None:
        return None
    directory = _directory(root, snapshot)
    with contextlib.suppress(IndexMissing, IndexDamaged):
        open_index(root, snapshot)
        return directory
    root.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{directory.name}.", suffix=".next", dir=root))
    try:
        built = indexes(connection, unfinished, read)
        records = {name: index.searcher().num_docs for name, index in built.items()}
        files = {str(path.relative_to(unfinished)): _checksum(path) for path in _files(unfinished)}
        manifest = {"format": index_format(), "snapshot": snapshot, "records": records, "files": files}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        for path in (*unfinished.rglob("*"), unfinished):
            path.chmod(0o755 if path.is_dir() else 0o644)  # who serves may be another user than who loads
            sync(path)
        if directory.exists():  # damaged, or a sound one that another process has just put there
            shutil.rmtree(directory, ignore_errors=True)
        unfinished.rename(directory)
        sync(root)
    finally:
        _remove(unfinished)
    return directory


def open_index(root: Path, snapshot: str) -> Index:
    """Open what `build` wrote, memory-mapped, after comparing every file with its checksum."""
    directory = _directory(root, snapshot)
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"no text index of snapshot {snapshot} in format {index_format()} under {root}") from None
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"the manifest of the text index {directory} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or {*KINDS, LEXICON} != set(manifest.get("records", ())):
        raise IndexDamaged(f"the manifest of the text index {directory} is not one of format {index_format()}")
    if (manifest.get("format"), manifest.get("snapshot")) != (index_format(), snapshot):
        raise IndexDamaged(f"the text index {directory} is of another snapshot or format")
    for name, checksum in manifest["files"].items():
        try:
            same = _checksum(directory / name) == checksum
        except OSError as error:
            raise IndexDamaged(f"the text index {directory} lacks {name}: {error}") from error
        if not same:
            raise IndexDamaged(f"{name} of the text index {directory} has changed since it was written")
    try:
        place = directory if os.access(directory, os.W_OK) else _linked(directory)
        opened = {name: registered(Tantivy.open(str(place / name))) for name in manifest["records"]}
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"the text index {directory} cannot be opened: {error}") from error
    for name, index in opened.items():
        searcher = index.searcher()
        if searcher.num_docs != manifest["records"][name] or searcher.num_segments > 1:
            raise IndexDamaged(f"the text index {directory} does not hold the {name} records that were written")
    return Index({kind: opened[kind] for kind in KINDS}, opened[LEXICON])


def ensure(connection: Connection, root: Path | None, snapshot: str) -> tuple[Index, bool]:
    """Open the index; where there is none or a damaged one, one process builds it while others wait.

    Without a directory to write in, the index lives in memory. The second value says whether it does.
    """
    if root is None:
        return build_in_memory(connection), True
    with contextlib.suppress(IndexMissing, IndexDamaged):
        return open_index(root, snapshot), False
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _directory(root, snapshot).with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            build(connection, root, snapshot)
    except OSError as error:
        index = build_in_memory(connection)
        log.warning(
            "the text index lives in memory, and every process and start builds its own, because its directory cannot"
            " be written; set SIC_INDEX_DIR to one that can",
            extra={"snapshot": snapshot, "directory": str(root), "reason": str(error)},
        )
        return index, True
    return open_index(root, snapshot), False


def _directory(root: Path, snapshot: str) -> Path:
    return root / f"{snapshot}-{index_format()}"


def _linked(directory: Path) -> Path:
    """Links to the files of a directory that cannot be written: tantivy makes a lock file where it opens an index.

    They are gone when the process ends; the files themselves stay mapped.
    """
    place = Path(tempfile.mkdtemp(prefix="sic-index-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for path in _files(directory):
        link = place / path.relative_to(directory)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(path.resolve())
    return place


def _remove(directory: Path) -> None:
    """Several times, because threads of a writer that failed may still add files."""
    for _ in range(REMOVALS):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        time.sleep(0.05)


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file() and path.name not in _LOCKS)


def _checksum(path: Path) -> list[int]:
    """Size in bytes and CRC-32."""
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return [path.stat().st_size, crc]


def sync(path: Path) -> None:
    """A file, or the names in a folder, survive a crash of the machine after this."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
