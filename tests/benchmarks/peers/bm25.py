"""Public BM25 on a collection in BEIR's form, as JSON on standard output: bm25s with Lucene's formula, English stems.

Run with the peers' interpreter: `python tests/benchmarks/peers/bm25.py FOLDER`.
"""

import json
import sys
from pathlib import Path

import bm25s
import Stemmer

PARAMETERS = ((0.9, 0.4), (1.2, 0.75))  # k1 and b: Anserini's, and Lucene's own
FOUND = 100


def ranked(folder: Path) -> dict[str, dict[str, list[str]]]:
    """For either setting, the ids of the documents found for every question, best first."""
    documents = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
    questions = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> list[list[str]]:
        found: list[list[str]] = bm25s.tokenize(
            texts, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False
        )
        return found

    corpus = tokens([f"{each.get('title', '')} {each['text']}" for each in documents])
    asked = tokens([each["text"] for each in questions])
    found = {}
    for k1, b in PARAMETERS:
        index = bm25s.BM25(method="lucene", k1=k1, b=b)
        index.index(corpus, show_progress=False)
        places, scores = index.retrieve(asked, k=min(FOUND, len(documents)), show_progress=False)
        found[f"BM25, k1={k1}, b={b}"] = {
            question["_id"]: [documents[at]["_id"] for at, score in zip(*row, strict=True) if score > 0]
            for question, *row in zip(questions, places, scores, strict=True)
        }
    return found


if __name__ == "__main__":
    json.dump(ranked(Path(sys.argv[1])), sys.stdout)
