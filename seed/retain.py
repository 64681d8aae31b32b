"""Queries for the published records that a load keeps, in the columns in which new records are staged."""

from sqlalchemy import JSON, Table

from seed.staged import Staged

# The aggregate that makes a JSON list, and the function that makes a JSON object.
FUNCTIONS = {"sqlite": ("json_group_array", "json_object"), "postgresql": ("json_agg", "json_build_object")}


def query(staged: Staged, stays: set[str], goes: set[str], dialect: str) -> str:
    """The query for a staged table's rows of the documents that stay.

    Ids are safe to write out: a package with any other is refused.
    """
    chosen, is_in = (stays, "IN") if len(stays) <= len(goes) else (goes, "NOT IN")
    among = f"{is_in} ({', '.join(repr(document) for document in sorted(chosen))})" if chosen else "IS NOT NULL"
    tables = f'"{staged.home.name}" d'
    if staged.is_shared:
        tables += f' JOIN "{staged.name}" t ON t."id" = d."{staged.name}"'
    fields = ", ".join(_field(staged, name, dialect) for name in staged.columns)
    document = "id" if staged.name == "document" else "document"
    return f'SELECT {fields} FROM {tables} WHERE d."{document}" {among}'


def _field(staged: Staged, name: str, dialect: str) -> str:
    if name == "n":
        return 'd."sequence"'
    if name == "at":
        return "NULL"
    if name in staged.lists:
        return _list(staged, staged.lists[name], dialect)
    column = staged.home.c.get(name) if name != "id" else None
    if column is None:
        return f'{"t" if staged.is_shared else "d"}."{name}"'
    return f'CAST(d."{name}" AS TEXT)' if isinstance(column.type, JSON) else f'd."{name}"'


def _list(staged: Staged, table: Table, dialect: str) -> str:
    """The rows that belong to a record as a JSON list: of values, or of objects where a row has several."""
    aggregate, make_object = FUNCTIONS[dialect]
    key = staged.name if staged.is_shared else "sequence"
    owner = f'"{staged.name}" = d."{key}"'
    if staged.is_shared:
        owner += ' AND "document" = d."document"'
    names = staged.values(table)
    item = f'"{names[0]}"'
    if len(names) > 1:
        pairs = (f"'{name}', \"{name}\"" for name in names)
        item = f"{make_object}({', '.join(pairs)})"
    rows = f'SELECT * FROM "{table.name}" WHERE {owner} ORDER BY "ordinal"'
    return f"coalesce((SELECT CAST({aggregate}({item}) AS TEXT) FROM ({rows}) listed), '[]')"
