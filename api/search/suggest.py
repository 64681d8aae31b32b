"""The words and names of the texts: completions for type-ahead, and the word that a misspelt one was meant to be."""

from typing import TypedDict

from tantivy import Index as Tantivy
from tantivy import Occur, Order, Query

from api.search.words import LONGEST, STOP_WORDS, token_list, words

WORDS_KEPT = 3  # places of a full list that names leave to plain words
FORMS = 4  # names of one thing that may stand in the way of others


class Suggestion(TypedDict):
    """`kind` and `id` are those of the thing that bears the name, null for a plain word; `count` is of records."""

    text: str
    kind: str | None
    id: str | None
    count: int


class Lexicon:
    def __init__(self, index: Tantivy) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    def suggest(self, q: str, limit: int, kinds: tuple[str, ...]) -> list[Suggestion]:
        """Names that begin as `q` does, words that do, then names with all of its words; the most frequent first."""
        typed = [word for token in token_list(q.encode("utf-8", "replace").decode()) for word in words(token).split()]
        if not typed:
            return []
        begun = self._names([self._begins("whole", " ".join(typed))], kinds, limit)
        plain = self._words(typed[0], limit) if len(typed) == 1 and not kinds else []
        named = {each["text"].casefold() for each in begun}
        plain = [each for each in plain if each["text"] not in named]
        places = limit - min(WORDS_KEPT, len(plain), limit // 2)
        full = begun[:places] + plain[: max(WORDS_KEPT, limit - len(begun))]
        if len(full) < limit:
            clauses = [Query.term_query(self._schema, "parts", word, "basic") for word in typed[:-1]]
            known = {(each["kind"], each["id"]) for each in full}
            more = self._names([*clauses, self._begins("parts", typed[-1])], kinds, limit + len(known))
            full += [each for each in more if (each["kind"], each["id"]) not in known]
        return full[:limit]

    def nearest(self, word: str) -> str | None:
        """The commonest word of the texts that is one edit from `word` and begins with the same letter.

        Two letters that changed places are one slip of the hand, and are thought of where nothing else is near.
        """
        for swaps in (False, True):
            near = Query.fuzzy_term_query(self._schema, "word", word, 1, swaps)
            found = self._found([near, Query.term_query(self._schema, "first", word[0], "basic")], 1)
            if found:
                return found[0]["text"]
        return None

    def _begins(self, field: str, start: str) -> Query:
        return Query.regex_query(self._schema, field, f"{start[:LONGEST]}.*")

    def _names(self, clauses: list[Query], kinds: tuple[str, ...], limit: int) -> list[Suggestion]:
        """Each thing once, by the most telling of its names."""
        if kinds:
            clauses = [*clauses, Query.term_set_query(self._schema, "kind", list(kinds))]
        found = self._found(clauses, FORMS * limit, Query.term_query(self._schema, "kind", "word", "basic"))
        return list({(each["kind"], each["id"]): each for each in reversed(found)}.values())[::-1][:limit]

    def _words(self, start: str, limit: int) -> list[Suggestion]:
        found = self._found([self._begins("word", start)], limit + FORMS)
        wanted = [each for each in found if each["text"] not in STOP_WORDS][:limit]
        return [Suggestion(text=each["text"], kind=None, id=None, count=each["count"]) for each in wanted]

    def _found(self, clauses: list[Query], limit: int, unwanted: Query | None = None) -> list[Suggestion]:
        """The most frequent first."""
        all_of = [(Occur.Must, clause) for clause in clauses]
        if unwanted is not None:
            all_of.append((Occur.MustNot, unwanted))
        result = self._searcher.search(
            Query.boolean_query(all_of), limit, False, order_by_field="count", order=Order.Desc
        )
        found: list[Suggestion] = []
        for _, address in result.hits:
            entry = self._searcher.doc(address)
            found.append(
                {
                    "text": str(entry.get_first("label")),
                    "kind": str(entry.get_first("kind")),
                    "id": entry.get_first("id"),
                    "count": int(entry.get_first("count") or 0),
                }
            )
        return found
