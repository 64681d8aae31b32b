"""From entries to indexes: a pure function of one generation's content.

One thread, one commit and one segment, sorted by `rank`: the same order of ties on every replica.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pydantic_core import to_json
from sqlalchemy import Connection
from tantivy import Index as Tantivy
from tantivy import IndexWriter, Schema

from api.search.entries import entries, names
from api.search.schema import KINDS, WORDS, lexicon, registered, schema
from api.search.words import said_words

LEXICON = "lexicon"
HEAP = 4_000_000_000  # bytes it may grow to; below it tantivy keeps to one segment
NAMED = ("actor", "place", "document", "section", "obstacle", "event")  # kinds whose names and titles are suggested


Entries = Callable[[str], Iterable[str]]  # those of a kind, each a line of JSON


class IndexTooLarge(Exception):
    """The content does not fit one segment, and with more than one the order of ties would be left to chance."""


def indexes(connection: Connection, root: Path | None, read: Entries | None = None) -> dict[str, Tantivy]:
    """Every kind's index and the lexicon, in directories under `root` or in memory.

    `read` gives the same entries as the connection would, where they are read by another process.
    """
    read = read or partial(entries, connection)
    with ThreadPoolExecutor(1) as committing:  # of one kind while the next is read
        begun = {name: _begun(schema(kind), _place(root, name)) for name, kind in KINDS.items()}
        written = {
            name: committing.submit(_committed, name, index, _added(index, read(name))) for name, index in begun.items()
        }
    built = {name: index.result() for name, index in written.items()}
    index = _begun(lexicon(), _place(root, LEXICON))
    built[LEXICON] = _committed(LEXICON, index, _added(index, _lexicon_entries(connection, built)))
    return built


def _place(root: Path | None, name: str) -> str | None:
    if root is None:
        return None
    directory = root / name
    directory.mkdir(parents=True)
    return str(directory)


def _begun(of: Schema, path: str | None) -> Tantivy:
    return registered(Tantivy(of, path=path, reuse=False, sort_by_field="rank"))


def _added(index: Tantivy, found: Iterable[str]) -> IndexWriter:
    writer = index.writer(heap_size=HEAP, num_threads=1)
    for entry in found:
        writer.add_json(entry)
    return writer


def _committed(name: str, index: Tantivy, writer: IndexWriter) -> Tantivy:
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    if index.searcher().num_segments > 1:
        raise IndexTooLarge(f"the index of {name} records has {index.searcher().num_segments} segments instead of one")
    return index


def _lexicon_entries(connection: Connection, built: Mapping[str, Tantivy]) -> Iterator[str]:
    searchers = {name: built[name].searcher() for name in KINDS}
    rank = 0
    for name in NAMED:
        carriers = [searchers[other] for other, kind in KINDS.items() if name in kind.filters]
        for id, labels in names(connection, name):
            count = sum(searcher.doc_freq(name, id) for searcher in carriers) or 1
            for label in labels:
                rank += 1
                parts = " ".join(map(said_words, label.split()))
                named = {"whole": parts, "parts": parts, "kind": name, "id": id, "label": label}
                yield to_json(named | {"count": count, "rank": rank}).decode()
    counts: Counter[str] = Counter()
    for name, kind in KINDS.items():
        if kind.searchable:
            counts.update(dict(searchers[name].terms_with_prefix(WORDS, "")))
    for word in sorted(counts):
        rank += 1
        plain = {"word": word, "first": word[0], "parts": word, "kind": "word", "label": word}
        yield to_json(plain | {"count": counts[word], "rank": rank}).decode()
