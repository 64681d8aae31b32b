"""Questions put to the index: ranked hits, exact totals, facets, and the words that were read differently."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from tantivy import DocAddress, FieldType, Occur, Order, Query, Searcher
from tantivy import Index as Tantivy

from api.search.highlight import Highlight, Terms, highlight
from api.search.question import Asked, Word, asked
from api.search.schema import KINDS, TEXT, TITLE, WORDS, day_number
from api.search.suggest import Lexicon, Suggestion
from api.search.words import stem

PAIR = 0.25  # weight of two neighbouring words found together, against that of a word
FURTHEST = 3  # places between two words of a question that count as neighbours, stop words between them
MOST_FACET_VALUES = 100
EXPANDED = 16  # words of a prefix that are ranked by how rare they are
MOST_FORGIVEN = 16  # words of a question; a text with more that are unknown is of another language
MERGED = 1_000  # values of a facet read from each kind before all of them are


@dataclass(frozen=True)
class Question:
    """Values of one filter mean *or*, filters mean *and*; days are ISO 8601, the first and last that count.

    `filters` may name "kind" and "id" beside the kinds' own. A kind that lacks a filter has no match under it.
    """

    kinds: tuple[str, ...]
    q: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_from: str | None = None
    date_to: str | None = None
    date_match: Literal["possible", "certain"] = "possible"
    sort: str | None = None  # a key of the kind's `orders`; None is relevance under `q`, else document order
    limit: int = 25
    offset: int = 0
    facets: tuple[str, ...] = ()
    sequence_range: tuple[int, int] | None = None  # inclusive

    @property
    def narrowed(self) -> bool:
        """Whether anything beside `q` and the kinds keeps records out."""
        filtered = any(values for name, values in self.filters.items() if name != "kind")
        return filtered or bool(self.date_from or self.date_to or self.sequence_range)


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


@dataclass(frozen=True)
class Read:
    """A question's words after forgiveness; `asked` is None where no `q` was put."""

    asked: Asked | None
    corrected: list[tuple[str, str]]
    matching: dict[str, Query | None] = field(default_factory=dict)  # of each kind, made once for totals and facets

    @property
    def terms(self) -> Terms:
        parts = self.asked or Asked()
        return Terms(
            frozenset(word.stem for word in parts.words), tuple(sorted(set(parts.phrases))), tuple(set(parts.prefixes))
        )


class Index:
    """One snapshot's index. Threads may share it; nothing in it ever changes."""

    def __init__(self, indexes: Mapping[str, Tantivy], lexicon: Tantivy) -> None:
        self._schemas = {kind: index.schema for kind, index in indexes.items()}
        self._searchers: dict[str, Searcher] = {kind: index.searcher() for kind, index in indexes.items()}
        self._lexicon = Lexicon(lexicon)

    @property
    def counts(self) -> dict[str, int]:
        return {kind: searcher.num_docs for kind, searcher in self._searchers.items()}

    def suggest(self, q: str, limit: int = 10, kinds: tuple[str, ...] = ()) -> list[Suggestion]:
        return self._lexicon.suggest(q, limit, kinds)

    def highlight(self, terms: Terms, strings: Mapping[str, str]) -> list[Highlight]:
        return highlight(terms, strings)

    def count(self, question: Question) -> int:
        read = self._read(question.q)
        return sum(self._count(kind, question, read) for kind in _kinds(question))

    def ask(self, question: Question) -> Answer:
        read = self._read(question.q)
        total, hits = self._hits(question, read)
        return Answer(total, hits, self._facets(question, read), read.corrected, read.terms)

    # words

    def _read(self, q: str | None) -> Read:
        if q is None:
            return Read(None, [])
        parts = asked(q.encode("utf-8", "replace").decode())
        unknown = {word.word: word for word in parts.words if word.forgivable and not self._occurs(word.stem)}
        near = {word: self._lexicon.nearest(word) for word in list(unknown)[:MOST_FORGIVEN]}
        meant = {word: found for word, found in near.items() if found is not None}
        parts.words = [
            Word(stem(meant[word.word]), meant[word.word], word.token, word.place) if word.word in meant else word
            for word in parts.words
        ]
        return Read(parts, [(unknown[word].token, found) for word, found in meant.items()])

    def _occurs(self, stemmed: str) -> bool:
        return any(self._frequency(kind, stemmed) for kind in KINDS)

    def _frequency(self, kind: str, stemmed: str) -> int:
        return self._searchers[kind].doc_freq(TEXT, stemmed) if KINDS[kind].searchable else 0

    # what matches

    def _matching(self, kind: str, question: Question, read: Read, words: Query | None = None) -> Query | None:
        """The records of a kind that answer; None is none, whatever they are. `words` may say how they are ranked."""
        of = KINDS[kind]
        schema = self._schemas[kind]
        clauses: list[tuple[Occur, Query]] = []
        for name, values in question.filters.items():
            if name == "kind" or not values:
                continue
            if name not in of.filters and name != "id":
                return None
            clauses.append((Occur.Must, _unscored(Query.term_set_query(schema, name, list(values)))))
        if question.date_from or question.date_to:
            if not of.dated:
                return None
            clauses += self._dated(kind, question)
        if question.sequence_range is not None:
            first, last = question.sequence_range
            within = Query.range_query(schema, "sequence", FieldType.Integer, first, last)
            clauses.append((Occur.Must, _unscored(within)))
        parts = read.asked
        if parts is not None:
            if not of.searchable or not (parts.positive or parts.negative):
                return None
            if parts.positive:
                if words is None and kind not in read.matching:
                    read.matching[kind] = self._any(kind, parts)
                found = words or read.matching[kind]
                if found is None:
                    return None
                clauses.append((Occur.Must, found))
            clauses += [(Occur.MustNot, self._phrase(kind, phrase)) for phrase in parts.without]
            if parts.without_prefixes:
                clauses.append((Occur.MustNot, self._beginning(kind, parts.without_prefixes)))
        if not any(occur == Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def _dated(self, kind: str, question: Question) -> list[tuple[Occur, Query]]:
        """Bounds of the event's days; an absent one is open, and both absent is no date at all."""
        first = day_number(question.date_from) if question.date_from else None
        last = day_number(question.date_to) if question.date_to else None
        schema = self._schemas[kind]

        def bound(name: str, low: int | None, high: int | None) -> Query:
            return _unscored(Query.range_query(schema, name, FieldType.Integer, low, high))

        def known(name: str) -> Query:
            return _unscored(Query.exists_query(name))

        clauses = []
        if question.date_match == "certain":
            if first is not None:
                clauses.append((Occur.Must, bound("earliest", first, None)))
            if last is not None:
                clauses.append((Occur.Must, bound("latest", None, last)))
            return clauses
        clauses.append((Occur.Must, _either(known("earliest"), known("latest"))))
        if last is not None:
            clauses.append((Occur.MustNot, bound("earliest", last + 1, None)))
        if first is not None:
            clauses.append((Occur.MustNot, bound("latest", None, first - 1)))
        return clauses

    def _any(self, kind: str, parts: Asked) -> Query | None:
        """Records with any of the words, unranked."""
        schema = self._schemas[kind]
        stemmed = {word.stem for word in parts.words if self._frequency(kind, word.stem)}
        queries = [Query.term_query(schema, TEXT, each, "freq") for each in sorted(stemmed)]
        queries += [self._phrase(kind, phrase) for phrase in sorted(set(parts.phrases))]
        if parts.prefixes:
            queries.append(self._beginning(kind, parts.prefixes))
        return _either(*queries) if queries else None

    def _ranked(self, kind: str, parts: Asked, kinds: Iterable[str]) -> Query | None:
        """The same records, scored by BM25; neighbouring words and words of titles count a little more.

        How rare a word is, is measured over all `kinds` asked, how long a record is among its own kind.
        """
        of = KINDS[kind]
        if not of.searchable:
            return None
        schema = self._schemas[kind]
        found = [word for word in parts.words if self._frequency(kind, word.stem)]
        said = Counter(word.stem for word in found)
        scale = {stemmed: of.weight * self._scale(kind, stemmed, kinds) for stemmed in said}
        queries = []
        for stemmed, times in said.items():
            by = times * scale[stemmed]
            queries.append(_boosted(Query.term_query(schema, TEXT, stemmed, "freq"), by))
            if of.titled:
                queries.append(_boosted(Query.term_query(schema, TITLE, stemmed, "freq"), by * of.titled))
        for pair, times in _pairs(found).items():
            by = times * PAIR * (scale[pair[0][1]] + scale[pair[1][1]]) / 2
            queries.append(_boosted(Query.phrase_query(schema, TEXT, list(pair)), by))
        for phrase, times in Counter(parts.phrases).items():
            queries.append(_boosted(self._phrase(kind, phrase), times * of.weight))
        for prefix, times in Counter(parts.prefixes).items():
            for word, _ in self._searchers[kind].terms_with_prefix(WORDS, prefix, None, EXPANDED):
                queries.append(_boosted(Query.term_query(schema, WORDS, word, "basic"), times * of.weight))
        if parts.prefixes:
            queries.append(self._beginning(kind, parts.prefixes))
        return _either(*queries) if queries else None

    def _scale(self, kind: str, stemmed: str, kinds: Iterable[str]) -> float:
        among = [other for other in kinds if KINDS[other].searchable]
        if among == [kind]:
            return 1.0
        records = sum(self._searchers[other].num_docs for other in among)
        everywhere = _rarity(sum(self._frequency(other, stemmed) for other in among), records)
        return everywhere / _rarity(self._frequency(kind, stemmed), self._searchers[kind].num_docs)

    def _phrase(self, kind: str, phrase: tuple[str, ...]) -> Query:
        if len(phrase) == 1:
            return Query.term_query(self._schemas[kind], TEXT, phrase[0], "freq")
        return Query.phrase_query(self._schemas[kind], TEXT, list(phrase))

    def _beginning(self, kind: str, prefixes: Iterable[str]) -> Query:
        """Records with a word that begins in one of these ways, all scored alike."""
        searcher = self._searchers[kind]
        found = {word for prefix in set(prefixes) for word, _ in searcher.terms_with_prefix(WORDS, prefix)}
        return Query.term_set_query(self._schemas[kind], WORDS, sorted(found))

    # answers

    def _hits(self, question: Question, read: Read) -> tuple[int, list[Hit]]:
        ranked = read.asked is not None and question.sort is None
        kinds = _kinds(question)
        end = question.offset + question.limit
        single = len(kinds) == 1
        total = 0
        found: list[tuple[str, float | None, DocAddress]] = []
        for kind in kinds:
            words = self._ranked(kind, read.asked, kinds) if ranked and read.asked is not None else None
            query = self._matching(kind, question, read, words)
            if query is None:
                continue
            searcher = self._searchers[kind]
            offset, limit = (question.offset, question.limit) if single else (0, end)
            if limit == 0:
                total += self._count(kind, question, read)
                continue
            if ranked:
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
            read = self._searchers[kind].fast_field_values
            both = zip(read("sequence", addresses), read("rank", addresses), strict=True)
            numbers[kind] = [(int(sequence or 0), int(rank or 0)) for sequence, rank in both][::-1]
        return [Hit(kind, *numbers[kind].pop(), score) for kind, score, _ in found]

    def _count(self, kind: str, question: Question, read: Read) -> int:
        query = self._matching(kind, question, read)
        if query is None:
            return 0
        searcher = self._searchers[kind]
        if read.asked is None and not question.narrowed:
            return searcher.num_docs
        return _number(searcher, query)

    # facets

    def _facets(self, question: Question, read: Read) -> dict[str, list[tuple[str, int]]]:
        """Facets without a filter of their own are counted in one pass, each of the others in one more."""
        free = [name for name in question.facets if not question.filters.get(name)]
        counts = self._values(free, question, read)
        for name in set(question.facets) - set(free):
            others = {other: values for other, values in question.filters.items() if other != name}
            counts |= self._values([name], replace(question, filters=others), read, question.filters[name])
        return {name: _shown(counts[name], question.filters.get(name, ())) for name in question.facets}

    def _values(
        self, names: list[str], question: Question, read: Read, chosen: tuple[str, ...] = ()
    ) -> dict[str, Counter[str]]:
        """At least the commonest values of each facet, and all that are chosen."""
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        everything = read.asked is None and not question.narrowed
        kinds = _kinds(question)
        for kind in kinds:
            if "kind" in names:
                counts["kind"][kind] = self._count(kind, question, read)
            own = [name for name in names if name in KINDS[kind].filters]
            query = self._matching(kind, question, read) if own else None
            if query is None:
                continue
            searcher = self._searchers[kind]
            most = MOST_FACET_VALUES if len(kinds) == 1 else None
            if everything:
                for name in own:
                    counts[name].update(dict(searcher.terms_with_prefix(name, "", None, most)))
                continue
            wanted = {name: {"terms": {"field": name, "size": most or MERGED}} for name in own}
            if chosen:
                wanted["chosen"] = {"terms": {"field": own[0], "size": len(chosen), "include": sorted(set(chosen))}}
            found = searcher.aggregate(query, wanted)
            for name in own:
                if found[name]["sum_other_doc_count"]:  # which of equal counts were cut is left open; here it is not
                    known = dict(searcher.terms_with_prefix(name, "", query, most))
                else:
                    known = _buckets(found[name])
                counts[name].update(_buckets(found["chosen"]) | known if chosen else known)
        return counts


def _buckets(terms: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in terms["buckets"]}


def _shown(counts: Counter[str], chosen: tuple[str, ...]) -> list[tuple[str, int]]:
    ordered = sorted((pair for pair in counts.items() if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    top = ordered[:MOST_FACET_VALUES]
    return top + [(value, counts[value]) for value in sorted(set(chosen) - {value for value, _ in top})]


def _kinds(question: Question) -> list[str]:
    chosen = question.filters.get("kind")
    return sorted(kind for kind in question.kinds if not chosen or kind in chosen)


def _order(kind: str, sort: str | None) -> tuple[str, Order]:
    key = (sort or "sequence").removeprefix("-")
    return KINDS[kind].orders[key], Order.Desc if sort and sort.startswith("-") else Order.Asc


def _pairs(words: list[Word]) -> Counter[tuple[tuple[int, str], ...]]:
    """Neighbouring words as phrases that keep their distance: "loss of Karabakh" is found as it stands."""
    pairs: Counter[tuple[tuple[int, str], ...]] = Counter()
    for one, next_one in pairwise(words):
        gap = next_one.place - one.place
        if 0 < gap <= FURTHEST and one.stem != next_one.stem:
            pairs[(0, one.stem), (gap, next_one.stem)] += 1
    return pairs


def _rarity(records: int, of: int) -> float:
    """BM25's inverse document frequency."""
    return math.log(1 + (of - records + 0.5) / (records + 0.5))


def _number(searcher: Searcher, query: Query) -> int:
    return int(searcher.search(query, 1, True).count)  # type: ignore[attr-defined]


def _either(*queries: Query) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])


def _boosted(query: Query, by: float) -> Query:
    return query if by == 1 else Query.boost_query(query, by)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
