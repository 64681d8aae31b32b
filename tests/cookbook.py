"""The recipes of docs/cookbook.md: `python -m tests.cookbook` writes their answers anew.

A recipe is a curl command in a block of `sh`. The block after it holds the answer: all of it, or its first lines and
an ellipsis.
"""

import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.server import ROOT, Server, loaded

COOKBOOK = ROOT / "docs" / "cookbook.md"
BLOCK = re.compile(r"```sh\n(?P<command>curl .*?)\n```\n\n```(?P<language>\w+)\n(?P<answer>.*?)```\n", re.DOTALL)
HOST = "localhost:8000"
REQUEST_ID = re.compile(r'"request_id":"[^"]*"')
LINES, WIDTH = 8, 240  # of an answer that are shown


class Recipe(NamedTuple):
    command: str
    answer: str


def recipes() -> Iterator[Recipe]:
    for block in BLOCK.finditer(COOKBOOK.read_text(encoding="utf-8")):
        yield Recipe(block["command"], block["answer"])


def program(language: str, server: Server) -> str:
    """The recipe in a programming language, on a server."""
    block = COOKBOOK.read_text(encoding="utf-8").partition(f"```{language}\n")[2].partition("```")[0]
    assert HOST in block
    return block.replace(f"http://{HOST}", server.url)


def ask(client: httpx.Client, command: str) -> httpx.Response:
    """What curl does with `-G`, `-d` and `--data-urlencode`, put by httpx."""
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    path = ""
    parts: list[tuple[str, str | int | float | bool | None]] = []
    for word in words:
        if word in ("-d", "--data-urlencode"):
            name, _, value = next(words).partition("=")
            parts.append((name, value))
        elif not word.startswith("-"):
            path = word.removeprefix(HOST)
    return client.get(path, params=parts or None)


def shown(response: httpx.Response) -> str:
    """The first lines of an answer, each cut to a readable width."""
    text = REQUEST_ID.sub('"request_id":"…"', response.text)
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    kept = [line if len(line) <= WIDTH else line[:WIDTH] + " …" for line in lines[:LINES]]
    return "\n".join(kept) + ("\n…" if len(lines) > LINES else "") + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Server(loaded(Path(folder))) as server:

        def written(block: re.Match[str]) -> str:
            response = ask(server.client, block["command"])
            language = block["language"]
            return f"```sh\n{block['command']}\n```\n\n```{language}\n{shown(response)}```\n"

        COOKBOOK.write_text(BLOCK.sub(written, COOKBOOK.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
