"""Vocabularies grow: the constraints that hold columns to them are replaced."""

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op


def hold(table: str, column: str, values: Iterable[str]) -> None:
    """Hold a column to a vocabulary.

    SQLite cannot change a constraint: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    name, condition = f"ck_{table}_{column}", f"{column} IN ({', '.join(map(repr, values))})"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, condition)
        return
    [(statement,)] = _schema(f"type = 'table' AND name = '{table}'")
    indexes = _schema(f"type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL")
    statement = re.sub(
        rf"CONSTRAINT {name} CHECK \({column} IN \([^)]*\)\)", f"CONSTRAINT {name} CHECK ({condition})", statement
    )
    op.execute(re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE new_{table}", statement, count=1))
    op.execute(f"INSERT INTO new_{table} SELECT * FROM {table}")  # noqa: S608 - names of our own tables
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE new_{table} RENAME TO {table}")
    for (index,) in indexes:
        op.execute(index)


def _schema(condition: str) -> list[Any]:
    """Statements of SQLite's schema."""
    return list(op.get_bind().execute(sa.text(f"SELECT sql FROM sqlite_master WHERE {condition}")).all())  # noqa: S608
