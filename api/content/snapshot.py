"""What is being served: content id, database, index, answers. Swapped whole, never in part."""

import asyncio
import logging
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from api import search
from api.content.answers import Answers
from api.content.database import Database, DatabaseUnavailable, Generation, open_database, probe_engine, published
from api.content.ids import Ids
from api.model.columns import columns
from api.model.kinds import KINDS
from api.model.tables import Snapshot as SnapshotRow
from api.settings import Settings

log = logging.getLogger("sic")

SNAPSHOT = columns(SnapshotRow)

PATIENCE = 5.0  # seconds without a word from the database after which it counts as away
CUT_OFF = 3  # answers in a row that took too long, after which it counts as away for as long

# What is wrong with an index, for everyone; the exception names paths and goes to the log.
INDEX_FAULTS: dict[type[Exception], str] = {
    search.IndexMissing: "there is no text index of this snapshot; run `sic load`",
    search.IndexDamaged: "the text index is damaged and could not be built anew; see the log",
    search.IndexTooLarge: "the text index does not fit in memory; set SIC_INDEX_DIR",
}


@dataclass
class Snapshot:
    """One state of the content, open while it has users: `Serving` until it moves on, and answers in the making."""

    id: str
    counts: dict[str, int]
    database: Database
    index: search.Index
    index_in_memory: bool
    answers: Answers
    ids: Ids
    remembered: dict[Any, Any] = field(default_factory=dict)  # totals and small lists: pure functions of the content
    users: int = 1
    lock: Lock = field(default_factory=Lock)

    def acquire(self) -> bool:
        """Hold it open; False if it was closed a moment ago."""
        with self.lock:
            if self.users:
                self.users += 1
            return self.users > 0

    def release(self) -> None:
        with self.lock:
            self.users -= 1
            unused = self.users == 0
        if unused:
            self.database.close()


class Serving:
    """Holds the current snapshot of a process and moves it on when another is published.

    `down` says why nothing can be computed now, `behind` why newer content is not served while the old one is.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.current: Snapshot | None = None
        self.down: dict[str, str] = {"database": "starting"}
        self.behind: dict[str, str] = {}
        self.draining = False  # the process is about to end
        self._cut_off = 0  # answers in a row that took too long
        self._cut_off_at = 0.0
        self._probe = probe_engine(settings)
        self._asking = False

    def take(self) -> Snapshot | None:
        """The current snapshot, held open until the caller releases it; None while nothing can be computed."""
        while not self.down and (snapshot := self.current) is not None:
            if snapshot.acquire():
                return snapshot
        return None

    def open(self, generation: Generation) -> Snapshot:
        database = open_database(self.settings, generation)
        try:
            with database.scan() as connection:
                row = connection.execute(select(SNAPSHOT.id, SNAPSHOT.counts)).one()
                counts = {kind.plural: 0 for kind in KINDS.values()} | row.counts  # older content lacks newer kinds
                index, in_memory = search.ensure(connection, self.settings.index_root, row.id)
                if any(counts[KINDS[kind].plural] != count for kind, count in index.sizes.items()):
                    log.error("the text index holds other records than the database; building it anew in memory")
                    index, in_memory = search.build_in_memory(connection), True
        except DBAPIError as error:
            database.close()
            raise DatabaseUnavailable("the content cannot be read", str(error.orig)) from error
        except Exception:
            database.close()
            raise
        answers, ids = Answers(self.settings.answer_cache_bytes), Ids(database, counts, self.settings.near_ids)
        return Snapshot(row.id, counts, database, index, in_memory, answers, ids)

    def refresh(self) -> None:
        """Look once for newly published content, and serve it. Never raises: /readyz says what is wrong."""
        try:
            self._asking = True
            generation = published(self.settings, self._probe)
            self._asking = False
            if self.current is not None and generation.overwrites(self.current.database.generation):
                log.error("the database file was written into while it was served; replace it instead")
                self._replace(None)
            if self.current is None or self._replaces(generation, self.current.database):
                self._replace(self.open(generation))
        except DatabaseUnavailable as error:
            self._report("database", str(error), error.detail)
        except tuple(INDEX_FAULTS) as error:
            self._report("index", INDEX_FAULTS[type(error)], str(error))
        except Exception as error:
            log.exception("refresh failed")
            self._report("content", f"unexpected {type(error).__name__}")
        else:
            if self.down or self.behind:
                log.info("ready", extra={"snapshot": self.current.id if self.current else None})
            self.down, self.behind = {}, {}
        finally:
            self._asking = False

    def _replaces(self, newest: Generation, current: Database) -> bool:
        """Whether to open the newest generation; not where it is that of a lagging standby and the current answers."""
        if newest == current.generation:
            return bool(self.down) and not current.answers()
        return not (newest.precedes(current.generation) and current.answers())

    def _replace(self, opened: Snapshot | None) -> None:
        previous, self.current = self.current, opened
        if opened is not None:
            log.info("serving", extra={"snapshot": opened.id})
        if previous is not None:
            previous.release()

    def _report(self, dependency: str, why: str, detail: str | None = None) -> None:
        if why not in (self.down.get(dependency), self.behind.get(dependency)):
            log.warning("not ready", extra={"dependency": dependency, "reason": why, "detail": detail})
        if self.current is not None and self.current.database.answers():
            self.down, self.behind = {}, {dependency: why}
        else:
            self.down, self.behind = {dependency: why}, {}

    async def poll(self) -> None:
        while True:
            await asyncio.sleep(self.settings.poll_seconds)
            looking = asyncio.create_task(asyncio.to_thread(self.refresh))
            await asyncio.wait({looking}, timeout=PATIENCE)
            if not looking.done() and self._asking:
                self.down = {"database": "it does not answer"}
                log.warning("not ready", extra={"dependency": "database", "reason": "it does not answer"})
            await looking

    @property
    def unready(self) -> dict[str, str]:
        """Why no requests should be sent here, by dependency; empty while it is ready."""
        if self.draining:
            return {"process": "it is about to end"}
        if self.down:
            return self.down
        if self._cut_off >= CUT_OFF and monotonic() - self._cut_off_at < PATIENCE:
            return {"database": "its statements take longer than a request may"}
        return {}

    def answered(self, in_time: bool) -> None:
        """Whether an answer that needed the database came within the time that a request may take."""
        self._cut_off = 0 if in_time else self._cut_off + 1
        self._cut_off_at = monotonic()

    def close(self) -> None:
        if self.current is not None:
            self.current.release()
        if self._probe is not None:
            self._probe.dispose()
