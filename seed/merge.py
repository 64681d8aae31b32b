"""All shards as one, and the numbers of their rows."""

from pathlib import Path

from api.model.kinds import KINDS
from seed.stage import scratch
from seed.staged import STAGED

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


class Merged:
    """A connection to every shard at once, with a view of each staged table."""

    def __init__(self, folder: Path, shards: list[Path]) -> None:
        self.connection = scratch(folder / "numbers.db")
        self.connection.execute("PRAGMA cache_size = -65536")
        self.shards = [f"s{at}" for at in range(len(shards))]
        for name, path in zip(self.shards, shards, strict=True):
            self.connection.execute(f"ATTACH ? AS {name}", (str(path),))
        for table in STAGED:
            union = " UNION ALL ".join(f'SELECT * FROM {name}."{table}"' for name in self.shards)
            self.connection.execute(f'CREATE TEMP VIEW "{table}" AS {union}')

    def close(self) -> None:
        self.connection.close()

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
