"""Questions put to the index: ranked hits, exact totals, facets, counts, completions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tantivy import DocAddress, Order
from tantivy import Index as Tantivy

from api.model.kinds import KINDS
from api.search.combinations import combinations
from api.search.facets import facets
from api.search.forgiveness import read
from api.search.highlight import Highlight, Terms, highlight
from api.search.lexicon import Lexicon, Suggestion
from api.search.matching import Reading, Records
from api.search.question import Question
from api.search.ranking import Rarity, ranked
from api.search.schema import sort_field
from api.search.suggest import suggest
from api.search.wording import Wording, holding


@dataclass(frozen=True)
class Hit:
    kind: str
    sequence: int
    rank: int
    score: float | None


@dataclass
class Answer:
    """`more_facets` names the facets that have more values; `corrected` pairs what was typed with how it was read."""

    total: int
    hits: list[Hit] = field(default_factory=list)
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    more_facets: tuple[str, ...] = ()
    corrected: list[tuple[str, str]] = field(default_factory=list)
    terms: Terms = field(default_factory=Terms)


class Index:
    """One snapshot's index. Threads may share it; nothing in it ever changes."""

    def __init__(self, indexes: Mapping[str, Tantivy], lexicon: Tantivy) -> None:
        self._records = Records(indexes)
        self._lexicon = Lexicon(lexicon)

    @property
    def sizes(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return {kind: searcher.num_docs for kind, searcher in self._records.searchers.items()}

    def ask(self, question: Question) -> Answer:
        """Raises TooCostly where `q` has too many parts."""
        reading = read(question.q, self._records, self._lexicon)
        total, hits = self._hits(question, reading)
        values, more = facets(self._records, question, reading)
        return Answer(total, hits, values, more, reading.corrected, reading.terms)

    def count(self, question: Question) -> int:
        """Raises TooCostly."""
        reading = read(question.q, self._records, self._lexicon)
        return sum(self._records.count(kind, question, reading) for kind in question.selected_kinds)

    def counts(self, question: Question, by: tuple[str, ...], most: int) -> list[tuple[tuple[str, ...], int]]:
        """Records for each combination of the filters `by`. Raises TooMany beyond `most` of them, and TooCostly."""
        reading = read(question.q, self._records, self._lexicon)
        return combinations(self._records, question, reading, by, most)

    def suggest(
        self, q: str, limit: int = 10, kinds: tuple[str, ...] = (), documents: tuple[str, ...] = ()
    ) -> list[Suggestion]:
        return suggest(self._records, self._lexicon, q, limit, kinds, documents)

    def highlight(self, terms: Terms, strings: Mapping[str, str]) -> list[Highlight]:
        return highlight(terms, strings)

    def holding(self, wording: Wording, most: int, documents: tuple[str, ...] = ()) -> tuple[list[int], int]:
        """Sequences of the first `most` documents that hold these words, and how many do."""
        return holding(self._records.searchers["document"], self._records.schemas["document"], wording, most, documents)

    def _hits(self, question: Question, reading: Reading) -> tuple[int, list[Hit]]:
        by_relevance = question.sort is None and reading.expression is not None
        kinds = question.selected_kinds
        rarity = Rarity(self._records, kinds)
        end = question.offset + question.limit
        single = len(kinds) == 1
        total = 0
        hits: list[tuple[str, float | None, DocAddress]] = []
        for kind in kinds:
            offset, limit = (question.offset, question.limit) if single else (0, end)
            if limit == 0:
                total += self._records.count(kind, question, reading)
                continue
            words = reading.expression if by_relevance else None
            scored = ranked(self._records, kind, words, rarity) if words else None
            query = self._records.matching(kind, question, reading, scored)
            if query is None:
                continue
            searcher = self._records.searchers[kind]
            if by_relevance:
                result = searcher.search(query, limit, True, offset=offset)
                hits += [(kind, score, address) for score, address in result.hits]
            else:
                field, order = _order(kind, question.sort if single else question.sort or "id")
                result = searcher.search(query, limit, True, order_by_field=field, order=order, offset=offset)
                hits += [(kind, None, address) for _, address in result.hits]
            total += int(result.count)  # type: ignore[attr-defined]  # missing from the stubs
        if not single:
            # Stable: kinds come in byte order and each one's ties by id, so that ties are by (kind, id).
            hits = sorted(hits, key=lambda each: -(each[1] or 0.0))[question.offset : end]
        return total, self._placed(hits)

    def _placed(self, hits: list[tuple[str, float | None, DocAddress]]) -> list[Hit]:
        numbers: dict[str, list[tuple[int, int]]] = {}
        for kind in {kind for kind, _, _ in hits}:
            addresses = [address for other, _, address in hits if other == kind]
            values = self._records.searchers[kind].fast_field_values
            both = zip(values("sequence", addresses), values("rank", addresses), strict=True)
            numbers[kind] = [(int(sequence or 0), int(rank or 0)) for sequence, rank in both][::-1]
        return [Hit(kind, *numbers[kind].pop(), score) for kind, score, _ in hits]


def _order(kind: str, sort: str | None) -> tuple[str, Order]:
    key = (sort or "position").removeprefix("-")
    return sort_field(KINDS[kind], key), Order.Desc if sort and sort.startswith("-") else Order.Asc
