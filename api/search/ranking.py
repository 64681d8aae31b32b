"""Which matching records come first: BM25, and a little for words that stand together as in the question."""

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from tantivy import Query

from api.model.kinds import KINDS
from api.search.matching import Records, either
from api.search.schema import TEXT, TITLE, WORDS
from api.search.syntax import Expression, Word
from api.search.words import stem

PAIR = 0.3  # weight of two neighbouring words that stand together, for how much rarer they are than either alone
FURTHEST = 3  # places between two words of a question that count as neighbours, with stop words between them
EXPANDED = 16  # stems of a prefix that are ranked
MOST_FORMS = 500  # words of a prefix whose stems are counted
UNRANKED = 0.001  # score of a record that holds only rarer words with the prefix

Pair = tuple[tuple[int, str], tuple[int, str]]


class Rarity:
    """BM25's inverse document frequency among the kinds that measure rarity, each looked up once.

    Sections repeat what the other kinds state, and names state little: counted in, they would make common words rare.
    """

    def __init__(self, records: Records, kinds: Iterable[str]) -> None:
        searchable = [kind for kind in kinds if KINDS[kind].searchable]
        measuring = [
            kind for kind in searchable if KINDS[kind].ranking.measures_rarity and records.searchers[kind].num_docs
        ]
        self._records = records
        self._among = measuring or searchable
        self._count = sum(records.searchers[kind].num_docs for kind in self._among)
        self._values: dict[str | Pair, float] = {}
        self._of_prefixes: dict[str, float] = {}
        self.beginning_with = cache(records.beginning_with)

    def of(self, term: str | Pair) -> float:
        """Of a stem, or of two that stand together."""
        if term not in self._values:
            records = self._records
            frequency = sum(
                records.frequency(kind, term) if isinstance(term, str) else records.together(kind, term)
                for kind in self._among
            )
            self._values[term] = _inverse(self._count, frequency)
        return self._values[term]

    def of_prefix(self, prefix: str) -> float:
        """Of all words with this beginning, taken as one."""
        if prefix not in self._of_prefixes:
            frequency = sum(count for kind in self._among for _, count in self.beginning_with(kind, prefix))
            self._of_prefixes[prefix] = _inverse(self._count, min(frequency, self._count))
        return self._of_prefixes[prefix]


def _inverse(count: int, frequency: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def ranked(records: Records, kind: str, parts: Expression, rarity: Rarity) -> Query | None:
    """The records with any of the words, scored by BM25; neighbouring words and words of titles count a little more.

    The rarity of a word is measured over all kinds of the question, the length of a record among its own kind.
    """
    of = KINDS[kind]
    if not of.searchable:
        return None
    schema = records.schemas[kind]
    weight, title = of.ranking.weight, of.ranking.title
    among_peers = Rarity(records, [kind])  # which tantivy multiplies by

    def scored(stem: str, by: float) -> list[Query]:
        by = by * weight / among_peers.of(stem)
        queries = [_boosted(Query.term_query(schema, TEXT, stem, "freq"), by)]
        if title:
            queries.append(_boosted(Query.term_query(schema, TITLE, stem, "freq"), by * title))
        return queries

    words = [word for word in parts.words if records.frequency(kind, word.stem)]
    queries: list[Query] = []
    for stem_, times in Counter(word.stem for word in words).items():
        queries += scored(stem_, times * rarity.of(stem_))
    for pair, times in _pairs(words).items():
        one, other = pair[0][1], pair[1][1]
        together = rarity.of(pair) - max(rarity.of(one), rarity.of(other))
        if together > 0:
            by = times * weight * PAIR * together / (among_peers.of(one) + among_peers.of(other))
            queries.append(_boosted(Query.phrase_query(schema, TEXT, list(pair)), by))
    for stems, times in Counter(phrase.stems for phrase in parts.phrases).items():
        queries.append(_boosted(records.phrase(kind, stems), times * weight))
    for prefix, times in Counter(parts.prefixes).items():
        for stem_ in _commonest_stems(records, kind, rarity.beginning_with(kind, prefix)):
            queries += scored(stem_, times * rarity.of_prefix(prefix))
    if parts.prefixes:
        beginning = {word for prefix in parts.prefixes for word, _ in rarity.beginning_with(kind, prefix)}
        queries.append(Query.const_score_query(Query.term_set_query(schema, WORDS, sorted(beginning)), UNRANKED))
    return either(*queries) if queries else None


def _commonest_stems(records: Records, kind: str, words: list[tuple[str, int]]) -> list[str]:
    """Of the words with one beginning, which rank as the forms of one word. The commonest words come first."""
    stems: Counter[str] = Counter()
    for word, count in words[:MOST_FORMS]:
        stems[stem(word)] += count
    return [each for each, _ in stems.most_common(EXPANDED) if records.frequency(kind, each)]


def _pairs(words: list[Word]) -> Counter[Pair]:
    """Neighbouring words as phrases that keep their distance: "loss of Karabakh" matches as it stands."""
    pairs: Counter[Pair] = Counter()
    for one, next_one in pairwise(words):
        gap = next_one.place - one.place
        if 0 < gap <= FURTHEST and one.stem != next_one.stem:
            pairs[(0, one.stem), (gap, next_one.stem)] += 1
    return pairs


def _boosted(query: Query, by: float) -> Query:
    return query if by == 1 else Query.boost_query(query, by)
