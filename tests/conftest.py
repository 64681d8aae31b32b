"""Databases loaded by the real loader, and servers on them, for a whole run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import astral
from tests.benchmarks.corpus import write
from tests.databases import emptied
from tests.lists import LISTS, Content, Held, export
from tests.packages import package
from tests.postgres import Postgres, postgres
from tests.server import PACKAGE, Server, filled, loaded
from tests.under_load import records


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--queries", type=int, default=300, help="Random queries for which SQL rows, totals, facets and q must agree."
    )


def three_packages(folder: Path) -> tuple[Path, Path, Path]:
    """The article, tests/astral.py, and a small package that has corrections and says something of every kind."""
    return PACKAGE, astral.write(folder), package(folder / "base")


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


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """SIC_* of a server on three packages."""
    folder = tmp_path_factory.mktemp("sqlite")
    return loaded(folder, *three_packages(folder))


@pytest.fixture(scope="session")
def postgresql_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The same on PostgreSQL."""
    folder = tmp_path_factory.mktemp("postgresql")
    with postgres() as server:
        env = {
            "SIC_DATABASE_URL": server.reader,
            "SIC_LOAD_DATABASE_URL": server.url(),
            "SIC_READER_ROLE": "sic_reader",
            "SIC_INDEX_DIR": str(folder / "index"),
        }
        yield filled(env, *three_packages(folder))


@pytest.fixture(scope="session")
def sqlite_client(sqlite_database: dict[str, str]) -> Iterator[httpx.Client]:
    with Server(sqlite_database | {"SIC_ACCESS_LOG": "off"}) as server:
        yield server.client


@pytest.fixture(scope="session")
def postgresql_client(postgresql_database: dict[str, str]) -> Iterator[httpx.Client]:
    with Server(postgresql_database | {"SIC_ACCESS_LOG": "off"}) as server:
        yield server.client


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kind_of_database(request: pytest.FixtureRequest) -> str:
    """A test that uses `client` or `database` runs on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, kind_of_database: str) -> dict[str, str]:
    environment: dict[str, str] = request.getfixturevalue(f"{kind_of_database}_database")
    return environment


@pytest.fixture(scope="session")
def client(request: pytest.FixtureRequest, kind_of_database: str) -> httpx.Client:
    """A client of the server on three packages."""
    client: httpx.Client = request.getfixturevalue(f"{kind_of_database}_client")
    return client


@pytest.fixture(scope="session")
def content(client: httpx.Client) -> Content:
    """Every record of every kind, from the files."""
    return {plural: export(client, f"/v1/{plural}") for plural in LISTS}


@pytest.fixture(scope="session")
def held(content: Content) -> Held:
    """The values that the records hold."""
    return Held(content)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    """A PostgreSQL for what tests load themselves."""
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'database' / 'sic.db'}"
    return emptied(request.getfixturevalue("postgresql"))


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two packages: one to load first, and one whose load takes a while."""
    folder = tmp_path_factory.mktemp("documents") / "packages"
    write(folder, 2000, 2, 3)
    first, second = sorted(path for path in folder.iterdir() if path.is_dir())
    return first, second


@pytest.fixture
def own(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """A database of this test's own, a copy of the article's."""
    file = tmp_path / "sic.db"
    shutil.copy(environment["SIC_DATABASE_URL"].removeprefix("sqlite:///"), file)
    return {"SIC_DATABASE_URL": f"sqlite:///{file}"}


@pytest.fixture(scope="session")
def claims(served: Server) -> frozenset[str]:
    """Those of the article."""
    return records(served)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Content of which an index of some size is kept in a directory."""
    folder = tmp_path_factory.mktemp("indexed")
    write(folder / "packages", 2500, 2, 4)
    return loaded(folder, folder / "packages")
