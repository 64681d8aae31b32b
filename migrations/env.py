"""Alembic's environment: on the connection that is given, or on the published generation at SIC_DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, text

from api.database import sqlite_path
from api.settings import Settings
from api.tables import metadata
from seed.schema import control_table


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def published(url: str) -> None:
    """Migrates what is being served, in place: for development. `sic migrate` does it beside what is served."""
    path = sqlite_path(url)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with engine.connect() as connection:
        if not path:
            control_table(lambda statement: connection.execute(text(statement)))
            connection.execute(
                text("INSERT INTO sic.generation SELECT 1, now() WHERE NOT EXISTS (SELECT FROM sic.generation)")
            )
            number = connection.execute(
                text("SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL")
            ).scalar_one()
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS sic_g{number}"))
            connection.execute(text(f"SET search_path TO sic_g{number}"))
            connection.commit()
        migrate(connection)
        connection.commit()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    published(Settings().writing_url)
