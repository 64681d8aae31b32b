"""Which of the records that answer come first: BM25, and a little for words that stand together as in the question."""

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from tantivy import Query

from api.search.matching import Records, either
from api.search.question import Asked, Word
from api.search.schema import KINDS, TEXT, TITLE, WORDS

PAIR = 0.3  # weight of two neighbouring words found together, for what that is rarer than either word alone
FURTHEST = 3  # places between two words of a question that count as neighbours, stop words between them
EXPANDED = 16  # words of a prefix that are ranked by how rare they are
SAYING = ("claim", "event", "obstacle", "position")  # sections say the same once more, and names say nothing

Pair = tuple[tuple[int, str], tuple[int, str]]


class Rarity:
    """BM25's inverse document frequency among the kinds asked that say something, each looked up once."""

    def __init__(self, records: Records, kinds: Iterable[str]) -> None:
        searchable = [kind for kind in kinds if KINDS[kind].searchable]
        saying = [kind for kind in searchable if kind in SAYING and records.searchers[kind].num_docs]
        self._records = records
        self._among = saying or searchable
        self._count = sum(records.searchers[kind].num_docs for kind in self._among)
        self._known: dict[str | Pair, float] = {}

    def of(self, sought: str | Pair) -> float:
        """Of a stem, or of two that stand together."""
        if sought not in self._known:
            found = sum(self._holding(kind, sought) for kind in self._among)
            self._known[sought] = math.log(1 + (self._count - found + 0.5) / (found + 0.5))
        return self._known[sought]

    def _holding(self, kind: str, sought: str | Pair) -> int:
        if isinstance(sought, str):
            return self._records.frequency(kind, sought)
        return self._records.together(kind, sought)


def ranked(records: Records, kind: str, parts: Asked, rarity: Rarity) -> Query | None:
    """The records with any of the words, scored by BM25; neighbouring words and words of titles count a little more.

    How rare a word is, is measured over all kinds asked, how long a record is among its own kind.
    """
    of = KINDS[kind]
    if not of.searchable:
        return None
    schema = records.schemas[kind]
    found = [word for word in parts.words if records.frequency(kind, word.stem)]
    said = Counter(word.stem for word in found)
    among_peers = Rarity(records, [kind])
    own = {stemmed: among_peers.of(stemmed) for stemmed in said}  # which tantivy multiplies by
    queries = []
    for stemmed, times in said.items():
        by = times * of.weight * rarity.of(stemmed) / own[stemmed]
        queries.append(_boosted(Query.term_query(schema, TEXT, stemmed, "freq"), by))
        if of.titled:
            queries.append(_boosted(Query.term_query(schema, TITLE, stemmed, "freq"), by * of.titled))
    for pair, times in _pairs(found).items():
        one, other = pair[0][1], pair[1][1]
        together = rarity.of(pair) - max(rarity.of(one), rarity.of(other))
        if together > 0:
            by = times * of.weight * PAIR * together / (own[one] + own[other])
            queries.append(_boosted(Query.phrase_query(schema, TEXT, list(pair)), by))
    for phrase, times in Counter(parts.phrases).items():
        queries.append(_boosted(records.phrase(kind, phrase), times * of.weight))
    for prefix, times in Counter(parts.prefixes).items():
        for word, _ in records.searchers[kind].terms_with_prefix(WORDS, prefix, None, EXPANDED):
            queries.append(_boosted(Query.term_query(schema, WORDS, word, "basic"), times * of.weight))
    if parts.prefixes:
        queries.append(records.beginning(kind, parts.prefixes))
    return either(*queries) if queries else None


def _pairs(words: list[Word]) -> Counter[Pair]:
    """Neighbouring words as phrases that keep their distance: "loss of Karabakh" is found as it stands."""
    pairs: Counter[Pair] = Counter()
    for one, next_one in pairwise(words):
        gap = next_one.place - one.place
        if 0 < gap <= FURTHEST and one.stem != next_one.stem:
            pairs[(0, one.stem), (gap, next_one.stem)] += 1
    return pairs


def _boosted(query: Query, by: float) -> Query:
    return query if by == 1 else Query.boost_query(query, by)
