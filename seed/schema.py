"""The schema of a generation, as the migrations write it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy import text as statement

import migrations

VERSION = "alembic_version"
MIGRATIONS = Path(migrations.__file__).parent


def config(connection: Connection | None = None) -> Config:
    """Alembic, on that connection; without one it follows SIC_DATABASE_URL."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def known(revision: str) -> bool:
    return any(script.revision == revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    command.upgrade(config(connection), revision)
    connection.commit()


def revision_of(connection: Connection, schema: str | None = None) -> str | None:
    """The revision of the schema, or None where there is none."""
    if not inspect(connection).has_table(VERSION, schema=schema):
        return None
    table = f'"{schema}".{VERSION}' if schema else VERSION
    revision: str | None = connection.execute(statement(f"SELECT version_num FROM {table}")).scalar()
    return revision


def control_table(execute: Callable[[str], Any]) -> None:
    """Where PostgreSQL keeps which generations there are, and since when each is published."""
    execute("CREATE SCHEMA IF NOT EXISTS sic")
    execute("CREATE TABLE IF NOT EXISTS sic.generation (number integer PRIMARY KEY, published_at timestamptz)")
