"""Where checked records wait: scratch SQLite files, one a reader, without numbers and without constraints.

Nothing is held in memory, order costs a sort on disk, and one dialect numbers the rows for every database, so
that the same documents get the same numbers everywhere.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SOURCE = "section quote start end utf16_start utf16_end prefix suffix"
STAGED = {
    "document": (
        "n id label language title author rights note source_file source_sha256 text_sha256 text_length utf16_length"
        " longest_span counts digest text"
    ),
    "topic": "id label definition document",
    "actor": "id name category of document names mention_count",
    "place": "id name category document names mention_count",
    "section": "n id document ordinal parent title title_origin start end utf16_start utf16_end text paragraphs",
    "sentence": "document ordinal section start end utf16_start utf16_end text reason",
    "obstacle": f"n id document {SOURCE} number title text summary quantities actors",
    "position": f"n id document {SOURCE} obstacle actor statement note",
    "claim": (
        f"n id document {SOURCE} statement type mode speaker speaker_actor hedged hedge_cue obstacle has_quantity"
        " quantities note actors places topics"
    ),
    "event": f"n id document {SOURCE} name category status date_text edtf earliest latest basis note actors places",
    "event_mention": f"event ordinal document {SOURCE}",
    "relation": f"n id document from_claim to_claim type basis note {SOURCE}",
}
# Link tables, and where their ids wait: a record's own list of them, as JSON.
LISTED = {
    "obstacle_actor": ("obstacle", "actors"),
    "claim_actor": ("claim", "actors"),
    "claim_place": ("claim", "places"),
    "claim_topic": ("claim", "topics"),
    "event_actor": ("event", "actors"),
    "event_place": ("event", "places"),
}
COLUMNS = {table: tuple(names.split()) for table, names in STAGED.items()}
WITH_PLACE = frozenset(table for table, names in COLUMNS.items() if "id" in names)
BATCH = 4000
SHARD = 1 << 40  # rows a shard may number


def quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def scratch(path: Path | str) -> sqlite3.Connection:
    """A connection that cares for speed alone: what it writes is thrown away if anything goes wrong."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA threads = 3")
    return connection


class Shard:
    """One reader's staged rows; `number` tells its row numbers from those of other shards."""

    def __init__(self, path: Path, number: int) -> None:
        self.path = path
        self._next = number * SHARD
        self._connection = scratch(path)
        self._connection.execute("PRAGMA page_size = 16384")
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        self._insert: dict[str, str] = {}
        for table, names in COLUMNS.items():
            columns = (*names, "at") if table in WITH_PLACE else names
            typed = ", ".join('"n" INTEGER PRIMARY KEY' if name == "n" else f'"{name}"' for name in columns)
            self._connection.execute(f'CREATE TABLE "{table}" ({typed})')
            self._insert[table] = f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(columns))})'
            self._waiting[table] = []

    def number(self) -> int:
        self._next += 1
        return self._next

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= BATCH:
            self._flush(table)

    def fill(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows that come as a stream and are never held."""
        self._connection.execute("BEGIN")
        self._connection.executemany(self._insert[table], rows)
        self._connection.execute("COMMIT")

    def _flush(self, table: str) -> None:
        if waiting := self._waiting[table]:
            self._connection.execute("BEGIN")
            self._connection.executemany(self._insert[table], waiting)
            self._connection.execute("COMMIT")
            waiting.clear()

    def close(self) -> None:
        for table in COLUMNS:
            self._flush(table)
        self._connection.close()
