"""What waits of each table until the snapshot is numbered: derived from the tables, so that each column is named once.

A staged row has the columns of its table by name, but:

- `n` stands for `sequence` and `rank`, which are assigned over the whole snapshot (and for a claim's and event's
  `ordinal`);
- rows that belong to a record wait in its row as a JSON list: `actors` of a claim are the rows of `claim_actor`;
- an actor, a place and a topic are staged once for each document that states them, with `document`;
- `at` is `file:line` of the package, for faults, or null where the row is loaded already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Table

from api.model import metadata
from api.model.declaration import table_of
from api.model.kinds import KINDS
from api.model.links import ActorDocument, DocumentTopic, PlaceDocument
from api.model.tables import Actor, Place, Sentence, Topic

HOMES = {
    table_of(shared): table_of(home)
    for shared, home in ((Actor, ActorDocument), (Place, PlaceDocument), (Topic, DocumentTopic))
}


def names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.c)


@dataclass(frozen=True)
class Staged:
    table: Table

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def home(self) -> Table:
        """The table that says which document the row is of."""
        return HOMES.get(self.table, self.table)

    @property
    def is_shared(self) -> bool:
        """Whether several documents may state the same record."""
        return self.home is not self.table

    @property
    def is_numbered(self) -> bool:
        return "sequence" in self.table.c and not self.is_shared

    @property
    def has_ordinal(self) -> bool:
        """Whether it is numbered within its document, too."""
        return "ordinal" in self.table.c and "quote" in self.table.c

    @cached_property
    def lists(self) -> dict[str, Table]:
        """Tables of rows that belong to a record, by the name of their list in the record's row."""
        prefix = f"{self.name}_"
        return {
            f"{name.removeprefix(prefix)}s": table
            for name, table in metadata.tables.items()
            if name.startswith(prefix) and "ordinal" in table.c
        }

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The columns that say something: all but `n` and `at`."""
        assigned = {"sequence", "rank", *(("ordinal",) if self.has_ordinal else ())}
        own = [name for name in names(self.table) if name not in assigned]
        shared = [name for name in names(self.home) if name not in (*own, self.name)] if self.is_shared else []
        return (*own, *shared, *self.lists)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return (*(("n",) if self.is_numbered else ()), *self.fields, *(("at",) if "id" in self.table.c else ()))

    @cached_property
    def json(self) -> tuple[str, ...]:
        return (*(name for name, column in self.table.c.items() if isinstance(column.type, JSON)), *self.lists)

    @cached_property
    def agreed(self) -> tuple[str, ...]:
        """Columns in which all documents that state the record agree."""
        return tuple(name for name in names(self.table) if name not in ("sequence", "rank", "id", "mention_count"))

    @cached_property
    def row(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        """From a mapping with a value for each column to the row."""
        return itemgetter(*self.columns)

    @cached_property
    def content(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        """What the digest is made of."""
        return itemgetter(*(name for name in self.fields if name != "digest"))

    def values(self, rows: Table) -> tuple[str, ...]:
        """The columns of a list's table that the record and the place in the list do not imply."""
        implied = {self.name, "ordinal", *(("document",) if self.is_shared else ())}
        return tuple(name for name in names(rows) if name not in implied)


STAGED = {
    table.name: Staged(table)
    for table in (*(kind.table for kind in KINDS.values()), table_of(Topic), table_of(Sentence))
}
