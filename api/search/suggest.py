"""Type-ahead: names that begin as the text typed so far, and words of the texts that complete it."""

from collections import Counter

from tantivy import Occur, Query

from api.model.kinds import KINDS
from api.search.lexicon import Lexicon, Suggestion
from api.search.matching import Records
from api.search.schema import TEXT, WORDS
from api.search.words import STOP_WORDS, initials_joined, query_tokens, stems, words

WORDS_KEPT = 3  # places of a full list that names leave to plain words
UNWANTED = 4  # stop words that may stand before words that are suggested


def suggest(
    records: Records, lexicon: Lexicon, q: str, limit: int, kinds: tuple[str, ...], documents: tuple[str, ...]
) -> list[Suggestion]:
    """Names that begin as `q` does, words that complete it, then names with all of its words; the commonest first.

    After other words, `q` is completed by the words of records that hold all the others.
    """
    tokens = [token for token, _, _ in query_tokens(initials_joined(q.encode("utf-8", "replace").decode()))]
    typed = [word for token in tokens for word in words(token).split()]
    if not typed:
        return []
    names = lexicon.names(typed, kinds, documents, limit)
    plain = [] if kinds else _completed(records, lexicon, q, tokens, documents, limit)
    spellings = {name["text"].casefold() for name in names}
    plain = [each for each in plain if each["text"].casefold() not in spellings]
    places = limit - min(WORDS_KEPT, len(plain), limit // 2)
    full = names[:places] + plain[: max(WORDS_KEPT, limit - len(names))]
    if len(full) < limit:
        listed = {(each["kind"], each["id"]) for each in full}
        more = lexicon.names(typed, kinds, documents, limit + len(listed), anywhere=True)
        full += [each for each in more if (each["kind"], each["id"]) not in listed]
    return full[:limit]


def _completed(
    records: Records, lexicon: Lexicon, q: str, tokens: list[str], documents: tuple[str, ...], limit: int
) -> list[Suggestion]:
    typed = [word for token in tokens for word in words(token).split()]
    if len(typed) == 1 and not documents:
        return [each for each in lexicon.words(typed[0], limit + UNWANTED) if each["text"] not in STOP_WORDS][:limit]
    others = [stem for token in tokens for stem in stems(token).split()][:-1]
    counts: Counter[str] = Counter()
    for name, kind in KINDS.items():
        if not (kind.searchable and kind.in_search and all(records.frequency(name, stem) for stem in others)):
            continue
        schema = records.schemas[name]
        clauses = [Query.term_query(schema, TEXT, stem, "freq") for stem in others]
        if documents:
            clauses.append(Query.term_set_query(schema, "document", list(documents)))
        within = Query.boolean_query([(Occur.Must, clause) for clause in clauses])
        most = limit + UNWANTED + len(typed)
        counts.update(dict(records.searchers[name].terms_with_prefix(WORDS, typed[-1], within, most)))
    before = q[: q.rindex(tokens[-1])] if tokens[-1] in q else " ".join(typed[:-1]) + " "
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        Suggestion(text=before + word, kind=None, id=None, count=count)
        for word, count in ordered
        if word not in STOP_WORDS and word not in typed[:-1]
    ][:limit]
