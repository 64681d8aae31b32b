"""The README's examples are asked again, and its tables hold what there is."""

import re
import shlex
from pathlib import Path

import httpx
import pytest

from api.settings import Settings
from tests.server import ROOT, Server

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (curl [^\n]*)\n(.*?)```", README, re.DOTALL)


def test_the_readme_has_ten_examples() -> None:
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_of_the_readme_gives_the_answer_it_shows(command: str, shown: str, served: Server) -> None:
    (path,) = [word for word in shlex.split(command) if word.startswith("localhost:8000")]
    answer = httpx.get(served.url + path.removeprefix("localhost:8000")).text.replace("\r\n", "\n")
    *parts, last = [part.strip("\n") for part in shown.rstrip("\n").split("…")]
    place = 0
    for part in parts:
        found = answer.find(part, place)
        assert found >= 0, (part, answer[place : place + 2000])
        assert place or not parts[0] or found == 0
        place = found + len(part)
    assert answer.rstrip("\n").endswith(last)


def test_every_setting_has_a_line_in_the_readme() -> None:
    listed = set(re.findall(r"^\| `SIC_([A-Z_]+)`", README, re.MULTILINE))
    assert listed == {name.upper() for name in Settings.model_fields}


def test_every_page_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [link for link in links if not Path(ROOT / link).exists()] == []
