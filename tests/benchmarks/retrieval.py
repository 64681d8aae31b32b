"""How well questions are answered, beside public BM25: `python -m tests.benchmarks.retrieval FOLDER`.

FOLDER holds a collection in BEIR's form: `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`),
`qrels/test.tsv`. Every document becomes a package with one claim, is loaded, and every question is asked over HTTP.
"""

import csv
import json
import math
import random
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

import click
import httpx

from tests.benchmarks.collections import debian
from tests.server import ROOT, Server, filled

FOUND = 100  # records asked for, the most that a page holds
MOST_WORDS = 50  # of a question; q takes 64, and some of these are several
ROUTES: dict[str, dict[str, str]] = {"/v1/claims": {}, "/v1/search?kind=claim": {"kind": "claim"}, "/v1/search": {}}

Found = Mapping[str, list[str]]  # the documents found for each question, best first


@dataclass(frozen=True)
class Collection:
    documents: dict[str, tuple[str, str]]  # title and text
    questions: dict[str, str]
    grades: dict[str, dict[str, int]]  # of a question's documents; only graded questions are asked

    @classmethod
    def read(cls, folder: Path) -> "Collection":
        def lines(name: str) -> Iterator[dict[str, str]]:
            return map(json.loads, (folder / name).read_text("utf-8").splitlines())

        grades: dict[str, dict[str, int]] = defaultdict(dict)
        with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
            for question, document, grade in list(csv.reader(file, delimiter="\t"))[1:]:
                if int(grade) > 0:
                    grades[question][document] = int(grade)
        return cls(
            {each["_id"]: (_line(each.get("title", "")), _line(each["text"])) for each in lines("corpus.jsonl")},
            {each["_id"]: each["text"] for each in lines("queries.jsonl") if each["_id"] in grades},
            grades,
        )


def _line(text: str) -> str:
    """One paragraph of canonical text."""
    return " ".join(normalize("NFC", text).split())


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0]


# What the one claim of a document says: its quote and its statement, of the title and the text.
MAPPINGS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "title": lambda title, text: (text, title or first_sentence(text)),
    "whole": lambda title, text: (text, f"{title}. {text}" if title else text),
    "first": lambda title, text: (first_sentence(text), f"{title}. {text}" if title else text),
}


def write(collection: Collection, mapping: str, folder: Path) -> dict[str, str]:
    """One package a document; gives the collection's id of each of ours."""
    named = {}
    for number, (name, (title, text)) in enumerate(collection.documents.items(), start=1):
        quote, statement = MAPPINGS[mapping](title, text)
        source = "\n\n".join(filter(None, (title, text)))
        if source.count(quote) > 1:  # only in the title, and as the whole text
            quote = text
        package = folder / f"d{number:06}"
        package.mkdir(parents=True)
        (package / "source.txt").write_text(source, encoding="utf-8")
        document = {
            "id": package.name,
            "label": title or f"Document {number}",
            "title": title or None,
            "language": "en",
            "source": {"file": "source.txt", "sha256": sha256(source.encode()).hexdigest()},
        }
        claim = {"id": f"{package.name}.c1", "quote": quote, "statement": statement, "type": "factual"}
        (package / "document.yaml").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        (package / "claims.jsonl").write_text(json.dumps(claim, ensure_ascii=False) + "\n", encoding="utf-8")
        named[package.name] = name
    return named


def unfinished(words: list[str], chance: random.Random) -> list[str]:
    """Ends with the first three to five letters of a longer word."""
    while words and not re.fullmatch(r"[A-Za-z]{6,}\W*", words[-1]):
        words = words[:-1]
    return [*words[:-1], words[-1][: chance.randint(3, 5)]] if words else []


def quoted(words: list[str], chance: random.Random) -> list[str]:
    """Has three of its words in quotation marks."""
    if len(words) < 5:
        return []
    first = chance.randint(0, len(words) - 4)
    phrase = " ".join(word.replace('"', "") for word in words[first : first + 3])
    return [*words[:first], f'"{phrase}"', *words[first + 3 :]]


# How a question is typed; a question that cannot be typed so is left out.
FORMS: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "whole": lambda words, _: words,
    "unfinished": unfinished,
    "starred": lambda words, chance: [
        f"{word}*" if last else word for word, last in _with_last(unfinished(words, chance))
    ],
    "quoted": quoted,
}


def _with_last(words: list[str]) -> Iterator[tuple[str, bool]]:
    for place, word in enumerate(words, start=1):
        yield word, place == len(words)


def typed(questions: Mapping[str, str], form: str) -> dict[str, str]:
    texts = {key: " ".join(FORMS[form](q.split()[:MOST_WORDS], random.Random(key))) for key, q in questions.items()}
    return {key: text for key, text in texts.items() if text}


def ask(client: httpx.Client, route: str, questions: Mapping[str, str], named: Mapping[str, str]) -> Found:
    found = {}
    for key, q in questions.items():
        answer = client.get(route.partition("?")[0], params={"q": q, "limit": FOUND, **ROUTES[route]})
        assert answer.status_code == 200, answer.text
        of = (each["id"] if each["kind"] == "document" else each["document"] for each in answer.json()["data"])
        found[key] = [named[document] for document in dict.fromkeys(of)]
    return found


def beside(folder: Path, peers: Path) -> dict[str, Found]:
    command = [peers / "bin" / "python", ROOT / "tests" / "benchmarks" / "peers" / "bm25.py", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    ranked: dict[str, Found] = json.loads(done.stdout)
    return ranked


def ndcg(found: list[str], grades: Mapping[str, int], at: int = 10) -> float:
    """As trec_eval and BEIR count it: the gain is the grade itself."""

    def gain(of: list[int]) -> float:
        return math.fsum(grade / math.log2(place + 2) for place, grade in enumerate(of[:at]))

    return gain([grades.get(each, 0) for each in found]) / gain(sorted(grades.values(), reverse=True))


def tell(name: str, found: Found, grades: Mapping[str, Mapping[str, int]]) -> None:
    count = len(found)
    ranking = sum(ndcg(found[key], grades[key]) for key in found) / count
    recall = sum(len(grades[key].keys() & set(found[key][:FOUND])) / len(grades[key]) for key in found) / count
    click.echo(f"{name:24} {ranking:7.3f} {recall:10.3f} {sum(not each for each in found.values()):10}")


@click.command()
@click.option("--mapping", type=click.Choice(list(MAPPINGS)), default="title", show_default=True)
@click.option("--form", type=click.Choice(list(FORMS)), default="whole", show_default=True, help="How it is typed.")
@click.option("--debian", "make", is_flag=True, help="Write collections of Debian's descriptions into FOLDER instead.")
@click.option("--peers", type=click.Path(path_type=Path), default=ROOT / "build" / "peers", show_default="build/peers")
@click.argument("folder", type=click.Path(path_type=Path))
def main(mapping: str, form: str, make: bool, peers: Path, folder: Path) -> None:
    """Measure on the collection in FOLDER."""
    if make:
        debian(folder)
        return
    collection = Collection.read(folder)
    collection = replace(collection, questions=typed(collection.questions, form))
    words = sum(len(q.split()) for q in collection.questions.values()) / len(collection.questions)
    click.echo(f"{len(collection.documents)} documents, {len(collection.questions)} questions of {words:.0f} words")
    click.echo(f"{'':24} nDCG@10 recall@100 unanswered")
    bm25 = beside(folder, peers) if form == "whole" else {}  # which has no such syntax
    for name, found in bm25.items():
        tell(name, {key: found.get(key, []) for key in collection.questions}, collection.grades)
    with tempfile.TemporaryDirectory(prefix="sic-retrieval-") as temporary:
        packages = Path(temporary) / "packages"
        named = write(collection, mapping, packages)
        begin = time.perf_counter()
        env = filled({"SIC_DATABASE_URL": f"sqlite:///{temporary}/sic.db", "SIC_ACCESS_LOG": "off"}, packages)
        loading = time.perf_counter() - begin
        with Server(env, patience=120) as server:
            for route in ROUTES:
                tell(route, ask(server.client, route, collection.questions, named), collection.grades)
    click.echo(f"loaded in {loading:.0f} s")


if __name__ == "__main__":
    main()
