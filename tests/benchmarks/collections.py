"""A collection in BEIR's form from what Debian says of its packages, known to nobody who tunes the search.

The first sentence of a package's description is a question, and so is its synopsis, a few keywords; the answer is the
document that holds the rest of the description. Descriptions that begin alike are taken once.
"""

import json
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCUMENTS, QUESTIONS = 5_000, 500
SHORTEST = 200  # characters of a document
LISTS = Path("/var/lib/apt/lists")
CAT = "/usr/lib/apt/apt-helper"

_ENTRY = re.compile(r"^Package: (\S+)\n.*\nDescription-en: (.*)\n((?: .*\n)*)", re.MULTILINE)
_SENTENCE = re.compile(r".{20,}?[.?!](?=\s+[A-Z])")


class Description(NamedTuple):
    package: str
    synopsis: str
    sentence: str
    rest: str


def debian(folder: Path, seed: int = 7) -> None:
    """Writes `sentences` and `keywords`; `apt-get -o Acquire::Languages=en update` has to come first."""
    lists = sorted(LISTS.glob("*_main_i18n_Translation-en*"))
    if not lists:
        raise FileNotFoundError("no descriptions here: run apt-get -o Acquire::Languages=en update")
    text = subprocess.run([CAT, "cat-file", *lists], capture_output=True, text=True, check=True).stdout
    found = list(_descriptions(text))
    random.Random(seed).shuffle(found)
    for name, asked in (("sentences", "sentence"), ("keywords", "synopsis")):
        _write(folder / name, found[:DOCUMENTS], asked)


def _descriptions(text: str) -> Iterator[Description]:
    known: set[str] = set()
    for package, synopsis, body in _ENTRY.findall(text):
        words = " ".join(body.replace("\n .\n", " ").split())
        sentence = _SENTENCE.match(words)
        rest = words[sentence.end() :].strip() if sentence else ""
        if sentence and len(rest) >= SHORTEST and known.isdisjoint((package, rest[:80])):
            known |= {package, rest[:80]}
            yield Description(package, synopsis, sentence[0], rest)


def _write(folder: Path, descriptions: list[Description], asked: str) -> None:
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    questions = descriptions[:QUESTIONS]
    _lines(folder / "corpus.jsonl", [{"_id": each.package, "title": "", "text": each.rest} for each in descriptions])
    _lines(folder / "queries.jsonl", [{"_id": f"q-{each.package}", "text": getattr(each, asked)} for each in questions])
    grades = [f"q-{each.package}\t{each.package}\t1" for each in questions]
    (folder / "qrels" / "test.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *grades, ""]))


def _lines(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
