"""Which documents hold the words of a quotation: every one that does, never the likeliest."""

from collections.abc import Iterator
from dataclasses import dataclass

from tantivy import Occur, Order, Query, Schema, Searcher

from api.search.folding import folded, words
from api.search.schema import WORDING

TOGETHER = 8  # words of a run that are looked up: so many in a row say where it stands, and each costs
PIECE = 50  # letters of a cut word that are looked up
REMEMBERED = 1 << 18  # stretches
LONGEST = 8000  # letters of a word in the index; a quotation holds at most half as many


@dataclass(frozen=True)
class Wording:
    """Runs of words that stand in a row, and regular expressions of each of which some word is an instance."""

    runs: tuple[tuple[str, ...], ...]
    cut: tuple[str, ...] = ()


def wording(parts: list[str], cut: bool) -> Wording:
    """What a text must hold to hold these folded parts; with `cut`, their first and last word may be pieces of one."""
    runs = [words(part) for part in parts]
    pieces = []
    if cut:
        at_start, at_end = parts[0][0].isalnum(), parts[-1][-1].isalnum()
        if at_start and at_end and len(runs) == 1 and len(runs[0]) == 1:
            pieces = [f".*{runs[0].pop()[:PIECE]}.*"]
        else:
            pieces = [f".*{runs[0].pop(0)[-PIECE:]}"] if at_start else []
            pieces += [f"{runs[-1].pop()[:PIECE]}.*"] if at_end else []
    return Wording(tuple(tuple(run) for run in runs if run), tuple(pieces))


def indexed(text: str) -> str:
    """The words of a document as they are indexed, each separated by spaces."""
    return " ".join(filter(None, map(_read, text.split())))


class _Read(dict[str, str]):
    """The words of a stretch between white space: no word goes beyond one. Few differ, so each is read once."""

    def __missing__(self, stretch: str) -> str:
        read = " ".join(_terms(stretch))
        if len(stretch) <= PIECE:
            if len(self) >= REMEMBERED:
                self.clear()
            self[stretch] = read
        return read


_read = _Read().__getitem__


def _terms(stretch: str) -> Iterator[str]:
    """A word that is too long for a term as parts that overlap."""
    for word in words(folded(stretch)):
        if len(word) <= LONGEST:
            yield word
        else:
            half = LONGEST // 2
            yield from (word[at : at + LONGEST] for at in range(0, len(word) - half, half))


def holding(
    searcher: Searcher, schema: Schema, wanted: Wording, most: int, documents: tuple[str, ...] = ()
) -> tuple[list[int], int]:
    """Sequences of the first `most` documents in order that hold all of it, and how many there are."""
    clauses = []
    for run in wanted.runs:
        rare = [searcher.doc_freq(WORDING, word) for word in run]
        if not all(rare):
            return [], 0
        first = max(0, rare.index(min(rare)) - TOGETHER // 2)
        near: list[str | tuple[int, str]] = [*run[first : first + TOGETHER]]
        clauses.append(
            Query.phrase_query(schema, WORDING, near)
            if len(near) > 1
            else Query.term_query(schema, WORDING, run[0], "basic")
        )
    clauses += [Query.regex_query(schema, WORDING, pattern) for pattern in wanted.cut]
    if documents:
        clauses.append(Query.term_set_query(schema, "document", list(documents)))
    query = Query.boolean_query([(Occur.Must, clause) for clause in clauses]) if clauses else Query.all_query()
    found = searcher.search(query, most, True, order_by_field="sequence", order=Order.Asc)
    sequences = searcher.fast_field_values("sequence", [address for _, address in found.hits])
    return [int(sequence or 0) for sequence in sequences], int(found.count)  # type: ignore[attr-defined]  # stubs
