"""Which records answer a question: what is asked of tantivy, and how many answers there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tantivy import FieldType, Occur, Query, Searcher
from tantivy import Index as Tantivy

from api.search.highlight import Terms
from api.search.question import Asked, Question
from api.search.schema import KINDS, TEXT, WORDS, day_number


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


class Records:
    """The index of every kind, and the queries that find records in it."""

    def __init__(self, indexes: Mapping[str, Tantivy]) -> None:
        self.schemas = {kind: index.schema for kind, index in indexes.items()}
        self.searchers: dict[str, Searcher] = {kind: index.searcher() for kind, index in indexes.items()}

    def occurs(self, stemmed: str) -> bool:
        return any(self.frequency(kind, stemmed) for kind in KINDS)

    def frequency(self, kind: str, stemmed: str) -> int:
        return self.searchers[kind].doc_freq(TEXT, stemmed) if KINDS[kind].searchable else 0

    def together(self, kind: str, pair: tuple[tuple[int, str], ...]) -> int:
        """How many records of a kind hold the stems at these distances from the first."""
        if not all(self.frequency(kind, stemmed) for _, stemmed in pair):
            return 0
        return number(self.searchers[kind], Query.phrase_query(self.schemas[kind], TEXT, list(pair)))

    def matching(self, kind: str, question: Question, read: Read, words: Query | None = None) -> Query | None:
        """The records of a kind that answer; None is none, whatever they are. `words` may say how they are ranked."""
        of = KINDS[kind]
        schema = self.schemas[kind]
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
            clauses += [(Occur.MustNot, self.phrase(kind, phrase)) for phrase in parts.without]
            if parts.without_prefixes:
                clauses.append((Occur.MustNot, self.beginning(kind, parts.without_prefixes)))
        if not any(occur == Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def count(self, kind: str, question: Question, read: Read) -> int:
        query = self.matching(kind, question, read)
        if query is None:
            return 0
        searcher = self.searchers[kind]
        if read.asked is None and not question.narrowed:
            return searcher.num_docs
        return number(searcher, query)

    def _dated(self, kind: str, question: Question) -> list[tuple[Occur, Query]]:
        """Bounds of the event's days; an absent one is open, and both absent is no date at all."""
        first = day_number(question.date_from) if question.date_from else None
        last = day_number(question.date_to) if question.date_to else None
        schema = self.schemas[kind]

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
        clauses.append((Occur.Must, either(known("earliest"), known("latest"))))
        if last is not None:
            clauses.append((Occur.MustNot, bound("earliest", last + 1, None)))
        if first is not None:
            clauses.append((Occur.MustNot, bound("latest", None, first - 1)))
        return clauses

    def _any(self, kind: str, parts: Asked) -> Query | None:
        """Records with any of the words, unranked."""
        schema = self.schemas[kind]
        stemmed = {word.stem for word in parts.words if self.frequency(kind, word.stem)}
        queries = [Query.term_query(schema, TEXT, each, "freq") for each in sorted(stemmed)]
        queries += [self.phrase(kind, phrase) for phrase in sorted(set(parts.phrases))]
        if parts.prefixes:
            queries.append(self.beginning(kind, parts.prefixes))
        return either(*queries) if queries else None

    def phrase(self, kind: str, phrase: tuple[str, ...]) -> Query:
        if len(phrase) == 1:
            return Query.term_query(self.schemas[kind], TEXT, phrase[0], "freq")
        return Query.phrase_query(self.schemas[kind], TEXT, list(phrase))

    def beginning(self, kind: str, prefixes: Iterable[str]) -> Query:
        """Records with a word that begins in one of these ways, all scored alike."""
        searcher = self.searchers[kind]
        found = {word for prefix in set(prefixes) for word, _ in searcher.terms_with_prefix(WORDS, prefix)}
        return Query.term_set_query(self.schemas[kind], WORDS, sorted(found))


def number(searcher: Searcher, query: Query) -> int:
    return int(searcher.search(query, 1, True).count)  # type: ignore[attr-defined]


def either(*queries: Query) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
