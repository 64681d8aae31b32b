"""From entries to indexes: a pure function of one generation's content.

One thread, one commit and one segment, sorted by `rank`: ties have the same order on every replica.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

from pydantic_core import to_json
from sqlalchemy import Connection
from tantivy import Index as Tantivy
from tantivy import IndexWriter, Schema

from api.model.kinds import KINDS
from api.search.entries import entries, names
from api.search.schema import WORDS, lexicon, registered, schema
from api.search.words import stretch_words, stretches

LEXICON = "lexicon"
BATCH = 500  # entries
HEAP = 4_000_000_000  # bytes it may grow to; below it tantivy keeps to one segment

Entries = Callable[[str], Iterable[str]]  # those of a kind, each a line of JSON


class IndexTooLarge(Exception):
    """The content does not fit one segment, and with several the order of ties would be left to chance."""


class IndexUnwritten(OSError):
    """The index could not be written, because the disk is full for instance."""


def indexes(connection: Connection, root: Path | None, read: Entries | None = None) -> dict[str, Tantivy]:
    """Every kind's index and the lexicon, in directories under `root` or in memory.

    `read` yields the same entries as the connection would, where another process reads them. Raises OSError where the
    directories cannot be written.
    """
    read = read or partial(entries, connection)
    with ThreadPoolExecutor(1) as committing:  # of one kind while the next is read
        empty = {name: _empty(schema(kind), root, name) for name, kind in KINDS.items()}
        written = {
            name: committing.submit(_committed, name, index, _added(index, read(name))) for name, index in empty.items()
        }
    built = {name: index.result() for name, index in written.items()}
    index = _empty(lexicon(), root, LEXICON)
    built[LEXICON] = _committed(LEXICON, index, _added(index, _lexicon_entries(connection, built)))
    return built


@contextmanager
def _writing() -> Iterator[None]:
    """Tantivy reports a failure to write, such as a full disk, as a ValueError."""
    try:
        yield
    except ValueError as error:
        raise IndexUnwritten(f"the text index cannot be written: {error}") from error


def _empty(fields: Schema, root: Path | None, name: str) -> Tantivy:
    path = None
    if root is not None:
        (root / name).mkdir(parents=True)
        path = str(root / name)
    with _writing():
        return registered(Tantivy(fields, path=path, reuse=False, sort_by_field="rank"))


def _writer(index: Tantivy) -> IndexWriter:
    return index.writer(heap_size=HEAP, num_threads=1)


def _added(index: Tantivy, lines: Iterable[str]) -> IndexWriter:
    with _writing():
        writer = _writer(index)
    lines = iter(lines)
    while batch := list(islice(lines, BATCH)):  # read outside of the block: faults of reading are not of writing
        with _writing():
            for line in batch:
                writer.add_json(line)
    return writer


def _committed(name: str, index: Tantivy, writer: IndexWriter) -> Tantivy:
    with _writing():
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
    if index.searcher().num_segments > 1:
        raise IndexTooLarge(f"the index of {name} records has {index.searcher().num_segments} segments instead of one")
    return index


def _lexicon_entries(connection: Connection, built: Mapping[str, Tantivy]) -> Iterator[str]:
    """Names of the kinds whose titles weigh most come first; then words in byte order."""
    searchers = {name: built[name].searcher() for name in KINDS}
    rank = 0
    for kind in sorted(KINDS.values(), key=lambda kind: -kind.ranking.title):
        if not (kind.titles and kind.in_search):
            continue
        carriers = [searchers[other] for other, each in KINDS.items() if kind.name in each.index_filters]
        for id, documents, labels in names(connection, kind):
            count = sum(searcher.doc_freq(kind.name, id) for searcher in carriers) or 1
            for label in labels:
                rank += 1
                parts = " ".join(map(stretch_words, stretches(label)))
                entry = {"whole": parts, "parts": parts, "kind": kind.name, "id": id, "label": label}
                yield to_json(entry | {"document": documents, "count": count, "rank": rank}).decode()
    counts: Counter[str] = Counter()
    for name, kind in KINDS.items():
        if kind.searchable and kind.in_search:
            counts.update(dict(searchers[name].terms_with_prefix(WORDS, "")))
    for word in sorted(counts):
        rank += 1
        plain = {"word": word, "first": word[0], "parts": word, "kind": "word", "label": word}
        yield to_json(plain | {"count": counts[word], "rank": rank}).decode()
