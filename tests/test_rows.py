"""Rows that come from SQLite's driver directly are those that SQLAlchemy gives."""

from typing import Any

import pytest
from sqlalchemy import Table, bindparam, select

from api.content.database import open_database, published
from api.content.rows import rows
from api.model.columns import metadata
from api.settings import Settings


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_column_reads_as_through_sqlalchemy(table: Table, sqlite_database: dict[str, str]) -> None:
    settings = Settings(database_url=sqlite_database["SIC_DATABASE_URL"])
    database = open_database(settings, published(settings))
    order = list(table.primary_key.columns)
    statement = select(table).where(bindparam("wanted") == 1).order_by(*order)
    try:
        with database.session() as session:
            got = rows(session, statement, wanted=1)
            expected = session.connection().execute(statement, {"wanted": 1}).all()
    finally:
        database.close()
    assert [row._asdict() for row in got] == [dict(row._mapping) for row in expected]
    assert [typed(row) for row in got] == [typed(row) for row in expected]


def typed(row: Any) -> list[type]:
    return [type(value) for value in row]
