"""Which records a question matches: as queries of tantivy, and how many records there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tantivy import Index as Tantivy
from tantivy import Occur, Query, Searcher

from api.model.kinds import KINDS
from api.search.highlight import Terms
from api.search.question import Question
from api.search.schema import TEXT, WORDS
from api.search.selecting import Clauses, selecting
from api.search.syntax import Expression


@dataclass(frozen=True)
class Reading:
    """The words of a question after forgiveness; without `q` there is no expression."""

    expression: Expression | None = None
    corrected: list[tuple[str, str]] = field(default_factory=list)
    matching: dict[str, Query | None] = field(default_factory=dict)  # for each kind, made once for totals and facets

    @property
    def terms(self) -> Terms:
        parts = self.expression or Expression()
        return Terms(
            frozenset(word.stem for word in parts.words),
            tuple(sorted({phrase.stems for phrase in parts.phrases})),
            tuple(sorted(set(parts.prefixes))),
        )


class Records:
    """The index of every kind, and the queries that match records in it."""

    def __init__(self, indexes: Mapping[str, Tantivy]) -> None:
        self.schemas = {kind: index.schema for kind, index in indexes.items()}
        self.searchers: dict[str, Searcher] = {kind: index.searcher() for kind, index in indexes.items()}

    def frequency(self, kind: str, stem: str) -> int:
        return self.searchers[kind].doc_freq(TEXT, stem) if KINDS[kind].searchable else 0

    def together(self, kind: str, pair: tuple[tuple[int, str], ...]) -> int:
        """How many records of a kind hold the stems at these distances from the first."""
        if not all(self.frequency(kind, stem) for _, stem in pair):
            return 0
        return number(self.searchers[kind], Query.phrase_query(self.schemas[kind], TEXT, list(pair)))

    def beginning_with(self, kind: str, prefix: str, most: int | None = None) -> list[tuple[str, int]]:
        """Words of a kind with this beginning and in how many records they are, the commonest first."""
        if not KINDS[kind].searchable:
            return []
        return self.searchers[kind].terms_with_prefix(WORDS, prefix, None, most)

    def matching(self, kind: str, question: Question, reading: Reading, ranked: Query | None = None) -> Query | None:
        """The records of a kind that match, or None where none can. `ranked` takes the place of the words."""
        clauses = selecting(self.schemas[kind], KINDS[kind], question)
        if clauses is None:
            return None
        if reading.expression is not None:
            words = self._words(kind, reading, ranked)
            if words is None:
                return None
            clauses += words
        if not any(occur == Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def count(self, kind: str, question: Question, reading: Reading) -> int:
        query = self.matching(kind, question, reading)
        if query is None:
            return 0
        searcher = self.searchers[kind]
        if reading.expression is None and question.takes_all:
            return searcher.num_docs
        return number(searcher, query)

    def _words(self, kind: str, reading: Reading, ranked: Query | None) -> Clauses | None:
        parts = reading.expression
        if parts is None or not KINDS[kind].searchable or not (parts.positive or parts.negative):
            return None
        clauses: Clauses = []
        if parts.positive:
            if ranked is None and kind not in reading.matching:
                reading.matching[kind] = self._any(kind, parts)
            words = ranked or reading.matching[kind]
            if words is None:
                return None
            clauses.append((Occur.Must, words))
        clauses += [(Occur.MustNot, self.phrase(kind, stems)) for stems in parts.without]
        if parts.without_prefixes:
            clauses.append((Occur.MustNot, self.beginning(kind, parts.without_prefixes)))
        return clauses

    def _any(self, kind: str, parts: Expression) -> Query | None:
        """Records with any of the words, unranked."""
        schema = self.schemas[kind]
        stems = {word.stem for word in parts.words if self.frequency(kind, word.stem)}
        queries = [Query.term_query(schema, TEXT, stem, "freq") for stem in sorted(stems)]
        queries += [self.phrase(kind, stems) for stems in sorted({phrase.stems for phrase in parts.phrases})]
        if parts.prefixes:
            queries.append(self.beginning(kind, parts.prefixes))
        return either(*queries) if queries else None

    def phrase(self, kind: str, stems: tuple[str, ...]) -> Query:
        if len(stems) == 1:
            return Query.term_query(self.schemas[kind], TEXT, stems[0], "freq")
        return Query.phrase_query(self.schemas[kind], TEXT, list(stems))

    def beginning(self, kind: str, prefixes: Iterable[str]) -> Query:
        """Records with a word that begins in one of these ways, all scored alike."""
        words = {word for prefix in set(prefixes) for word, _ in self.beginning_with(kind, prefix)}
        return Query.term_set_query(self.schemas[kind], WORDS, sorted(words))


def number(searcher: Searcher, query: Query) -> int:
    return int(searcher.search(query, 1, True).count)  # type: ignore[attr-defined]  # missing from the stubs


def either(*queries: Query) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])
