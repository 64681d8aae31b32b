"""Which documents hold the words of a quotation: every one that does, never the likeliest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from tantivy import Occur, Order, Query, Schema, Searcher

from api.search.folding import folded, folded_words
from api.search.pasted import HYPHEN
from api.search.schema import WORDING
from api.search.words import remembering

TOGETHER = 8  # words of a run that are looked up: so many in a row are telling, and each has its cost
PIECE = 50  # letters of a cut word that are looked up
LONGEST_TERM = 8000  # letters of a word in the index; a quotation holds at most half as many
# A word or several, by whether the text has the hyphens.
OPTIONAL_HYPHEN = re.compile(f"(?<![^\\W_])[^\\W_]++(?:{HYPHEN}[^\\W_]++)+")


@dataclass(frozen=True)
class Needed:
    """Runs of words that stand in a row, and regular expressions of each of which some word is an instance."""

    runs: tuple[tuple[str, ...], ...]
    patterns: tuple[str, ...] = ()


# A text holds a quotation only if it holds what one of these alternatives needs.
Wording = tuple[Needed, ...]


def wording(alternatives: Sequence[Sequence[str]], cut: bool) -> Wording:
    """What a text needs to hold the folded parts of one of these; with `cut`, their ends may be pieces of words."""
    return tuple(_needed(parts, cut) for parts in alternatives)


def _needed(parts: Sequence[str], cut: bool) -> Needed:
    runs: list[list[str]] = []
    patterns: list[str] = []
    first, last = bool(cut and folded_words(parts[0][0])), bool(cut and folded_words(parts[-1][-1]))  # within words
    for number, part in enumerate(parts):
        pieces = OPTIONAL_HYPHEN.split(part)
        runs += [folded_words(piece) for piece in pieces]
        for match in OPTIONAL_HYPHEN.finditer(part):
            begins = first and number == 0 and match.start() == 0
            ends = last and number == len(parts) - 1 and match.end() == len(part)
            if not (begins or ends):
                patterns.append(f"({'|'.join(accumulate(match[0].split(HYPHEN)))})")
    if first and last and len(parts) == 1 and len(runs) == 1 and len(runs[0]) == 1:
        patterns.append(f".*{runs[0].pop()[:PIECE]}.*")
    else:
        if first and runs[0]:
            patterns.append(f".*{runs[0].pop(0)[-PIECE:]}")
        if last and runs[-1]:
            patterns.append(f"{runs[-1].pop()[:PIECE]}.*")
    return Needed(tuple(tuple(run) for run in runs if run), tuple(patterns))


def indexed(text: str) -> str:
    """The words of a document as they are indexed, each separated by spaces."""
    return " ".join(filter(None, map(_terms, text.split())))


@remembering
def _terms(stretch: str) -> str:
    """The words of a stretch between white space; one that is too long for a term as parts that overlap."""
    half = LONGEST_TERM // 2
    terms: list[str] = []
    for word in folded_words(folded(stretch)):
        terms += [word[at : at + LONGEST_TERM] for at in range(0, max(1, len(word) - half), half)]
    return " ".join(terms)


def holding(
    searcher: Searcher, schema: Schema, wording: Wording, most: int, documents: tuple[str, ...] = ()
) -> tuple[list[int], int]:
    """Sequences of the first `most` documents in order that hold an alternative, and how many there are."""
    alternatives = [query for each in wording if (query := _holding(searcher, schema, each)) is not None]
    if not alternatives:
        return [], 0
    clauses = [(Occur.Must, Query.boolean_query([(Occur.Should, query) for query in alternatives]))]
    if documents:
        clauses.append((Occur.Must, Query.term_set_query(schema, "document", list(documents))))
    result = searcher.search(Query.boolean_query(clauses), most, True, order_by_field="sequence", order=Order.Asc)
    sequences = searcher.fast_field_values("sequence", [address for _, address in result.hits])
    return [int(sequence or 0) for sequence in sequences], int(result.count)  # type: ignore[attr-defined]  # stubs


def _holding(searcher: Searcher, schema: Schema, needed: Needed) -> Query | None:
    clauses = []
    for run in needed.runs:
        rare = [searcher.doc_freq(WORDING, word) for word in run]
        if not all(rare):
            return None
        first = max(0, rare.index(min(rare)) - TOGETHER // 2)
        near: list[str | tuple[int, str]] = [*run[first : first + TOGETHER]]
        clauses.append(
            Query.phrase_query(schema, WORDING, near)
            if len(near) > 1
            else Query.term_query(schema, WORDING, run[0], "basic")
        )
    clauses += [Query.regex_query(schema, WORDING, pattern) for pattern in needed.patterns]
    return Query.boolean_query([(Occur.Must, clause) for clause in clauses]) if clauses else Query.all_query()
