"""Scratch SQLite files that hold checked records until they are numbered: one a reader, without constraints.

Nothing is held in memory, order costs a sort on disk, and one dialect numbers the rows for every database, so
that the same documents get the same numbers everywhere.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seed.staged import STAGED

BATCH = 4000
SHARD = 1 << 40  # rows a shard may number


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def scratch(path: Path | str) -> sqlite3.Connection:
    """A connection that is fast and not durable: if anything fails, what it wrote is thrown away."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "threads = 3"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class Shard:
    """One reader's staged rows; `number` keeps its row numbers apart from those of other shards."""

    def __init__(self, path: Path, number: int) -> None:
        self._last = number * SHARD
        self._connection = scratch(path)
        self._connection.execute("PRAGMA page_size = 16384")
        self._waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in STAGED}
        for name, staged in STAGED.items():
            typed = quoted(staged.columns).replace('"n"', '"n" INTEGER PRIMARY KEY')
            self._connection.execute(f'CREATE TABLE "{name}" ({typed})')

    def number(self) -> int:
        self._last += 1
        return self._last

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= BATCH:
            self.fill(table, waiting)
            waiting.clear()

    def fill(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Writes rows from an iterable, without holding them in memory."""
        places = ", ".join("?" * len(STAGED[table].columns))
        self._connection.execute("BEGIN")
        self._connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        for table, waiting in self._waiting.items():
            self.fill(table, waiting)
        self._connection.close()
