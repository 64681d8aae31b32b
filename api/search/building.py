"""From tables to indexes: a pure function of one generation's content.

Rows stream in the order of `sequence`, their links beside them in the same order, so that a million claims need
no more memory than tantivy's own buffers. One thread, one commit and one segment, sorted by `rank`: the same order of
ties on every replica.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, inspect, select
from sqlmodel import col
from tantivy import Document as Entry
from tantivy import Index as Tantivy

from api.search.schema import KINDS, TEXT, TITLE, WORDS, Kind, day_number, lexicon, registered, schema
from api.search.words import read, stems, token_list, words
from api.tables import (
    Actor,
    ActorDocument,
    ClaimActor,
    ClaimPlace,
    ClaimTopic,
    EventActor,
    EventPlace,
    ObstacleActor,
    Place,
    PlaceDocument,
    metadata,
)

LEXICON = "lexicon"
HEAP = 4_000_000_000  # bytes it may grow to; below it tantivy keeps to one segment
BATCH = 2_000  # rows

Fields = dict[str, Any]
Rows = Iterator[Row[Any]]


class IndexTooLarge(Exception):
    """The content does not fit one segment, and with more than one the order of ties would be left to chance."""


def indexes(connection: Connection, root: Path | None) -> dict[str, Tantivy]:
    """Every kind's index and the lexicon, in directories under `root` or in memory."""
    built = {name: _written(schema(kind), _entries(connection, name, kind), root, name) for name, kind in KINDS.items()}
    built[LEXICON] = _written(lexicon(), _lexicon_entries(connection, built), root, LEXICON)
    return built


def _written(of: Any, entries: Iterable[Fields], root: Path | None, name: str) -> Tantivy:
    path = None
    if root is not None:
        directory = root / name
        directory.mkdir(parents=True)
        path = str(directory)
    index = registered(Tantivy(of, path=path, reuse=False, sort_by_field="rank"))
    writer = index.writer(heap_size=HEAP, num_threads=1)
    for fields in entries:
        writer.add_document(Entry(**fields))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    if index.searcher().num_segments > 1:
        raise IndexTooLarge(f"the index of {name} records has {index.searcher().num_segments} segments instead of one")
    return index


def _entries(connection: Connection, name: str, kind: Kind) -> Iterator[Fields]:
    for row, fields, texts, title in _READ[name](connection):
        fields |= {"id": row.id, "sequence": row.sequence, "rank": row.rank}
        if kind.searchable:
            found = [[*map(read, token_list(text))] for text in texts]
            fields[TEXT] = [" ".join([stems for _, stems in each]) for each in found]
            fields[WORDS] = " ".join({words for each in found for words, _ in each})
            if kind.titled:
                fields[TITLE] = " ".join(map(stems, token_list(title)))
        yield {key: value for key, value in fields.items() if value is not None}


def _stream(connection: Connection, statement: Select[Any]) -> Rows:
    result = connection.execute(statement, execution_options={"stream_results": True, "yield_per": BATCH})
    return chain.from_iterable(result.partitions())


def _links(connection: Connection, owner: Any, *values: Any, order: Any) -> Callable[[Any], list[Row[Any]]]:
    """The rows that belong to an owner, for owners asked for in the order of the rows."""
    rows = _stream(connection, select(owner.label("owner"), *values).order_by(owner, order))
    waiting = next(rows, None)

    def of(key: Any) -> list[Row[Any]]:
        nonlocal waiting
        found = []
        while waiting is not None and waiting.owner == key:
            found.append(waiting)
            waiting = next(rows, None)
        return found

    return of


def _said(value: bool) -> str:
    return "true" if value else "false"


Read = Iterator[tuple[Row[Any], Fields, list[str], str]]  # the row, its filters and orders, its texts, its title


def _claims(connection: Connection) -> Read:
    order = col(ClaimActor.ordinal), col(ClaimPlace.ordinal), col(ClaimTopic.ordinal)
    actors = _links(connection, col(ClaimActor.claim), ClaimActor.actor, order=order[0])
    places = _links(connection, col(ClaimPlace.claim), ClaimPlace.place, order=order[1])
    topics = _links(connection, col(ClaimTopic.claim), ClaimTopic.topic, order=order[2])
    table = metadata.tables["claim"].c
    needed = [column for column in table if column.name not in ("quantities", "prefix", "suffix")]
    for row in _stream(connection, select(*needed).order_by(table.sequence)):
        fields = {
            **{"document": row.document, "section": row.section, "type": row.type, "mode": row.mode},
            **{"speaker": row.speaker, "hedged": _said(row.hedged), "obstacle": row.obstacle},
            **{"has_quantity": _said(row.has_quantity)},
            "actor": [link.actor for link in actors(row.sequence)],
            "place": [link.place for link in places(row.sequence)],
            "topic": [link.topic for link in topics(row.sequence)],
        }
        yield row, fields, [row.statement, row.quote], ""


def _events(connection: Connection) -> Read:
    actors = _links(connection, col(EventActor.event), EventActor.actor, order=col(EventActor.ordinal))
    places = _links(connection, col(EventPlace.event), EventPlace.place, order=col(EventPlace.ordinal))
    table = metadata.tables["event"].c
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        fields = {
            **{"document": row.document, "section": row.section, "category": row.category, "status": row.status},
            "basis": row.basis,
            "earliest": day_number(row.earliest) if row.earliest else None,
            "latest": day_number(row.latest) if row.latest else None,
            "actor": [link.actor for link in actors(row.sequence)],
            "place": [link.place for link in places(row.sequence)],
        }
        yield row, fields, [row.name, row.quote], row.name


def _obstacles(connection: Connection) -> Read:
    actors = _links(connection, col(ObstacleActor.obstacle), ObstacleActor.actor, order=col(ObstacleActor.ordinal))
    table = metadata.tables["obstacle"].c
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        fields = {
            **{"document": row.document, "section": row.section, "number": str(row.number), "ordinal": row.number},
            "actor": [link.actor for link in actors(row.sequence)],
        }
        yield row, fields, [row.title, row.text, row.summary], row.title


def _positions(connection: Connection) -> Read:
    table = metadata.tables["position"].c
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        fields = {"document": row.document, "section": row.section, "obstacle": row.obstacle, "actor": row.actor}
        yield row, fields, [row.statement, row.quote], ""


def _relations(connection: Connection) -> Read:
    table = metadata.tables["relation"].c
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        fields = {
            **{"document": row.document, "claim": [row.from_claim, row.to_claim], "from": row.from_claim},
            **{"to": row.to_claim, "type": row.type, "basis": row.basis},
        }
        yield row, fields, [], ""


def _sections(connection: Connection) -> Read:
    table = metadata.tables["section"].c
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        fields = {"document": row.document, "section": row.id, "parent": row.parent, "name": row.title}
        yield row, fields, [row.title, row.text], row.title


def _documents(connection: Connection) -> Read:
    table = metadata.tables["document"].c
    names = ("sequence", "rank", "id", "label", "title")
    for row in _stream(connection, select(*(table[name] for name in names)).order_by(table.sequence)):
        texts = [text for text in (row.label, row.title) if text]
        yield row, {"document": row.id}, texts, " ".join(texts)


def _named(connection: Connection, thing: Any, owner: Any, link: Any) -> Read:
    """Actors or places; `link` is what each document contributes to one."""
    table = inspect(thing).local_table.c
    uses = _links(connection, owner, link.document, link.names, order=col(link.document))
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        of = uses(row.id)
        fields = {
            **{"document": [use.document for use in of], "category": row.category},
            **{"name": row.name, "mention_count": row.mention_count},
        }
        yield row, fields, list(dict.fromkeys(chain([row.name], *(use.names for use in of)))), row.name


_READ: Mapping[str, Callable[[Connection], Read]] = {
    "actor": lambda connection: _named(connection, Actor, col(ActorDocument.actor), ActorDocument),
    "claim": _claims,
    "document": _documents,
    "event": _events,
    "obstacle": _obstacles,
    "place": lambda connection: _named(connection, Place, col(PlaceDocument.place), PlaceDocument),
    "position": _positions,
    "relation": _relations,
    "section": _sections,
}

_NAMED = ("actor", "place", "document", "section", "obstacle", "event")


def _lexicon_entries(connection: Connection, built: Mapping[str, Tantivy]) -> Iterator[Fields]:
    searchers = {name: built[name].searcher() for name in KINDS}
    rank = 0
    for name in _NAMED:
        carriers = [searchers[other] for other, kind in KINDS.items() if name in kind.filters]
        for row, _, texts, title in _READ[name](connection):
            count = sum(searcher.doc_freq(name, row.id) for searcher in carriers) or 1
            labels = texts if name in ("actor", "place", "document") else [title]
            for label in labels:
                rank += 1
                parts = " ".join(map(words, token_list(label)))
                yield {
                    **{"whole": parts, "parts": parts, "kind": name, "id": row.id, "label": label},
                    **{"count": count, "rank": rank},
                }
    counts: Counter[str] = Counter()
    for name, kind in KINDS.items():
        if kind.searchable:
            counts.update(dict(searchers[name].terms_with_prefix(WORDS, "")))
    for word in sorted(counts):
        rank += 1
        yield {
            **{"word": word, "first": word[0], "parts": word, "kind": "word", "label": word},
            **{"count": counts[word], "rank": rank},
        }
