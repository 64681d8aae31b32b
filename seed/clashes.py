"""Faults between packages: a document stated twice, shared records that disagree, ids that were used before."""

from collections.abc import Iterable
from sqlite3 import Connection
from typing import NamedTuple

from seed.faults import Fault
from seed.staged import STAGED

# Each statement about an id that packages do not state alike, with one that differs: of what is loaded, or the first.
DIFFERING = """
SELECT a."id", a."at", a."{key}", coalesce(b."at", 'document ' || b."{document}" || ', which is loaded'), b."{key}",
  min(coalesce(b."at", ''))
FROM "{table}" a JOIN "{table}" b ON b."id" = a."id" AND {condition}
WHERE a."at" NOTNULL AND a."id" IN
  (SELECT "id" FROM "{table}" GROUP BY "id" HAVING count(DISTINCT coalesce("{column}", char(0))) > 1)
GROUP BY a."id", a."at"
"""


class Gone(NamedTuple):
    """An id that a loaded correction names and no loaded record has."""

    kind: str
    id: str
    correction: str
    date: str


def clashes(staged: Connection, gone: Iterable[Gone]) -> list[Fault]:
    faults = []
    twice = DIFFERING.format(table="document", document="id", key="id", column="at", condition='b."at" <> a."at"')
    for id, at, _, other, *_ in staged.execute(twice):
        faults.append(_fault(at, f"document id {id} is also taken by {other}; give each its own"))
    for table in (table for table in STAGED.values() if table.is_shared):
        for key in table.agreed:
            condition = f'b."document" <> a."document" AND b."{key}" IS NOT a."{key}"'
            query = DIFFERING.format(table=table.name, document="document", key=key, column=key, condition=condition)
            for id, at, value, other, theirs, _ in staged.execute(query):
                message = f"{table.name} {id} has {key} {value!r}, but {theirs!r} in {other}; let them agree"
                faults.append(_fault(at, message))
    for kind, id, correction, date in gone:
        for (at,) in staged.execute(f'SELECT "at" FROM "{kind}" WHERE "id" = ? AND "at" NOTNULL', (id,)):
            message = f"{kind} id {id} was taken out by correction {correction} of {date}; ids are never used again"
            faults.append(_fault(at, f"{message} (to go back to an earlier edition, unload this one first)"))
    return faults


def _fault(at: str, message: str) -> Fault:
    file, _, line = at.rpartition(":")
    return Fault(file, int(line), message)
