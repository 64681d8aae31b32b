"""The text index at a million claims: `python -m tests.benchmarks.search [--claims N] [--fuzz N]`.

Builds a corpus whose words follow Zipf's law, indexes it, and prints how long questions of one to seven words take in
process, beside SQLite's FTS5 with bm25 on the same rows (what Datasette asks). `--fuzz` puts random strings instead.
"""

import itertools
import random
import resource
import sqlite3
import string
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine, insert

from api import search
from api.model import metadata
from api.model.kinds import KINDS
from api.model.selection import Condition, Selection
from tests.search_rows import engine, fill, random_rows

CLAIMS = ("claim",)
CAUSAL = Selection(filters={"type": Condition(any=("causal",))})
FACETS = ("type", "mode", "speaker", "actor", "topic")
TYPES = ("factual", "causal", "evaluative", "predictive", "prescriptive")
DOCUMENT, SECTION, BATCH = 500, 50, 10_000  # claims of a document, of a section, rows written at once
VOCABULARY = 200_000
STOP_WORDS = ("the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on")


class Language:
    """A vocabulary in which word n is said once for every n + 2.7 of the first, as in English; stop words lead it."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        made: dict[str, None] = dict.fromkeys(STOP_WORDS)
        letters, weights = "etaoinshrdlcumwfgypbvk", [12, 9, 8, 7, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1]
        while len(made) < VOCABULARY:
            made["".join(chance.choices(letters, weights, k=chance.randint(4, 10)))] = None
        self.words = list(made)
        self._sums = list(itertools.accumulate(1 / (place + 2.7) for place in range(VOCABULARY)))

    def some(self, count: int) -> list[str]:
        return self._chance.choices(self.words, cum_weights=self._sums, k=count)

    def sentence(self, count: int) -> str:
        return " ".join(self.some(count)).capitalize() + "."


def claims(language: Language, chance: random.Random, count: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Rows of the tables, a batch at a time; few actors and places are in most claims and most in few."""

    def common(of: int) -> int:
        return min(int(chance.paretovariate(0.9)) - 1, of - 1)

    for first in range(0, count, BATCH):
        rows: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("claim", "claim_actor", "claim_place", "claim_topic")
        }
        for n in range(first, min(first + BATCH, count)):
            speaker = chance.choice(["author", "author", f"a{common(2000)}"])
            quote = language.sentence(18)
            rows["claim"].append(
                {
                    **{"sequence": n + 1, "rank": n + 1, "id": f"d{n // DOCUMENT:05d}.c{n % DOCUMENT:03d}"},
                    **{"document": f"d{n // DOCUMENT:05d}", "section": f"s{n // SECTION:06d}", "quote": quote},
                    **{"start": 0, "end": len(quote), "utf16_start": 0, "utf16_end": len(quote), "prefix": ""},
                    **{"suffix": "", "ordinal": n % DOCUMENT + 1, "statement": language.sentence(14)},
                    **{"type": TYPES[common(5)], "mode": chance.choice(["asserted", "asserted", "reported"])},
                    **{"speaker": speaker, "speaker_actor": None if speaker == "author" else speaker},
                    **{"hedged": False, "has_quantity": n % 9 == 0, "quantities": []},
                }
            )
            for name, of in (("actor", 2000), ("place", 500), ("topic", 20)):
                chosen = sorted({common(of) for _ in range(2)})
                rows[f"claim_{name}"] += [
                    {"claim": n + 1, "ordinal": place, name: f"{name[0]}{each}"} for place, each in enumerate(chosen)
                ]
        yield rows


def timed(label: str, ask: Callable[[Any], object], questions: Sequence[Any]) -> float:
    """Print the percentiles in milliseconds; gives the processor seconds that all took."""
    clocks = {"elapsed": time.perf_counter, "of the processor": time.thread_time}
    took: dict[str, list[float]] = {name: [] for name in clocks}
    for question in questions:
        start = [clock() for clock in clocks.values()]
        ask(question)
        for (name, clock), began in zip(clocks.items(), start, strict=True):
            took[name].append((clock() - began) * 1000)
    for name, times in took.items():
        times.sort()
        half, most, last = (times[int(len(times) * part)] for part in (0.5, 0.9, 0.99))
        click.echo(f"{label:32} p50 {half:8.2f}  p90 {most:8.2f}  p99 {last:8.2f} ms {name}")
        label = ""
    return sum(took["of the processor"]) / 1000


def write(folder: Path, language: Language, chance: random.Random, count: int) -> None:
    """The corpus as a database of ours, and as a table of SQLite's FTS5."""
    made = create_engine(f"sqlite:///{folder / 'sic.db'}")
    metadata.create_all(made)
    words = sqlite3.connect(folder / "words.db")
    words.execute("CREATE VIRTUAL TABLE words USING fts5(statement, quote, tokenize='porter unicode61')")
    with made.begin() as connection:
        for rows in claims(language, chance, count):
            for name, values in rows.items():
                connection.execute(insert(metadata.tables[name]), values)
            said = [(row["sequence"], row["statement"], row["quote"]) for row in rows["claim"]]
            words.executemany("INSERT INTO words(rowid, statement, quote) VALUES (?, ?, ?)", said)
    words.commit()
    words.close()
    begin, processor = time.perf_counter(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with made.connect() as connection:
        directory = search.build(connection, folder / "index", "benchmark")
    assert directory is not None
    size = sum(path.stat().st_size for path in directory.rglob("*"))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = f"{time.perf_counter() - begin:.0f} s, {time.process_time() - processor:.0f} s of the processors"
    click.echo(f"{count} claims indexed in {took}; {size / 1e6:.0f} MB on disk; ", nl=False)
    click.echo(f"peak memory {before >> 10} MB before, {after >> 10} MB after")


def measure(folder: Path, count: int, asked: int, seed: int) -> None:
    chance = random.Random(seed)
    language = Language(chance)
    if not (folder / "index").exists():
        write(folder, language, chance, count)
    start = time.perf_counter()
    index = search.open_index(folder / "index", "benchmark")
    click.echo(f"opened and checked in {time.perf_counter() - start:.2f} s")
    questions = [" ".join(language.some(chance.randint(1, 7))) for _ in range(asked)]
    ask(index, questions, [language.words[chance.randrange(len(STOP_WORDS), 5000)] for _ in range(asked)])
    words = sqlite3.connect(folder / "words.db")

    def match(question: str) -> object:
        telling = [word for word in dict.fromkeys(question.split()) if word not in STOP_WORDS] or question.split()
        text = " OR ".join(f'"{word}"' for word in telling)
        page = words.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 25", (text,)).fetchall()
        return page, words.execute("SELECT count(*) FROM words WHERE words MATCH ?", (text,)).fetchone()

    some = questions[: max(asked // 10, 20)]
    slow = timed("FTS5: ranked page and total", match, some)
    fast = timed("sic: the same questions", lambda q: index.ask(search.Question(CLAIMS, q)), some)
    click.echo(f"sic answers {slow / fast:.0f} times as many")


def of_actor(number: int) -> Selection:
    return Selection(filters={"actor": Condition(any=(f"a{number}",))})


def ask(index: search.Index, questions: list[str], typed: list[str]) -> None:
    def put(**more: Any) -> Callable[[str], object]:
        return lambda q: index.ask(search.Question(CLAIMS, q, **more))

    totals = sorted(index.count(search.Question(CLAIMS, q)) for q in questions)
    click.echo(f"{len(questions)} questions of 1 to 7 words match {totals[len(totals) // 2]} claims (median)")
    timed("ranked page and total", put(), questions)
    timed("the same at offset 10,000", put(offset=10_000), questions)
    timed("with one filter", put(selection=CAUSAL), questions)
    timed("five facets", put(facets=FACETS), questions)
    timed("five facets, one selected", put(facets=FACETS, selection=CAUSAL), questions)
    timed("with a section facet too", put(facets=(*FACETS, "section")), questions)
    timed("all kinds", lambda q: index.ask(search.Question(tuple(KINDS), q)), questions)
    timed("a prefix of two letters", lambda q: index.ask(search.Question(CLAIMS, f"{q[:2]}*")), typed)
    timed("a misspelt word", lambda q: index.ask(search.Question(CLAIMS, f"{q}x")), typed)
    timed("five facets of all claims", lambda _: index.ask(search.Question(CLAIMS, facets=FACETS)), typed)
    timed("total of one filter", lambda n: index.count(search.Question(CLAIMS, selection=of_actor(n))), range(100))
    keystrokes = [word[:length] for word in typed for length in range(1, len(word))]
    timed("type-ahead, every keystroke", lambda q: index.suggest(q, 10), keystrokes)


ALPHABETS = (
    string.printable,
    '"“”*-+~^:/\\()[]{}<>|&!?.,;_ \t\n' + "ab",
    "ABCxyz019 '’ʼ‘\u0301\u0308\u200d\u00ad",
    "".join(map(chr, range(0x20, 0x3000))),
    "".join(map(chr, range(0x1F300, 0x1FAFF))) + "\ufe0f\u200d",
    "\x00\ud800\udfff\uffff\U0010ffff\u202e a",
)


def noise(chance: random.Random, real: Sequence[str]) -> str:
    """Syntax, controls, surrogates, scripts and emoji, bare or among real words; one in a thousand of 8 KB."""
    length = 8192 if chance.random() < 0.001 else chance.randint(1, 60)
    letters = "".join(chance.choices(chance.choice(ALPHABETS), k=length))
    return (
        letters
        if chance.random() < 0.5
        else chance.choice(("{0}{1}", "{1} {0}*", '"{1} {0}"', "-{1} {0}")).format(letters, chance.choice(real))
    )


def fuzz(count: int, seed: int) -> None:
    chance = random.Random(seed)
    made = engine()
    with made.begin() as connection:
        fill(connection, random_rows(seed))
        index = search.build_in_memory(connection)
    real = ("Armenia’s", "U.S.", "700,000", "border treaty", "armena", "pea", "the")
    start, slowest = time.perf_counter(), 0.0
    for _ in range(count):
        q = noise(chance, real)
        before = time.perf_counter()
        answer = index.ask(search.Question(tuple(KINDS), q, facets=("kind",)))
        assert len(answer.hits) == min(answer.total, 25), repr(q)
        index.highlight(answer.terms, {"statement": q})
        index.suggest(q, 10)
        slowest = max(slowest, time.perf_counter() - before)
    took = time.perf_counter() - start
    click.echo(f"{count} random strings in {took:.0f} s, the slowest {slowest * 1000:.0f} ms: no error")


@click.command()
@click.option("--claims", default=1_000_000, show_default=True)
@click.option("--questions", default=1_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--fuzz", "strings", default=0, metavar="N", help="Put N random strings to a small index instead.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keeps the corpus, or takes the one kept there.")
def main(claims: int, questions: int, seed: int, strings: int, folder: Path | None) -> None:
    if strings:
        fuzz(strings, seed)
    elif folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, claims, questions, seed)
    else:
        with tempfile.TemporaryDirectory() as passing:
            measure(Path(passing), claims, questions, seed)


if __name__ == "__main__":
    main()
