"""All shards as one: what disagrees between documents, the numbers of the rows, and the rows of each table."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from api.model.tables import metadata
from seed.faults import Fault
from seed.stage import COLUMNS, LISTED, quoted, scratch

IN_TEXT = '"document", "start", "end", "id"'
ORDER = {
    "actor": '"id"',
    "claim": IN_TEXT,
    "document": '"id"',
    "event": IN_TEXT,
    "obstacle": IN_TEXT,
    "place": '"id"',
    "position": IN_TEXT,
    "relation": '"document", "from_start", "id"',
    "section": '"document", "ordinal"',
}  # in the order of ranks: kinds by name
ORDINAL = ("claim", "event")  # numbered from 1 within their document, too
AGREE = {"actor": ("name", "category", "of"), "place": ("name", "category"), "topic": ("label", "definition")}
OWN = ("document", "section", "obstacle", "position", "claim", "event", "relation")
SHARED = {"actor": '"id", min("name"), min("category"), min("of")', "place": '"id", min("name"), min("category")'}


class Merged:
    """A connection to every shard at once, with a view of each staged table."""

    def __init__(self, folder: Path, shards: list[Path]) -> None:
        self.connection = scratch(folder / "numbers.db")
        self.connection.execute("PRAGMA cache_size = -65536")
        self._shards = [f"s{at}" for at in range(len(shards))]
        for name, path in zip(self._shards, shards, strict=True):
            self.connection.execute(f"ATTACH ? AS {name}", (str(path),))
        for table in COLUMNS:
            union = " UNION ALL ".join(f'SELECT * FROM {name}."{table}"' for name in self._shards)
            self.connection.execute(f'CREATE TEMP VIEW "{table}" AS {union}')

    def close(self) -> None:
        self.connection.close()

    def faults(self) -> list[Fault]:
        """What single packages cannot know: ids taken by two documents, and shared records that disagree."""
        found: list[Fault] = []
        for kind in OWN if self._is_nested() else ("document",):
            for name, rows in self._clashing(kind, "id", "count(*) > 1").items():
                for row in rows:
                    others = [o for o in rows if o != row and (kind == "document" or o.document != row.document)]
                    if row.at and others:
                        found.append(
                            row.fault(f"{kind} id {name} is also taken by {others[0].place}; give each its own")
                        )
        for kind, keys in AGREE.items():
            for key in keys:
                for name, rows in self._clashing(
                    kind, key, f"""count(DISTINCT coalesce("{key}", char(0))) > 1"""
                ).items():
                    for row in rows:
                        others = [o for o in rows if o.said != row.said and o.document != row.document]
                        if row.at and others:
                            other = others[0]
                            message = f"{kind} {name} has {key} {row.said!r}, but {other.said!r} in {other.place}"
                            found.append(row.fault(f"{message}; let them agree"))
        return found

    def _is_nested(self) -> bool:
        """Whether an id can begin with two documents' ids, as a.b.c1 does with those of a and a.b."""
        ids = {name for (name,) in self.connection.execute('SELECT "id" FROM "document"')}
        return any(name[: dot.start()] in ids for name in ids for dot in re.finditer(r"\.", name))

    def _clashing(self, kind: str, key: str, condition: str) -> "dict[str, list[_Said]]":
        """What is said by whom, of each id on which packages clash."""
        rows = self.connection.execute(
            f'SELECT "id", "at", "{"id" if kind == "document" else "document"}", "{key}" FROM "{kind}" WHERE "id" IN'
            f' (SELECT "id" FROM "{kind}" GROUP BY "id" HAVING {condition}) ORDER BY 1, 2'
        )
        grouped: dict[str, list[_Said]] = {}
        for name, at, document, said in rows:
            grouped.setdefault(name, []).append(_Said(at, document, said))
        return grouped

    def number(self) -> None:
        """Gives every record its sequence and its rank."""
        run = self.connection.execute
        ranked = 0
        for kind, order in ORDER.items():
            run(f"CREATE TABLE number_{kind} (sequence INTEGER PRIMARY KEY, n INTEGER, rank INTEGER, id TEXT)")
            n, kept, rows = '"n"', "NULL", f'"{kind}"'
            if kind in SHARED:
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
            if kind in ("claim", "event", "obstacle"):
                run(f"CREATE UNIQUE INDEX number_{kind}_n ON number_{kind} (n)")
        for kind in ORDINAL:
            run(f"CREATE TABLE before_{kind} (document TEXT PRIMARY KEY, records INTEGER) WITHOUT ROWID")
            own = f"json_extract(\"counts\", '$.{kind}s')"
            run(f'INSERT INTO before_{kind} SELECT "id", sum({own}) OVER (ORDER BY "id") - {own} FROM "document"')

    def count(self, table: str) -> int:
        found: int = self.connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        return found

    def counts(self) -> dict[str, int]:
        """Rows of each kind, by its plural, as the snapshot tells them."""
        counts = {f"{kind}s": self.count(f"number_{kind}") for kind in ORDER}
        return {**counts, "sentences": self.count("sentence")}

    def selects(self, snapshot: str) -> Iterator[tuple[str, list[str], str]]:
        """For each table in the order of references: its name, its columns, and the query for its rows."""
        counts = json.dumps(self.counts()).replace("'", "''")
        yield "snapshot", ["id", "counts"], f"SELECT '{snapshot}', '{counts}'"
        yield "document", *self._records("document")
        yield (
            "topic",
            ["id", "label", "definition"],
            'SELECT "id", min("label"), min("definition") FROM "topic" GROUP BY "id"',
        )
        yield "document_topic", ["document", "topic"], 'SELECT "document", "id" FROM "topic" ORDER BY 1, 2'
        yield "section", *self._records("section")
        sentence = list(COLUMNS["sentence"])
        yield "sentence", sentence, f'SELECT {quoted(tuple(sentence))} FROM "sentence"'
        for kind, said in SHARED.items():
            columns = ["sequence", "rank", "id", *AGREE[kind], "mention_count"]
            yield (
                kind,
                columns,
                f'SELECT k.sequence, k.rank, c.* FROM number_{kind} k JOIN (SELECT {said}, sum("mention_count")'
                f' FROM "{kind}" GROUP BY "id") c ON c."id" = k.id ORDER BY k.sequence',
            )
            columns = [kind, "document", "names", "mention_count"]
            yield (
                f"{kind}_document",
                columns,
                f'SELECT "id", "document", "names", "mention_count" FROM "{kind}" ORDER BY 1, 2',
            )
        for kind in ("obstacle", "position", "claim", "event", "relation"):
            yield kind, *self._records(kind)
            for table, (owner, ids) in LISTED.items():
                if owner == kind:
                    yield table, [owner, "ordinal", ids[:-1]], self._listed(owner, ids)
        columns = [name for name in COLUMNS["event_mention"] if name not in ("event", "ordinal")]
        rest = ", ".join(f'c."{name}"' for name in columns)
        yield (
            "event_mention",
            ["event", "ordinal", *columns],
            f'SELECT k.sequence, c."ordinal", {rest} FROM "event_mention" c CROSS JOIN number_event k'
            ' ON k.n = c."event" ORDER BY 1, 2',
        )

    def _listed(self, owner: str, ids: str) -> str:
        """The ids of each record's list, numbered from 1; records in their sequence."""
        return (
            f"SELECT k.sequence, i.key + 1, i.value FROM number_{owner} k {self._joined(owner)}"
            f" CROSS JOIN json_each({self._value(ids)}) i ORDER BY k.sequence"
        )

    def _records(self, kind: str) -> tuple[list[str], str]:
        """Rows in their sequence, each fetched from the shard that has it: no sort of whole rows."""
        columns = list(metadata.tables[kind].columns.keys())
        numbered = {"sequence": "k.sequence", "rank": "k.rank"}

        if kind in ORDINAL:
            before = f"(SELECT records FROM before_{kind} WHERE document = {self._value('document')})"
            numbered["ordinal"] = f"k.sequence - {before}"
        fields = ", ".join(numbered.get(name) or self._value(name) for name in columns)
        return columns, f"SELECT {fields} FROM number_{kind} k {self._joined(kind)} ORDER BY k.sequence"

    def _joined(self, kind: str) -> str:
        return " ".join(f'LEFT JOIN {shard}."{kind}" AS {shard} ON {shard}."n" = k.n' for shard in self._shards)

    def _value(self, name: str) -> str:
        """A column of the one joined shard that has the record."""
        if len(self._shards) == 1:
            return f'{self._shards[0]}."{name}"'
        found = ", ".join(f'{shard}."{name}"' for shard in self._shards)
        return f"coalesce({found})"


class _Said(NamedTuple):
    at: str | None  # file:line, or null where it is loaded already
    document: str
    said: str | None

    @property
    def place(self) -> str:
        return self.at or f"document {self.document}, which is loaded"

    def fault(self, message: str) -> Fault:
        file, _, line = (self.at or "").rpartition(":")
        return Fault(file, int(line), message)
