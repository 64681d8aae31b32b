"""What is being served: content id, database, index, answers. Swapped whole, never in part."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import time
from typing import Any

from sqlalchemy import QueuePool, select

from api import search
from api.answers import Answers
from api.database import Database, DatabaseUnavailable, Generation, open_database, probe_engine, published
from api.problems import nearest
from api.settings import Settings
from api.tables import Snapshot as SnapshotRow
from api.tables import columns_of, metadata

log = logging.getLogger("sic")

SNAPSHOT = columns_of(SnapshotRow)

NEAR_IDS = 5000  # beyond so many ids of a kind, a wrong one is told without a suggestion


@dataclass
class Snapshot:
    """One state of the content. `users` holds it open while answers are made from it."""

    id: str
    counts: dict[str, int]
    database: Database
    index: search.Index
    answers: Answers
    remembered: dict[Any, Any] = field(default_factory=dict)  # totals and small lists: pure functions of the content
    users: int = 0
    retired: bool = False
    lock: Lock = field(default_factory=Lock)

    def acquire(self) -> bool:
        """Hold it open; False if it was retired, and perhaps closed, a moment ago."""
        with self.lock:
            if self.retired:
                return False
            self.users += 1
            return True

    def release(self) -> None:
        with self.lock:
            self.users -= 1
            done = self.retired and self.users == 0
        if done:
            self.database.close()

    def retire(self) -> None:
        with self.lock:
            self.retired = True
            done = self.users == 0
        if done:
            self.database.close()

    def unknown(self, kind: str, ids: Sequence[str]) -> dict[str, str | None]:
        """Which of the ids no record of the kind has, each with the nearest that one has."""
        if not ids:
            return {}
        if self.counts.get(f"{kind}s", 0) <= NEAR_IDS:
            known = self._ids(kind)
            return {id: nearest(id, known) for id in ids if id not in known}
        id_column = metadata.tables[kind].c.id
        with self.database.connect() as connection:
            found = set(connection.execute(select(id_column).where(id_column.in_(ids))).scalars())
        return {id: None for id in ids if id not in found}

    def _ids(self, kind: str) -> frozenset[str]:
        known: frozenset[str] | None = self.remembered.get(("ids", kind))
        if known is None:
            with self.database.connect() as connection:
                known = frozenset(connection.execute(select(metadata.tables[kind].c.id)).scalars())
            self.remembered[("ids", kind)] = known
        return known


class Serving:
    """Holds the current snapshot of a process and moves it on when another is published."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.current: Snapshot | None = None
        self.down: dict[str, str] = {"database": "starting"}
        self.since = 0.0
        self._probe = probe_engine(settings)

    def take(self) -> Snapshot | None:
        """The current snapshot, held open until the caller releases it; None while there is nothing to serve."""
        while (snapshot := self.current) is not None:
            if snapshot.acquire():
                return snapshot
        return None

    def open(self, generation: Generation) -> Snapshot:
        database = open_database(self.settings, generation)
        try:
            with database.connect() as connection:
                row = connection.execute(select(SNAPSHOT.id, SNAPSHOT.counts)).one()
                index = search.ensure(connection, self.settings.index_root, row.id)
        except Exception:
            database.close()
            raise
        return Snapshot(row.id, row.counts, database, index, Answers(self.settings.answer_cache_bytes))

    def refresh(self) -> None:
        """Look once for newly published content, and serve it. Never raises: what is wrong goes to `down`."""
        try:
            generation = published(self.settings, self._probe)
            if self.current is None or self.current.database.generation != generation:
                opened, previous = self.open(generation), self.current
                self.current, self.since = opened, time()
                log.info("serving", extra={"snapshot": opened.id})
                if previous is not None:
                    previous.retire()
            self.down = {}
        except DatabaseUnavailable as error:
            self._tell("database", str(error))
        except (search.IndexDamaged, search.IndexMissing, search.IndexTooLarge) as error:
            self._tell("index", str(error))
        except Exception as error:
            log.exception("refresh failed")
            self._tell("content", f"unexpected {type(error).__name__}")

    def _tell(self, dependency: str, why: str) -> None:
        if self.down.get(dependency) != why:
            log.warning("not ready", extra={"dependency": dependency, "reason": why})
        self.down = {dependency: why}

    async def poll(self) -> None:
        while True:
            await asyncio.sleep(self.settings.poll_seconds)
            await asyncio.to_thread(self.refresh)

    def gauges(self) -> dict[str, float]:
        """What /metrics shows of it."""
        current = self.current
        pool = current.database.engine.pool if current else None
        return {
            "sic_ready": float(not self.down),
            "sic_snapshot_age_seconds": time() - self.since if current else 0.0,
            "sic_remembered_answers": float(len(current.answers)) if current else 0.0,
            "sic_remembered_bytes": float(current.answers.size) if current else 0.0,
            "sic_connections_in_use": float(pool.checkedout()) if isinstance(pool, QueuePool) else 0.0,
        }

    def close(self) -> None:
        if self.current is not None:
            self.current.retire()
        if self._probe is not None:
            self._probe.dispose()
