"""Load, unload, check and migrate: all or nothing, beside what is being read."""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlmodel import select

from api.content.database import sqlite_path
from api.model.tables import Snapshot
from seed import schema
from seed.apart import ALONE, Opener, entries_apart
from seed.check import Outcome
from seed.digest import snapshot_id
from seed.examined import KINDS
from seed.faults import Fault, Refused, Unusable
from seed.generations import KEEP_SECONDS, Current, Next, Store
from seed.merge import Merged
from seed.package import packages, size
from seed.readers import read
from seed.retain import query
from seed.stage import COLUMNS, Shard

INDEX = re.compile(r"[0-9a-f]{16}-\w+(\..*)?")
ABANDONED_SECONDS = 3600  # after which an unfinished index is what a killed process left


class Steps:
    """Hears how far a long load is; silent."""

    def reading(self, total: int) -> Callable[[int], None]:  # noqa: ARG002
        """Called once with the bytes to read; what it returns is called with the bytes read since."""
        return lambda _: None

    def step(self, name: str) -> None:
        pass


class Loaded(NamedTuple):
    snapshot: str
    counts: dict[str, int]
    documents: list[str]  # those that were given
    changed: bool
    warnings: list[Fault]


class Checked(NamedTuple):
    counts: dict[str, int]
    accounted: int
    warnings: list[Fault]


def load(store: Store, paths: Iterable[Path], index_root: Path | None, steps: Steps) -> Loaded:
    """Adds the packages to what is published, or puts them in the place of documents of the same id.

    Raises Refused with every fault, and then nothing has changed.
    """
    with store.locked(lambda: steps.step("waiting for another load")), store.scratch() as scratch:
        current = _readable(store)
        _drop_stale_indexes(index_root, current)
        outcomes, shards = _read(paths, scratch, steps)
        given = {outcome.document or "": outcome.digest for outcome in outcomes}
        warnings = [warning for outcome in outcomes for warning in outcome.warnings]
        documents = {**current.documents, **given}
        snapshot = snapshot_id(documents.items())
        changed = snapshot != current.snapshot
        counts = _publish(store, scratch, shards, current, list(given), snapshot, index_root, steps) if changed else {}
        return Loaded(snapshot, counts, sorted(given), changed, warnings)


def unload(store: Store, document: str, index_root: Path | None, steps: Steps) -> Loaded:
    """Publishes what is loaded without that document, and without the actors and places that it alone used."""
    with store.locked(lambda: steps.step("waiting for another load")), store.scratch() as scratch:
        current = _readable(store)
        _drop_stale_indexes(index_root, current)
        if document not in current.documents:
            loaded = ", ".join(sorted(current.documents)[:20]) or "none"
            raise Unusable(f"no document {document} is loaded; loaded: {loaded}")
        left = [item for item in current.documents.items() if item[0] != document]
        snapshot = snapshot_id(left)
        counts = _publish(store, scratch, [], current, [document], snapshot, index_root, steps)
        return Loaded(snapshot, counts, [document], True, [])


def check(store: Store, paths: Iterable[Path], steps: Steps) -> Checked:
    """Everything a load would refuse, and how many of the sentences are accounted for; nothing is loaded."""
    with tempfile.TemporaryDirectory(prefix="sic-check-") as folder:
        scratch = Path(folder)
        current = _readable(store)
        outcomes, shards = _read(paths, scratch, steps)
        shards.append(_retain(store, scratch, current, [outcome.document or "" for outcome in outcomes]))
        with closing(Merged(scratch, shards)) as merged:
            if faults := merged.faults():
                raise Refused(faults)
        counts = {"documents": len(outcomes)} | {
            kind: sum(outcome.counts[kind] for outcome in outcomes) for kind in KINDS
        }
        warnings = [warning for outcome in outcomes for warning in outcome.warnings]
        return Checked(counts, sum(outcome.accounted for outcome in outcomes), warnings)


def migrate(store: Store, index_root: Path | None, steps: Steps) -> str:
    """Makes an empty generation where there is none, and moves an older one to the newest schema. Says what it did."""
    with store.locked(lambda: steps.step("waiting for another load")), store.scratch() as scratch:
        current = store.current()
        if current is None:
            _publish(store, scratch, [], EMPTY, [], snapshot_id([]), index_root, steps)
            return f"published an empty snapshot at revision {schema.head()}"
        if current.revision == schema.head():
            return f"already at revision {current.revision}"
        _refuse_newer(current)
        with store.copy() as building:
            schema.upgrade(building.connection)
            snapshot = building.connection.exec_driver_sql("SELECT id FROM snapshot").scalar()
            building.complete(lambda opened: _index_text(opened, index_root, snapshot or snapshot_id([])))
            building.publish()
        return f"moved the content from revision {current.revision} to {schema.head()}"


EMPTY = Current(None, None, {})


def store(url: str, reader_role: str | None = None) -> Store:
    """Where the content at the URL is published; on PostgreSQL the role may read it."""
    if path := sqlite_path(url):
        from seed.sqlite import SqliteStore

        return SqliteStore(path)
    from seed.postgres import PostgresStore

    return PostgresStore(url, reader_role)


def _refuse_newer(current: Current) -> None:
    if current.revision is not None and not schema.known(current.revision):
        raise Unusable(
            f"the content is of revision {current.revision}, newer than {schema.head()}, the last that this release"
            " knows; use the release that wrote it"
        )


def _readable(store: Store) -> Current:
    current = store.current()
    if current is None:
        return EMPTY
    _refuse_newer(current)
    if current.revision != schema.head():
        raise Unusable(f"the content is of revision {current.revision}, not {schema.head()}; run `sic migrate` first")
    return current


def _read(paths: Iterable[Path], scratch: Path, steps: Steps) -> tuple[list[Outcome], list[Path]]:
    faults: list[Fault] = []
    folders = packages(paths, faults)
    outcomes, shards = read(folders, scratch, steps.reading(sum(map(size, folders))))
    for outcome in outcomes:
        faults += outcome.faults
    if faults:
        with closing(Merged(scratch, shards)) as merged:
            raise Refused(faults + merged.faults())
    return outcomes, shards


def _retain(store: Store, scratch: Path, current: Current, without: list[str]) -> Path:
    """A shard of what stays; its rows are numbered by their sequence."""
    path = scratch / "retained.db"
    shard = Shard(path, 0)
    goes = set(without) & set(current.documents)
    if stays := set(current.documents) - goes:
        for table in COLUMNS:
            shard.fill(table, store.rows(query(table, stays, goes, store.collected)))
    shard.close()
    return path


def _publish(
    store: Store,
    scratch: Path,
    shards: list[Path],
    current: Current,
    without: list[str],
    snapshot: str,
    index_root: Path | None,
    steps: Steps,
) -> dict[str, int]:
    """Builds and publishes what the shards hold together with what stays; the counts per kind."""
    shards = [_retain(store, scratch, current, without), *shards]
    with closing(Merged(scratch, shards)) as merged:
        if faults := merged.faults():
            raise Refused(faults)
        steps.step("numbering")
        merged.number()
        counts = merged.counts()
        with store.next() as building:
            steps.step("writing")
            for table, columns, select in merged.selects(snapshot):
                building.fill(merged.connection, table, columns, select)
            merged.close()
            steps.step("indexing")
            building.complete(lambda opened: _index_text(opened, index_root, snapshot))
            _compare(building, counts)
            building.publish()
    return counts


def _compare(building: Next, counts: dict[str, int]) -> None:
    for kind, expected in counts.items():
        actual = building.connection.exec_driver_sql(f'SELECT count(*) FROM "{kind.removesuffix("s")}"').scalar()
        if actual != expected:
            raise AssertionError(f"{actual} {kind} were written of {expected}")


def _index_text(opened: Opener, root: Path | None, snapshot: str) -> None:
    if root is None:
        return
    from api.search import build

    with opened() as connection:
        counts: dict[str, int] = connection.execute(select(Snapshot.counts)).scalar_one()
        if sum(counts.values()) < ALONE:
            build(connection, root, snapshot)
        else:
            with entries_apart(opened) as read:
                build(connection, root, snapshot, read)


def _drop_stale_indexes(root: Path | None, current: Current) -> None:
    """Indexes of snapshots that were superseded so long ago that nobody opens them any more."""
    if root is None or current.snapshot is None or not root.is_dir():
        return
    now = time.time()
    ages = {path: now - path.stat().st_mtime for path in root.iterdir() if INDEX.fullmatch(path.name)}
    for path, age in ages.items():
        if path.name.endswith(".next"):
            stale = age > ABANDONED_SECONDS
        else:
            stale = min(ages.values()) > KEEP_SECONDS and not path.name.startswith(current.snapshot)
        if stale:
            shutil.rmtree(path, ignore_errors=True)
