"""Alembic's environment: on the connection that is given, or on the published generation at SIC_DATABASE_URL."""

from typing import Any, Literal

import psycopg
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlmodel import AutoString

from api.content.database import sqlite_path
from api.model import metadata
from api.settings import Settings
from seed.schema import control_table


def _numbered(migration: MigrationContext, revisions: object, directives: list[MigrationScript]) -> None:  # noqa: ARG001
    """`alembic revision` numbers migrations: their files sort in the order in which they run."""
    for directive in directives:
        head = ScriptDirectory.from_config(context.config).get_current_head()
        directive.rev_id = f"{int(head or 0) + 1:04}"


def _rendered(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:  # noqa: ARG001
    """SQLModel's own text type is a plain one to a migration."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        process_revision_directives=_numbered,
        render_item=_rendered,
    )
    with context.begin_transaction():
        context.run_migrations()


def enter_published_schema(connection: Connection) -> None:
    """Publishes an empty one where there is none."""
    control_table(lambda statement: connection.execute(text(statement)))
    newest = text("SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL")
    number = connection.execute(newest).scalar()
    if number is None:
        publish = "INSERT INTO sic.generation SELECT coalesce(max(number), 0) + 1, now() FROM sic.generation"
        connection.execute(text(publish))
        number = connection.execute(newest).scalar_one()
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS sic_g{number}"))
    connection.execute(text(f"SET search_path TO sic_g{number}"))
    connection.commit()


def published(url: str) -> None:
    """Migrates what is being served, in place: for development. `sic migrate` does it beside what is served."""
    path = sqlite_path(url)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, poolclass=NullPool)
    else:
        plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
        engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(plain), poolclass=NullPool)
    with engine.connect() as connection:
        if not path:
            enter_published_schema(connection)
        migrate(connection)
        connection.commit()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    published(Settings().writing_url)
