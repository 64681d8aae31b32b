"""The words and names of the texts, the commonest first."""

from typing import TypedDict

from tantivy import Index as Tantivy
from tantivy import Occur, Order, Query

from api.search.words import LONGEST

FORMS = 4  # names of one record that may stand before those of others


class Suggestion(TypedDict):
    """`kind` and `id` are those of the record that bears the name, null for a plain word; `count` is of records."""

    text: str
    kind: str | None
    id: str | None
    count: int


class Lexicon:
    def __init__(self, index: Tantivy) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    def names(
        self, typed: list[str], kinds: tuple[str, ...], documents: tuple[str, ...], limit: int, anywhere: bool = False
    ) -> list[Suggestion]:
        """Names that begin with these words or, `anywhere`, hold them in any order; the last of them is unfinished.

        Each record once, by the commonest of its names.
        """
        if anywhere:
            clauses = [Query.term_query(self._schema, "parts", word, "basic") for word in typed[:-1]]
            clauses.append(self._begins("parts", typed[-1]))
        else:
            clauses = [self._begins("whole", " ".join(typed))]
        if kinds:
            clauses.append(Query.term_set_query(self._schema, "kind", list(kinds)))
        if documents:
            clauses.append(Query.term_set_query(self._schema, "document", list(documents)))
        names = self._commonest(clauses, FORMS * limit, Query.term_query(self._schema, "kind", "word", "basic"))
        return list({(each["kind"], each["id"]): each for each in reversed(names)}.values())[::-1][:limit]

    def words(self, start: str, limit: int) -> list[Suggestion]:
        words = self._commonest([self._begins("word", start)], limit)
        return [Suggestion(text=each["text"], kind=None, id=None, count=each["count"]) for each in words]

    def nearest(self, word: str) -> str | None:
        """The commonest word of the texts that is one edit from `word` and begins with the same letter.

        Two letters that changed places are one slip of the hand; they are tried where nothing else is near.
        """
        for swaps in (False, True):
            near = Query.fuzzy_term_query(self._schema, "word", word, 1, swaps)
            words = self._commonest([near, Query.term_query(self._schema, "first", word[0], "basic")], 1)
            if words:
                return words[0]["text"]
        return None

    def _begins(self, field: str, start: str) -> Query:
        return Query.regex_query(self._schema, field, f"{start[:LONGEST]}.*")

    def _commonest(self, clauses: list[Query], limit: int, unwanted: Query | None = None) -> list[Suggestion]:
        all_of = [(Occur.Must, clause) for clause in clauses]
        if unwanted is not None:
            all_of.append((Occur.MustNot, unwanted))
        query = Query.boolean_query(all_of)
        result = self._searcher.search(query, limit, False, order_by_field="count", order=Order.Desc)
        entries = [self._searcher.doc(address) for _, address in result.hits]
        return [
            Suggestion(
                text=str(entry.get_first("label")),
                kind=str(entry.get_first("kind")),
                id=entry.get_first("id"),
                count=int(entry.get_first("count") or 0),
            )
            for entry in entries
        ]
