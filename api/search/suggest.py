"""The words and names of the texts: completions for type-ahead, and the word that a misspelt one was meant to be."""

import re
from typing import TypedDict

from tantivy import Index as Tantivy
from tantivy import Occur, Order, Query

from api.search.words import token_list, words

TERMS_KEPT = 3  # places of a full list that names leave to plain words


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
        """Names with a word that begins as the last of `q` does and with all others of `q`, then words."""
        typed = [word for token in token_list(q.encode("utf-8", "replace").decode()) for word in words(token).split()]
        if not typed:
            return []
        names = self._names(typed, limit, kinds)
        known = {suggestion["text"].casefold() for suggestion in names}
        plain: list[Suggestion] = []
        if len(typed) == 1 and not kinds:
            plain = [each for each in self._words(typed[0], limit + len(known)) if each["text"] not in known]
        kept = min(TERMS_KEPT, len(plain), limit // 2)
        return (names[: limit - kept] + plain)[:limit]

    def nearest(self, word: str) -> str | None:
        """The commonest word of the texts that is one edit from `word` and begins with the same letter.

        Two letters that changed places are one slip of the hand, and are thought of where nothing else is near.
        """
        for swaps in (False, True):
            near = Query.fuzzy_term_query(self._schema, "word", word, 1, swaps)
            first = Query.regex_query(self._schema, "word", f"{word[0]}.*")
            found = self._found([near, first], 1)
            if found:
                return found[0]["text"]
        return None

    def _names(self, typed: list[str], limit: int, kinds: tuple[str, ...]) -> list[Suggestion]:
        clauses = [Query.term_query(self._schema, "parts", word, "basic") for word in typed[:-1]]
        clauses.append(Query.regex_query(self._schema, "parts", f"{typed[-1]}.*"))
        if kinds:
            clauses.append(Query.term_set_query(self._schema, "kind", list(kinds)))
        unwanted = Query.term_query(self._schema, "kind", "word", "basic")
        found = self._found(clauses, 3 * limit, unwanted)
        start = " ".join(typed)
        found.sort(key=lambda each: not _folded(each["text"]).startswith(start))
        distinct = {(each["kind"], each["id"]): each for each in reversed(found)}
        return [each for each in found if distinct[each["kind"], each["id"]] is each][:limit]

    def _words(self, start: str, limit: int) -> list[Suggestion]:
        return [
            {**each, "kind": None, "id": None}
            for each in self._found([Query.regex_query(self._schema, "word", f"{start}.*")], limit)
        ]

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


def _folded(text: str) -> str:
    return re.sub(" +", " ", " ".join(map(words, token_list(text))))
