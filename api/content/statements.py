"""Statements that are built once and asked with other values.

SQLAlchemy keeps what it compiled on the statement object; one built anew for each request costs several times what
the database does for it, and an IN list most of all. On SQLite even running one costs as much as its rows, so there
it is kept as what the driver takes.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ARRAY, ColumnElement, CompoundSelect, Connection, Dialect, Select, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Statement = Select[Any] | CompoundSelect[Any]


class Listed(TypeDecorator[list[Any]]):
    """A list as one parameter: an array on PostgreSQL, JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else to_json(value).decode()


class Among(FunctionElement[bool]):
    inherit_cache = True


def among(column: ColumnElement[Any], name: str) -> Among:
    """Whether the column holds one of the values that are given as a list under `name` when the statement is asked."""
    return Among(column, bindparam(name, type_=Listed(column.type)))


@compiles(Among)
def _in_json(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, listed = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - parts that the compiler made


@compiles(Among, "postgresql")
def _in_array(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, listed = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({listed})"


class Driven:
    """A statement as SQLite's driver takes it, with what its types do to parameters and rows."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self._text = str(compiled)
        self._parameters = [
            (name, compiled.params[name], compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        processors = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns
        ]
        self._made = [(at, make) for at, make in enumerate(processors) if make is not None]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows. Raises sqlite3.Error."""
        given = [
            process(values.get(name, default)) if process else values.get(name, default)
            for name, default, process in self._parameters
        ]
        driver: Any = connection.connection.driver_connection
        found: list[Any] = driver.execute(self._text, given).fetchall()
        if self._made:
            found = [list(row) for row in found]
            for row in found:
                for at, make in self._made:
                    row[at] = make(row[at])
        return found


@lru_cache(maxsize=500)
def driven(statement: Statement, dialect: Dialect) -> Driven:
    return Driven(statement, dialect)
