"""`python -m tests.benchmarks.rows`: processor time to read 20 claims by name, with and without `DriverStatement`."""

import tempfile
import time
from collections import namedtuple
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

from api.content.database import open_database, published
from api.content.rows import rows
from api.content.statements import among
from api.model.kinds.claims import CLAIM
from api.records.reader import every
from api.settings import Settings
from tests.server import loaded

ROUNDS, TIMES = 41, 50


def microseconds(read: Callable[[], Sequence[Any]], named: Callable[[Any], Any]) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        for row in read():
            named(row)
    return (time.process_time() - began) / TIMES * 1e6


def main() -> None:
    statement = every(CLAIM).where(among(CLAIM.table.c.sequence, "wanted"))
    names = [str(column.key) for column in statement.selected_columns]
    make = namedtuple("Row", names)._make  # type: ignore[attr-defined]
    values = {"wanted": list(range(1, 21))}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=loaded(Path(folder))["SIC_DATABASE_URL"])
        database = open_database(settings, published(settings))
        with database.session() as session:
            connection = session.connection()
            ways: dict[str, Callable[[], Sequence[Any]]] = {
                "the driver's rows, named": lambda: rows(session, statement, **values),
                "SQLAlchemy's rows": lambda: connection.execute(statement, values).all(),
                "SQLAlchemy's rows, named": lambda: list(map(make, connection.execute(statement, values))),
            }
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, read in ways.items():
                    taken[way].append(microseconds(read, attrgetter(*names)))
        database.close()
    for way, times in taken.items():
        print(f"{median(times):6.0f} µs  {way}")


if __name__ == "__main__":
    main()
