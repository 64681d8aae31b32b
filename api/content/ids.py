"""The ids of a snapshot: which are unknown, and which record was meant."""

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from api.content.database import Database
from api.content.rows import rows
from api.model import metadata
from api.model.columns import columns
from api.model.kinds import KINDS
from api.model.tables import Topic
from api.problems import nearest

SUGGESTED = 3  # of the wrong ids of one parameter; each suggestion takes milliseconds
SMALL = 50  # ids of a kind that an error lists


class Ids:
    """Ids and names by kind; read once for a snapshot where a kind has at most `near` of them.

    In a larger kind an unknown id is looked up by a statement, and no suggestion is made.
    """

    def __init__(self, database: Database, counts: Mapping[str, int], near: int) -> None:
        self._database, self._counts, self._near = database, counts, near
        self._by_name: dict[str, dict[str, str]] = {}
        self._lock = Lock()

    def unknown(self, kind: str, ids: Sequence[str]) -> dict[str, str | None]:
        """Those ids that no record of the kind has, each with the id that was probably meant."""
        if not ids:
            return {}
        if self._is_small(kind):
            named = self._names(kind)
            existing = set(named.values())
            missing = [id for id in ids if id not in existing]
            return {id: self._meant(id, named) if at < SUGGESTED else None for at, id in enumerate(missing)}
        with self._database.session() as session:
            existing = {row.id for row in rows(session, select(_id(kind)).where(_id(kind).in_(ids)))}
        return dict.fromkeys(id for id in ids if id not in existing)

    def all_of(self, kind: str) -> list[str] | None:
        """Every id of a kind that has few; otherwise None."""
        if self._count(kind) > SMALL or not self._is_small(kind):
            return None
        ids = sorted(set(self._names(kind).values()))
        return ids if len(ids) <= SMALL else None

    def _is_small(self, kind: str) -> bool:
        return self._count(kind) <= self._near

    def _count(self, kind: str) -> int:
        """How many records of a kind there are; topics are few."""
        return self._counts[KINDS[kind].plural] if kind in KINDS else 0

    def _meant(self, text: str, named: Mapping[str, str]) -> str | None:
        near = nearest(text.casefold(), named)
        return named[near] if near else None

    def _names(self, kind: str) -> dict[str, str]:
        """Each id by itself and by every name and surface form, in lower case; an id stands before names."""
        if kind not in self._by_name:
            with self._lock, self._database.session() as session:
                names = {name.casefold(): id for name, id in _named(session, kind)}
                self._by_name[kind] = names | {row.id: row.id for row in rows(session, select(_id(kind)))}
        return self._by_name[kind]


def _id(kind: str) -> Any:
    return metadata.tables[kind].c.id


def _named(session: Session, kind: str) -> Iterable[tuple[str, str]]:
    """(name, id) of the titles that a kind declares, and of the labels of topics."""
    if kind == "topic":
        topic = columns(Topic)
        yield from ((row.label, row.id) for row in rows(session, select(topic.id, topic.label)))
        return
    declared = KINDS[kind]
    for text in declared.texts if declared.is_named else ():
        if text.path not in declared.titles:
            continue
        owner = declared.table.c.id if text.owner is None else text.owner
        statement = select(text.column.label("name"), owner.label("id")).where(text.column.is_not(None))
        yield from ((row.name, row.id) for row in rows(session, statement))
