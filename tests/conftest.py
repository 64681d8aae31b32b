"""One database with the article, loaded by the real loader, and servers on it, for a whole run."""

from collections.abc import Iterator

import pytest

from tests.server import Server, loaded


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
