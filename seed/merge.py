"""All shards as one: what disagrees between documents, the numbers of the rows, and the rows of each table."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic_core import to_json
from sqlalchemy import Table

from api.model import metadata
from api.model.kinds import KINDS
from seed.faults import Fault
from seed.stage import quoted, scratch
from seed.staged import STAGED, Staged, names

IN_TEXT = '"document", "start", "end", "id"'
ORDERS = {
    "actor": '"id"',
    "correction": '"document", "date", "id"',
    "document": '"id"',
    "place": '"id"',
    "relation": '"document", "from_start", "id"',
    "section": '"document", "ordinal"',
}  # of kinds that do not stand in the text
ORDER = {kind: ORDERS.get(kind, IN_TEXT) for kind in sorted(KINDS)}  # in the order of ranks
HOMES = {staged.home: staged for staged in STAGED.values()}
LISTS = {table: (staged, name) for staged in STAGED.values() for name, table in staged.lists.items()}


class Gone(NamedTuple):
    """An id that a loaded correction names and no loaded record has."""

    kind: str
    id: str
    correction: str
    date: str


class Merged:
    """A connection to every shard at once, with a view of each staged table."""

    def __init__(self, folder: Path, shards: list[Path]) -> None:
        self.connection = scratch(folder / "numbers.db")
        self.connection.execute("PRAGMA cache_size = -65536")
        self._shards = [f"s{at}" for at in range(len(shards))]
        for name, path in zip(self._shards, shards, strict=True):
            self.connection.execute(f"ATTACH ? AS {name}", (str(path),))
        for table in STAGED:
            union = " UNION ALL ".join(f'SELECT * FROM {name}."{table}"' for name in self._shards)
            self.connection.execute(f'CREATE TEMP VIEW "{table}" AS {union}')

    def close(self) -> None:
        self.connection.close()

    def faults(self, gone: list[Gone]) -> list[Fault]:
        """What single packages cannot know: a document stated twice, shared records that disagree, ids used again."""
        found = [
            row.fault(f"document id {row.id} is also taken by {other.place}; give each its own")
            for row, other in self._clashes("document", "id", "at")
        ]
        for staged in (staged for staged in STAGED.values() if staged.is_shared):
            for key in staged.agreed:
                for row, other in self._clashes(staged.name, key, key):
                    message = f"{staged.name} {row.id} has {key} {row.value!r}, but {other.value!r} in {other.place}"
                    found.append(row.fault(f"{message}; let them agree"))
        for kind, id, correction, date in gone:
            for (at,) in self.connection.execute(f'SELECT "at" FROM "{kind}" WHERE "id" = ? AND "at" NOTNULL', (id,)):
                message = f"{kind} id {id} was taken out by correction {correction} of {date}; ids are never used again"
                message += " (to go back to an earlier edition, unload this one first)"
                found.append(Statement(id, at, "", None).fault(message))
        return found

    def _clashes(self, table: str, key: str, differing: str) -> "Iterator[tuple[Statement, Statement]]":
        """Each statement of a package about an id, with one by another that differs in a column."""
        document = "id" if table == "document" else "document"
        rows = self.connection.execute(
            f'SELECT "id", "at", "{document}", "{key}" FROM "{table}" WHERE "id" IN (SELECT "id" FROM "{table}"'
            f' GROUP BY "id" HAVING count(DISTINCT coalesce("{differing}", char(0))) > 1) ORDER BY 1, 2'
        )
        statements: dict[str, list[Statement]] = {}
        for row in rows:
            statements.setdefault(row[0], []).append(Statement(*row))
        for alike in statements.values():
            for row in alike:
                others = (o for o in alike if o.at != row.at and (key == "id" or o.clashes(row)))
                if row.at and (other := next(others, None)):
                    yield row, other

    def number(self) -> None:
        """Gives every record its sequence and its rank."""
        run = self.connection.execute
        ranked = 0
        for kind, order in ORDER.items():
            staged = STAGED[kind]
            run(f"CREATE TABLE number_{kind} (sequence INTEGER PRIMARY KEY, n INTEGER, rank INTEGER, id TEXT)")
            n, kept, rows = '"n"', "NULL", f'"{kind}"'
            if staged.is_shared:
                n, kept, rows = "NULL", '"id"', f'(SELECT DISTINCT "id" FROM "{kind}")'
            elif kind == "relation":
                rows = (
                    '(SELECT r."n", r."document", r."id", c."start" AS "from_start" FROM "relation" r JOIN'
                    ' (SELECT "id", "start" FROM "claim" WHERE "id" IN (SELECT "from_claim" FROM "relation")) c'
                    ' ON c."id" = r."from_claim")'
                )
            run(
                f"INSERT INTO number_{kind} SELECT row_number() OVER (ORDER BY {order}), {n},"
                f' {ranked} + row_number() OVER (ORDER BY "id"), {kept} FROM {rows}'
            )
            ranked += self.count(f"number_{kind}")
            if staged.has_ordinal:
                run(f"CREATE TABLE before_{kind} (document TEXT PRIMARY KEY, records INTEGER) WITHOUT ROWID")
                own = f"json_extract(\"counts\", '$.{KINDS[kind].plural}')"
                run(f'INSERT INTO before_{kind} SELECT "id", sum({own}) OVER (ORDER BY "id") - {own} FROM "document"')

    def count(self, table: str) -> int:
        rows: int = self.connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        return rows

    def counts(self) -> dict[str, int]:
        """How many records of each kind there are, by its plural."""
        counts = {KINDS[kind].plural: self.count(f"number_{kind}") for kind in ORDER}
        return {**counts, "sentences": self.count("sentence")}

    def selects(self, snapshot: str) -> Iterator[tuple[Table, str]]:
        """Each table in the order of references, and the query for its rows."""
        for table in metadata.sorted_tables:
            if table.name == "snapshot":
                counts = to_json(self.counts()).decode()
                yield table, f"SELECT '{snapshot}', '{counts}'"
            elif table in LISTS:
                yield table, self._rows_of_list(table, *LISTS[table])
            elif (staged := STAGED.get(table.name)) is None:
                yield table, self._rows_of_home(HOMES[table])
            elif staged.is_shared:
                yield table, self._rows_once(staged)
            else:
                yield table, self._rows_of_records(staged)

    def _rows_of_records(self, staged: Staged) -> str:
        """Rows in their sequence, each fetched from the shard that has it: no sort of whole rows."""
        if not staged.is_numbered:
            return f'SELECT {quoted(names(staged.table))} FROM "{staged.name}"'
        assigned = {"sequence": "k.sequence", "rank": "k.rank"}
        if staged.has_ordinal:
            before = f"(SELECT records FROM before_{staged.name} WHERE document = {self._value('document')})"
            assigned["ordinal"] = f"k.sequence - {before}"
        fields = ", ".join(assigned.get(name) or self._value(name) for name in names(staged.table))
        return f"SELECT {fields} FROM {self._numbered(staged.name)} ORDER BY k.sequence"

    def _rows_of_list(self, table: Table, staged: Staged, name: str) -> str:
        """The rows of each record's list, numbered from 1; records in their sequence."""
        columns = staged.values(table)
        given = {"ordinal": "i.key + 1", columns[0]: "i.value"}
        if len(columns) > 1:
            given |= {column: f"i.value ->> '{column}'" for column in columns}
        if staged.is_shared:
            fields = ", ".join(given.get(column, f'r."{column}"') for column in names(table))
            fields = fields.replace(f'r."{staged.name}"', 'r."id"')
            return f'SELECT {fields} FROM "{staged.name}" r, json_each(r."{name}") i ORDER BY 1, 2, 3'
        given[staged.name] = "k.sequence"
        fields = ", ".join(given[column] for column in names(table))
        source = f"{self._numbered(staged.name)} CROSS JOIN json_each({self._value(name)}) i"
        return f"SELECT {fields} FROM {source} ORDER BY k.sequence"

    def _rows_of_home(self, staged: Staged) -> str:
        """Which document states the shared record, and what it alone says of it."""
        fields = ", ".join('"id"' if name == staged.name else f'"{name}"' for name in names(staged.home))
        return f'SELECT {fields} FROM "{staged.name}" ORDER BY 1, 2'

    def _rows_once(self, staged: Staged) -> str:
        """A shared record, which every document that states it states alike."""
        fields = ", ".join(
            {"sequence": "k.sequence", "rank": "k.rank", "id": 'c."id"', "mention_count": 'sum(c."mention_count")'}.get(
                name, f'min(c."{name}")'
            )
            for name in names(staged.table)
        )
        if "sequence" not in staged.table.c:
            return f'SELECT {fields} FROM "{staged.name}" c GROUP BY c."id"'
        source = f'number_{staged.name} k JOIN "{staged.name}" c ON c."id" = k.id'
        return f"SELECT {fields} FROM {source} GROUP BY k.sequence"

    def _numbered(self, kind: str) -> str:
        joins = (f'LEFT JOIN {shard}."{kind}" AS {shard} ON {shard}."n" = k.n' for shard in self._shards)
        return f"number_{kind} k {' '.join(joins)}"

    def _value(self, name: str) -> str:
        """A column of the one joined shard that has the record."""
        columns = [f'{shard}."{name}"' for shard in self._shards]
        return f"coalesce({', '.join(columns)})" if len(columns) > 1 else columns[0]


class Statement(NamedTuple):
    """What a document states about an id."""

    id: str
    at: str | None  # file:line, or null where it is loaded already
    document: str
    value: str | None

    @property
    def place(self) -> str:
        return self.at or f"document {self.document}, which is loaded"

    def clashes(self, other: "Statement") -> bool:
        return self.value != other.value and self.document != other.document

    def fault(self, message: str) -> Fault:
        file, _, line = (self.at or "").rpartition(":")
        return Fault(file, int(line), message)
