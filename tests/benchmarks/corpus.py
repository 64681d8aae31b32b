"""A corpus of any size from a seed: `python -m tests.benchmarks.corpus --claims N --documents M --seed S OUT`.

Words follow Zipf's law over a made-up vocabulary; every document shares some actors, places and topics with others.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import accumulate, product
from pathlib import Path
from random import Random
from typing import Any

import click

WORDS = 20_000
ACTORS = 400
PLACES = 600
TOPICS = (
    "war",
    "displacement",
    "identity",
    "diplomacy",
    "borders",
    "security",
    "economy",
    "diaspora",
    "politics",
    "peace",
)
TYPES = ("factual", "factual", "factual", "causal", "evaluative", "predictive", "purposive", "prescriptive")
CATEGORIES = ("war", "statement", "report", "negotiation", "military", "policy", "law", "economy", "relations", "other")
STATUSES = ("occurred", "occurred", "ongoing", "anticipated", "proposed", "hypothetical")
RELATIONS = ("supports", "contradicts", "contrasts", "causes", "purpose", "qualifies")
PARAGRAPH, SECTION, SENTENCE = 6, 12, (12, 20)  # sentences, paragraphs, words
QUOTE = 8  # words; so many of them do not come twice

Record = dict[str, Any]


class World:
    """The words, actors and places that all documents draw from."""

    def __init__(self, random: Random) -> None:
        syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
        made = ["".join(parts) for size in (1, 2, 3) for parts in product(syllables, repeat=size)][: WORDS * 4]
        random.shuffle(made)
        self.words = made[:WORDS]
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(WORDS)))
        names = [word.capitalize() for word in made[WORDS:] if len(word) == 6]
        self.actors = [
            self._named("actor", name, ("state", "person", "organisation", "group")[at % 4])
            for at, name in enumerate(names[:ACTORS])
        ]
        self.places = [
            self._named("place", name, ("state", "region", "settlement", "feature")[at % 4])
            for at, name in enumerate(names[ACTORS : ACTORS + PLACES])
        ]

    def _named(self, kind: str, name: str, category: str) -> Record:
        return {"id": f"{kind}-{name.lower()}", "name": name, "category": category, "names": [name]}


class Writing:
    """One document: its sentences, and the records that rest on them."""

    def __init__(self, name: str, claims: int, world: World, random: Random) -> None:
        self.id = name
        self._random = random
        self.actors = random.sample(world.actors, 8)
        self.places = random.sample(world.places, 6)
        self.sentences: list[list[str]] = []
        self.quotes: list[str] = []  # of the claims
        lengths = [random.randint(*SENTENCE) for _ in range(max(1, claims * 3 // 4))]
        stream = iter(random.choices(world.words, cum_weights=world.weights, k=sum(lengths)))
        for length in lengths:
            words = [next(stream) for _ in range(length)]
            words[0] = words[0].capitalize()
            words[2] = random.choice(self.actors)["name"]
            words[5] = random.choice(self.places)["name"]
            self.sentences.append(words)
        self.paragraphs = [self.sentences[at : at + PARAGRAPH] for at in range(0, len(self.sentences), PARAGRAPH)]
        self.obstacle = " ".join(random.choices(world.words, cum_weights=world.weights, k=12))

    def source(self) -> str:
        body = "\n\n".join(" ".join(" ".join(words) + "." for words in paragraph) for paragraph in self.paragraphs)
        return f"{body}\n\n1. Roads: {self.actors[0]['name']} wants {self.obstacle}.\n"

    def _quote(self, sentence: int) -> str:
        words = self.sentences[sentence]
        start = self._random.randint(0, len(words) - QUOTE)
        return " ".join(words[start : self._random.randint(start + QUOTE, len(words))])

    def claims(self, count: int) -> Iterator[Record]:
        random = self._random
        for at in range(count):
            sentence = at % len(self.sentences)
            words = self.sentences[sentence]
            self.quotes.append(self._quote(sentence))
            claim: Record = {
                "id": f"{self.id}.c{at + 1:06}",
                "quote": self.quotes[at],
                "statement": f"{' '.join(words)}.",
                "type": random.choice(TYPES),
                "actors": [next(actor["id"] for actor in self.actors if actor["name"] == words[2])],
                "places": [next(place["id"] for place in self.places if place["name"] == words[5])],
                "topics": random.sample(TOPICS, random.randint(1, 2)),
            }
            if random.random() < 0.2:
                claim |= {"mode": "reported", "speaker": random.choice(self.actors)["id"]}
            if random.random() < 0.1:
                claim["hedge_cue"] = words[7]
            if random.random() < 0.1:
                claim["quantities"] = [
                    {"text": words[8], "min": at, "min_exclusive": True, "unit": "people", "of": words[9]}
                ]
            yield claim

    def events(self, count: int) -> Iterator[Record]:
        """Each on the words of a claim."""
        random = self._random
        for at in range(count):
            claim = random.randrange(len(self.quotes))
            words = self.sentences[claim % len(self.sentences)]
            year = random.randint(1900, 2024)
            event: Record = {
                "id": f"{self.id}.e{at + 1:05}",
                "name": " ".join(words[3:7]),
                "category": random.choice(CATEGORIES),
                "status": random.choice(STATUSES),
                "quote": self.quotes[claim],
                "claims": [f"{self.id}.c{claim + 1:06}"],
                "speakers": random.choice((["author"], [random.choice(self.actors)["id"], None])),
                "actors": [random.choice(self.actors)["id"]],
                "places": [random.choice(self.places)["id"]],
            }
            if random.random() < 0.6:
                edtf = random.choice((f"{year}", f"{year}-{random.randint(1, 12):02}", f"{year}/..", f"{year}~"))
                event["date"] = {"text": words[4], "edtf": edtf, "basis": "stated"}
            yield event

    def relations(self, count: int, claims: int) -> Iterator[Record]:
        for at in range(count if claims > 1 else 0):
            start = self._random.randrange(claims - 1)
            ends = {"from": f"{self.id}.c{start + 1:06}", "to": f"{self.id}.c{start + 2:06}"}
            yield {"id": f"{self.id}.r{at + 1:05}", **ends, "type": self._random.choice(RELATIONS), "basis": "inferred"}

    def document(self, source: bytes) -> Record:
        firsts = [" ".join(paragraph[0][:QUOTE]) for paragraph in self.paragraphs]
        sections = [
            {"id": f"{self.id}.s{at + 1:04}", "title": f"Part {at + 1}", "title_origin": "editorial", "begins": begins}
            for at, begins in enumerate(firsts[::SECTION])
        ]
        return {
            "id": self.id,
            "label": f"Document {self.id}",
            "language": "en",
            "source": {"file": "source.txt", "sha256": sha256(source).hexdigest()},
            "topics": [{"id": topic, "label": topic.capitalize(), "definition": f"About {topic}."} for topic in TOPICS],
            "sections": sections,
        }

    def obstacles(self) -> Iterator[Record]:
        actor = self.actors[0]["id"]
        position = {"id": f"{self.id}.o1-p", "actor": actor, "statement": "Wants roads.", "quote": self.obstacle}
        yield {
            "id": f"{self.id}.o1",
            "number": 1,
            "title": "Roads",
            "summary": "Roads.",
            "actors": [actor],
            "positions": [position],
        }


def write(folder: Path, claims: int, documents: int, seed: int) -> None:
    """Writes one package a document into the folder, which it empties first."""
    shutil.rmtree(folder, ignore_errors=True)
    world = World(Random(seed))
    for number in range(documents):
        count = claims // documents + (number < claims % documents)
        writing = Writing(f"d{number:05}", count, world, Random(f"{seed} {number}"))
        package = folder / writing.id
        package.mkdir(parents=True)
        source = writing.source().encode()
        (package / "source.txt").write_bytes(source)
        (package / "document.yaml").write_text(json.dumps(writing.document(source), ensure_ascii=False))
        _lines(package / "actors.jsonl", writing.actors)
        _lines(package / "places.jsonl", writing.places)
        _lines(package / "obstacles.jsonl", writing.obstacles())
        _lines(package / "claims.jsonl", writing.claims(count))
        _lines(package / "events.jsonl", writing.events(count // 10))
        _lines(package / "relations.jsonl", writing.relations(count // 20, count))


def _lines(path: Path, records: Iterable[Record]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@click.command()
@click.option("--claims", default=1_000, show_default=True, type=click.IntRange(1))
@click.option("--documents", default=10, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.argument("out", type=click.Path(path_type=Path))
def main(claims: int, documents: int, seed: int, out: Path) -> None:
    """Write packages with CLAIMS claims in DOCUMENTS documents into the folder OUT."""
    write(out, claims, documents, seed)


if __name__ == "__main__":
    main()
