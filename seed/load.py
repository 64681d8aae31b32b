"""Load, unload, check, migrate and roll back: all or nothing, beside what is being read."""

import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert
from sqlmodel import Session, col, select

from api.content.database import sqlite_path
from api.model.joins import DERIVED
from api.model.kinds import KINDS
from api.model.links import CorrectionRecord
from api.model.tables import Correction
from seed import schema
from seed.check import Outcome
from seed.clashes import Gone, clashes
from seed.digest import snapshot_id
from seed.draft import COUNTED, NAMES
from seed.faults import Fault, Refused, Unusable
from seed.generations import KEEP_SECONDS, Current, Next, Store, current, readable, refuse_newer
from seed.indexing import drop_stale_indexes, index_text
from seed.merge import Merged
from seed.package import packages, size
from seed.readers import read
from seed.retain import query
from seed.rows import selects
from seed.stage import Shard
from seed.staged import STAGED, names


class Steps:
    """Is called with the progress of a load. This one shows nothing."""

    def reading(self, total: int) -> Callable[[int], None]:  # noqa: ARG002
        """Called once with the bytes to read. The function that it returns is called with the bytes read since."""
        return lambda _: None

    def step(self, name: str) -> None:
        pass

    def waiting(self) -> None:
        self.step("waiting for another load")


class Loaded(NamedTuple):
    snapshot: str
    counts: dict[str, int]
    documents: list[str]  # those that the packages state
    changed: bool
    warnings: list[Fault]


class Checked(NamedTuple):
    counts: dict[str, int]
    accounted: int
    warnings: list[Fault]
    advice: list[Fault]


def load(store: Store, paths: Iterable[Path], index_root: Path | None, steps: Steps) -> Loaded:
    """Adds the packages to what is published, or puts them in the place of documents of the same id.

    Raises Refused with every fault, and then nothing has changed.
    """
    with store.locked(steps.waiting), store.scratch() as scratch:
        content = readable(store.opener())
        drop_stale_indexes(index_root, content.snapshot, KEEP_SECONDS)
        outcomes, shards = read_packages(paths, scratch, steps)
        stated = {outcome.document or "": outcome.digest for outcome in outcomes}
        warnings = [warning for outcome in outcomes for warning in outcome.warnings]
        snapshot = snapshot_id({**content.documents, **stated}.items())
        if snapshot == content.snapshot:
            return Loaded(snapshot, {}, sorted(stated), False, warnings)
        shards.insert(0, retain(store, scratch, set(content.documents) - set(stated), set(stated)))
        counts = _publish(store, scratch, shards, _gone(store, content), snapshot, index_root, steps)
        return Loaded(snapshot, counts, sorted(stated), True, warnings)


def unload(store: Store, document: str, index_root: Path | None, steps: Steps) -> Loaded:
    """Publishes the content without the document and the actors and places that it alone uses.

    Raises Unusable where no such document is loaded.
    """
    with store.locked(steps.waiting), store.scratch() as scratch:
        content = readable(store.opener())
        drop_stale_indexes(index_root, content.snapshot, KEEP_SECONDS)
        if document not in content.documents:
            loaded = ", ".join(sorted(content.documents)[:20]) or "none"
            raise Unusable(f"no document {document} is loaded; loaded: {loaded}")
        stays = {id: digest for id, digest in content.documents.items() if id != document}
        snapshot = snapshot_id(stays.items())
        shards = [retain(store, scratch, set(stays), {document})]
        counts = _publish(store, scratch, shards, [], snapshot, index_root, steps)
        return Loaded(snapshot, counts, [document], True, [])


def check(store: Store, paths: Iterable[Path], steps: Steps) -> Checked:
    """Checks packages and loads nothing. Raises Refused with every fault for which a load would refuse them."""
    with tempfile.TemporaryDirectory(prefix="sic-check-") as folder:
        scratch = Path(folder)
        content = readable(store.opener())
        outcomes, shards = read_packages(paths, scratch, steps, advises=True)
        stated = {outcome.document or "" for outcome in outcomes}
        shards.append(retain(store, scratch, set(content.documents) - stated, stated))
        with closing(Merged(scratch, shards)) as merged:
            if faults := clashes(merged.connection, _gone(store, content)):
                raise Refused(faults)
        counts = {name: sum(outcome.counts[name] for outcome in outcomes) for name in COUNTED.values()}
        warnings = [warning for outcome in outcomes for warning in outcome.warnings]
        advice = [fault for outcome in outcomes for fault in outcome.advice]
        accounted = sum(outcome.accounted for outcome in outcomes)
        return Checked({"documents": len(outcomes)} | counts, accounted, warnings, advice)


def migrate(store: Store, index_root: Path | None, steps: Steps) -> str:
    """Makes an empty generation where there is none, and moves an older one to the newest schema. Says what it did."""
    with store.locked(steps.waiting), store.scratch() as scratch:
        revision = current(store.opener()).revision
        if revision is None:
            nothing = [retain(store, scratch, set(), set())]
            _publish(store, scratch, nothing, [], snapshot_id([]), index_root, steps)
            return f"published an empty snapshot at revision {schema.head()}"
        if revision == schema.head():
            return f"already at revision {revision}"
        refuse_newer(revision)
        with store.copy() as building:
            schema.upgrade(building.connection)
            building.complete(partial(index_text, index_root))
            building.publish()
        return f"moved the content from revision {revision} to {schema.head()}"


def rollback(store: Store, index_root: Path | None, steps: Steps) -> Loaded:
    """Publishes the generation before the current one again. Raises Unusable where it is not kept."""
    with store.locked(steps.waiting, clear=False):
        opener = store.earlier()
        if opener is None:
            raise Unusable("no earlier generation is kept; load the packages that it was made of")
        content = readable(opener)
        steps.step("indexing")
        index_text(index_root, opener)
        store.publish_earlier()
        return Loaded(content.snapshot or "", {}, sorted(content.documents), True, [])


def store(url: str, reader_role: str | None = None) -> Store:
    """Where the content at the URL is published; on PostgreSQL the role may read it."""
    if path := sqlite_path(url):
        from seed.sqlite import SqliteStore

        return SqliteStore(path)
    from seed.postgres import PostgresStore

    return PostgresStore(url, reader_role)


def read_packages(
    paths: Iterable[Path], scratch: Path, steps: Steps, advises: bool = False
) -> tuple[list[Outcome], list[Path]]:
    """The outcome of each package, and the shards of its rows. Raises Refused with every fault."""
    faults: list[Fault] = []
    folders = packages(paths, faults)
    outcomes, shards = read(folders, scratch, steps.reading(sum(map(size, folders))), advises=advises)
    for outcome in outcomes:
        faults += outcome.faults
    if faults:
        with closing(Merged(scratch, shards)) as merged:
            raise Refused(faults + clashes(merged.connection, []))
    return outcomes, shards


def retain(store: Store, scratch: Path, stays: set[str], goes: set[str]) -> Path:
    """A shard of the published documents that stay; its rows are numbered by their sequence."""
    path = scratch / "retained.db"
    shard = Shard(path, 0)
    if stays:
        for name, staged in STAGED.items():
            shard.fill(name, store.rows(query(staged, stays, goes, store.dialect)))
    shard.close()
    return path


def _gone(store: Store, content: Current) -> list[Gone]:
    """Ids that loaded corrections name and no loaded record has. Those of actors and places may come back."""
    gone: list[Gone] = []
    opener = store.opener()
    if opener is None or not content.documents:
        return gone
    with opener() as connection, Session(connection) as session:
        for kind in (KINDS[name] for name, staged in STAGED.items() if staged.is_numbered):
            statement = (
                select(CorrectionRecord.record, Correction.id, Correction.date)
                .join(Correction, col(Correction.sequence) == CorrectionRecord.correction)
                .where(CorrectionRecord.record_kind == kind.name)
                .where(col(CorrectionRecord.record).not_in(select(kind.table.c.id)))
            )
            gone += [Gone(kind.name, *row) for row in session.exec(statement)]
    return gone


def _publish(
    store: Store,
    scratch: Path,
    shards: list[Path],
    gone: list[Gone],
    snapshot: str,
    index_root: Path | None,
    steps: Steps,
) -> dict[str, int]:
    """Builds and publishes what the shards hold; the counts per kind."""
    with closing(Merged(scratch, shards)) as merged:
        if faults := clashes(merged.connection, gone):
            raise Refused(faults)
        steps.step("numbering")
        merged.number()
        counts = merged.counts()
        with store.next() as building:
            steps.step("writing")
            for table, rows in selects(merged, snapshot):
                building.fill(merged.connection, table, rows)
            merged.close()
            for table, rows_of in DERIVED.items():
                building.connection.execute(insert(table).from_select(names(table), rows_of))
            building.connection.commit()
            steps.step("indexing")
            building.complete(partial(index_text, index_root))
            _compare(building, counts)
            building.publish()
    return counts


def _compare(building: Next, counts: dict[str, int]) -> None:
    for name, expected in counts.items():
        actual = building.connection.exec_driver_sql(f'SELECT count(*) FROM "{NAMES[name]}"').scalar()
        if actual != expected:
            raise AssertionError(f"{actual} {name} were written of {expected}")
