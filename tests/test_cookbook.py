"""Every recipe of the cookbook gives the answer that stands there."""

import csv
import re

import pytest

from tests.cookbook import COOKBOOK, Recipe, ask, program, recipes, shown
from tests.server import Server

RECIPES = list(recipes())


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.command for recipe in RECIPES])
def test_a_recipe_gives_the_answer_that_stands_in_the_cookbook(served: Server, recipe: Recipe) -> None:
    response = ask(served.client, recipe.command)
    assert shown(response) == recipe.answer
    assert response.status_code == (422 if "actor=ankara" in recipe.command else 200)


def test_each_of_the_thirty_questions_takes_one_request_or_two() -> None:
    sections = re.split(r"^## ", COOKBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    numbered = [section for section in sections if re.match(r"\d+\. ", section)]
    assert [int(section.split(".")[0]) for section in numbered] == list(range(1, 31))
    assert all(1 <= section.count("```sh\n") <= 2 for section in numbered)


def test_the_recipe_in_pandas_counts_what_the_api_counts(
    served: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    exec(program("python", served), {})
    found = list(csv.DictReader(capsys.readouterr().out.strip().splitlines()))
    assert len(found) == 5
    for row in found:
        speaker = row.pop("speaker").replace("nobody named", "none")
        for mode, count in row.items():
            total = served.client.get("/v1/claims", params={"speaker": speaker, "mode": mode, "limit": 0}).json()
            assert total["meta"]["total"] == int(count), (speaker, mode)
