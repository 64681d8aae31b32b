"""Databases that a test has to itself."""

import sqlite3
from pathlib import Path
from typing import Any

import psycopg

from api.model import metadata
from tests.postgres import Postgres


def emptied(server: Postgres) -> str:
    """The URL of the server's database, with nothing of sic in it."""
    names = server.execute("SELECT nspname FROM pg_namespace WHERE nspname = 'sic' OR nspname LIKE 'sic\\_g%'")
    for (name,) in names:
        server.execute(f'DROP SCHEMA "{name}" CASCADE')
    return server.url()


def published(url: str) -> str | None:
    """What readers are led to: the file, or the newest published schema."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        return str(path) if path.exists() else None
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT max(number) FROM sic.generation WHERE published_at IS NOT NULL").fetchone()
    return f"sic_g{row[0]}" if row and row[0] is not None else None


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What the published generation answers."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
    with psycopg.connect(url) as postgres:
        postgres.execute(f"SET search_path TO {published(url)}".encode())
        return postgres.execute(query.encode()).fetchall()


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that the migrations made, in an order of its own, numbers as numbers."""
    found = {}
    for name, table in metadata.tables.items():
        columns = ", ".join(f'CAST("{column.name}" AS TEXT)' for column in table.columns)
        truths = {"true": "1", "false": "0"}
        found[name] = sorted(
            (tuple(truths.get(value, value) for value in row) for row in rows(url, f'SELECT {columns} FROM "{name}"')),
            key=str,
        )
    return found
