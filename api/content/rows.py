"""The one function that runs statements: a statement and its values in, rows with named fields out."""

import sqlite3
from collections import namedtuple
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session

Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


def rows(session: Session, statement: Statement, **values: Any) -> Sequence[Any]:
    """All rows of the statement; their fields have the names of its columns.

    A generation never changes, so that a statement whose server went away is run again on another one. Statements that
    take values are built once and kept; on SQLite they go to the driver directly (see `DriverStatement`).
    """
    connection = session.get_bind()  # a session is bound to one connection, see `Database.session`
    assert isinstance(connection, Connection)
    if values and connection.dialect.name == "sqlite":
        with suppress(sqlite3.Error):  # SQLAlchemy raises it again below, as an error of its own
            return driver_statement(statement, connection.dialect).rows(connection.connection.driver_connection, values)
    try:
        return connection.execute(statement, values).all()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        connection.rollback()
        return connection.execute(statement, values).all()


class DriverStatement:
    """A statement as SQLite's driver takes it, with the conversions of its column types.

    It bypasses SQLAlchemy's execution and rows. To read 20 claims by name takes 61 µs of processor time this way,
    173 µs with SQLAlchemy's rows, and 85 µs with those made into named tuples (`python -m tests.benchmarks.rows`);
    a page reads its rows and their lists so. Only public parts of the compiled statement are used (`params`, `binds`,
    `positiontup`), and the types' own processors. tests/test_rows.py compares every table with what SQLAlchemy gives.
    """

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self._text = str(compiled)
        self._parameters = [
            (name, compiled.params[name], compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        columns = list(statement.selected_columns)
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._conversions = [(at, convert) for at, convert in enumerate(processors) if convert is not None]
        self._row: Any = namedtuple("Row", [str(column.key) for column in columns])  # type: ignore[misc]

    def rows(self, driver: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows. Raises sqlite3.Error."""
        arguments = [
            process(values.get(name, default)) if process else values.get(name, default)
            for name, default, process in self._parameters
        ]
        raw = driver.execute(self._text, arguments).fetchall()
        if self._conversions:
            raw = [list(row) for row in raw]
            for row in raw:
                for at, convert in self._conversions:
                    row[at] = convert(row[at])
        return list(map(self._row._make, raw))


@lru_cache(maxsize=1000)
def driver_statement(statement: Statement, dialect: Dialect) -> DriverStatement:
    return DriverStatement(statement, dialect)
