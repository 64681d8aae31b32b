"""The rows of each table, as queries over the merged shards."""

from collections.abc import Iterator

from pydantic_core import to_json
from sqlalchemy import Table

from api.model import metadata
from api.model.joins import DERIVED
from seed.merge import Merged
from seed.stage import quoted
from seed.staged import STAGED, Staged, names

HOMES = {staged.home: staged for staged in STAGED.values()}
LISTS = {table: (staged, name) for staged in STAGED.values() for name, table in staged.lists.items()}


def selects(merged: Merged, snapshot: str) -> Iterator[tuple[Table, str]]:
    """Each table that is not derived, in the order of references, and the query for its rows."""
    for table in metadata.sorted_tables:
        if table in DERIVED:
            continue
        if table.name == "snapshot":
            counts = to_json(merged.counts()).decode()
            yield table, f"SELECT '{snapshot}', '{counts}'"
        elif table in LISTS:
            yield table, _of_list(merged.shards, table, *LISTS[table])
        elif (staged := STAGED.get(table.name)) is None:
            yield table, _of_home(HOMES[table])
        elif staged.is_shared:
            yield table, _shared(staged)
        else:
            yield table, _of_records(merged.shards, staged)


def _of_records(shards: list[str], staged: Staged) -> str:
    """Rows in their sequence, each fetched from the shard that has it: no sort of whole rows."""
    if not staged.is_numbered:
        return f'SELECT {quoted(names(staged.table))} FROM "{staged.name}"'
    assigned = {"sequence": "k.sequence", "rank": "k.rank"}
    if staged.has_ordinal:
        before = f"(SELECT records FROM before_{staged.name} WHERE document = {_value(shards, 'document')})"
        assigned["ordinal"] = f"k.sequence - {before}"
    fields = ", ".join(assigned.get(name) or _value(shards, name) for name in names(staged.table))
    return f"SELECT {fields} FROM {_numbered(shards, staged.name)} ORDER BY k.sequence"


def _of_list(shards: list[str], table: Table, staged: Staged, name: str) -> str:
    """The rows of each record's list, numbered from 1; records in their sequence."""
    columns = staged.values(table)
    values = {"ordinal": "i.key + 1", columns[0]: "i.value"}
    if len(columns) > 1:
        values |= {column: f"i.value ->> '{column}'" for column in columns}
    if staged.is_shared:
        fields = ", ".join(values.get(column, f'r."{column}"') for column in names(table))
        fields = fields.replace(f'r."{staged.name}"', 'r."id"')
        return f'SELECT {fields} FROM "{staged.name}" r, json_each(r."{name}") i ORDER BY 1, 2, 3'
    values[staged.name] = "k.sequence"
    fields = ", ".join(values[column] for column in names(table))
    source = f"{_numbered(shards, staged.name)} CROSS JOIN json_each({_value(shards, name)}) i"
    return f"SELECT {fields} FROM {source} ORDER BY k.sequence"


def _of_home(staged: Staged) -> str:
    """Which document states the shared record, and what it alone says of it."""
    fields = ", ".join('"id"' if name == staged.name else f'"{name}"' for name in names(staged.home))
    return f'SELECT {fields} FROM "{staged.name}" ORDER BY 1, 2'


def _shared(staged: Staged) -> str:
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


def _numbered(shards: list[str], kind: str) -> str:
    joins = (f'LEFT JOIN {shard}."{kind}" AS {shard} ON {shard}."n" = k.n' for shard in shards)
    return f"number_{kind} k {' '.join(joins)}"


def _value(shards: list[str], name: str) -> str:
    """A column of the one joined shard that has the record."""
    columns = [f'{shard}."{name}"' for shard in shards]
    return f"coalesce({', '.join(columns)})" if len(columns) > 1 else columns[0]
