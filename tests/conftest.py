"""Databases loaded by the real loader, and servers on them, for a whole run."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import astral
from tests.databases import emptied
from tests.lists import LISTS, Content, export
from tests.postgres import Postgres, postgres
from tests.server import PACKAGE, Server, filled, loaded


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """SIC_* of a server on the article."""
    return loaded(tmp_path_factory.mktemp("article"))


@pytest.fixture(scope="session")
def served(environment: dict[str, str]) -> Iterator[Server]:
    """A server on the article."""
    with Server(environment) as server:
        yield server


@pytest.fixture(scope="session")
def faulty(environment: dict[str, str]) -> Iterator[Server]:
    """The same with a path, /fault, that fails."""
    with Server(environment, module="tests.faulty") as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """SIC_* of a server on the article and tests/astral.py, once on each database."""
    folder = tmp_path_factory.mktemp(request.param)
    packages = (PACKAGE, astral.write(folder))
    if request.param == "sqlite":
        yield loaded(folder, *packages)
        return
    with postgres() as server:
        yield filled(
            {
                "SIC_DATABASE_URL": server.reader,
                "SIC_LOAD_DATABASE_URL": server.url(),
                "SIC_READER_ROLE": "sic_reader",
                "SIC_INDEX_DIR": str(folder / "index"),
            },
            *packages,
        )


@pytest.fixture(scope="session")
def client(database: dict[str, str]) -> Iterator[httpx.Client]:
    """Asks the server on both documents; answers are computed each time they are asked for."""
    with Server(database | {"SIC_ACCESS_LOG": "off"}) as server:
        yield server.client


@pytest.fixture(scope="session")
def content(client: httpx.Client) -> Content:
    """Every record of every kind, from the exports."""
    return {plural: export(client, f"/v1/{plural}") for plural in LISTS}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    """A PostgreSQL for what tests load themselves."""
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'database' / 'sic.db'}"
    return emptied(request.getfixturevalue("postgresql"))
