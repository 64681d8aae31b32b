"""Questions put to the index: ranked hits, exact totals, facets, and the words that were read differently."""

from collections.abc import Mapping
from dataclasses import dataclass

from tantivy import DocAddress, Order
from tantivy import Index as Tantivy

from api.search.facets import facets
from api.search.highlight import Highlight, Terms, highlight
from api.search.matching import Read, Records
from api.search.question import Question, Word, asked
from api.search.ranking import Rarity, ranked
from api.search.schema import KINDS
from api.search.suggest import Lexicon, Suggestion
from api.search.wording import Wording, holding
from api.search.words import stem

MOST_FORGIVEN = 16  # words of a question; a text with more that are unknown is of another language


@dataclass(frozen=True)
class Hit:
    kind: str
    sequence: int
    rank: int
    score: float | None


@dataclass
class Answer:
    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]]
    corrected: list[tuple[str, str]]
    terms: Terms


class Index:
    """One snapshot's index. Threads may share it; nothing in it ever changes."""

    def __init__(self, indexes: Mapping[str, Tantivy], lexicon: Tantivy) -> None:
        self._records = Records(indexes)
        self._lexicon = Lexicon(lexicon)

    @property
    def counts(self) -> dict[str, int]:
        return {kind: searcher.num_docs for kind, searcher in self._records.searchers.items()}

    def suggest(self, q: str, limit: int = 10, kinds: tuple[str, ...] = ()) -> list[Suggestion]:
        return self._lexicon.suggest(q, limit, kinds)

    def highlight(self, terms: Terms, strings: Mapping[str, str]) -> list[Highlight]:
        return highlight(terms, strings)

    def count(self, question: Question) -> int:
        read = self._read(question.q)
        return sum(self._records.count(kind, question, read) for kind in question.kinds_asked)

    def ask(self, question: Question) -> Answer:
        read = self._read(question.q)
        total, hits = self._hits(question, read)
        return Answer(total, hits, facets(self._records, question, read), read.corrected, read.terms)

    def holding(self, wanted: Wording, most: int) -> tuple[list[int], int]:
        """Sequences of the first `most` documents that hold these words as they stand, and how many do."""
        return holding(self._records.searchers["document"], self._records.schemas["document"], wanted, most)

    def _read(self, q: str | None) -> Read:
        if q is None:
            return Read(None, [])
        parts = asked(q.encode("utf-8", "replace").decode())
        unknown = {word.word: word for word in parts.words if word.forgivable and not self._records.occurs(word.stem)}
        near = {word: self._lexicon.nearest(word) for word in list(unknown)[:MOST_FORGIVEN]}
        meant = {word: found for word, found in near.items() if found is not None}
        parts.words = [
            Word(stem(meant[word.word]), meant[word.word], word.token, word.place) if word.word in meant else word
            for word in parts.words
        ]
        return Read(parts, [(unknown[word].token, found) for word, found in meant.items()])

    def _hits(self, question: Question, read: Read) -> tuple[int, list[Hit]]:
        words = read.asked if question.sort is None else None  # what the order is made of, else a field
        kinds = question.kinds_asked
        rarity = Rarity(self._records, kinds)
        end = question.offset + question.limit
        single = len(kinds) == 1
        total = 0
        found: list[tuple[str, float | None, DocAddress]] = []
        for kind in kinds:
            scored = ranked(self._records, kind, words, rarity) if words else None
            query = self._records.matching(kind, question, read, scored)
            if query is None:
                continue
            searcher = self._records.searchers[kind]
            offset, limit = (question.offset, question.limit) if single else (0, end)
            if limit == 0:
                total += self._records.count(kind, question, read)
                continue
            if words:
                result = searcher.search(query, limit, True, offset=offset)
                found += [(kind, score, address) for score, address in result.hits]
            else:
                key, order = _order(kind, question.sort if single else question.sort or "id")
                result = searcher.search(query, limit, True, order_by_field=key, order=order, offset=offset)
                found += [(kind, None, address) for _, address in result.hits]
            total += int(result.count)  # type: ignore[attr-defined]  # missing from the stubs
        if not single:
            # Stable: kinds come in byte order and each one's ties by id, so that ties are by (kind, id).
            found = sorted(found, key=lambda each: -(each[1] or 0.0))[question.offset : end]
        return total, self._placed(found)

    def _placed(self, found: list[tuple[str, float | None, DocAddress]]) -> list[Hit]:
        numbers: dict[str, list[tuple[int, int]]] = {}
        for kind in {kind for kind, _, _ in found}:
            addresses = [address for of, _, address in found if of == kind]
            read = self._records.searchers[kind].fast_field_values
            both = zip(read("sequence", addresses), read("rank", addresses), strict=True)
            numbers[kind] = [(int(sequence or 0), int(rank or 0)) for sequence, rank in both][::-1]
        return [Hit(kind, *numbers[kind].pop(), score) for kind, score, _ in found]


def _order(kind: str, sort: str | None) -> tuple[str, Order]:
    key = (sort or "sequence").removeprefix("-")
    return KINDS[kind].orders[key], Order.Desc if sort and sort.startswith("-") else Order.Asc
