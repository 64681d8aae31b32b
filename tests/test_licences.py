"""Everybody may run and redistribute the service: its licence, the annotations', and those of what it is built on."""

import tomllib

import pytest

from tests.licences import ALLOWED, NOTICES, Dependency, dependencies, notices
from tests.server import PACKAGE, ROOT


@pytest.mark.parametrize("dependency", list(dependencies()), ids=lambda each: each.name)
def test_the_licence_of_a_dependency_is_known_and_allowed(dependency: Dependency) -> None:
    assert dependency.licence is not None, f"the licence of {dependency.name} is not stated"
    assert dependency.licence in ALLOWED


def test_the_notices_are_those_of_the_packages_that_are_installed() -> None:
    assert NOTICES.read_text(encoding="utf-8") == notices()


def test_the_code_is_under_apache_2() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache-2.0" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_annotations_are_under_cc_by_4_and_the_article_is_not() -> None:
    text = (PACKAGE / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text
    assert "source.txt is not covered" in text
