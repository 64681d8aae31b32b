"""What each record brings to the text index, read from the tables of one generation as a stream.

Rows come in the order of `sequence`, and nothing of them is held: a million claims need no more memory than a thousand.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, ScalarSelect, Select, func, select
from sqlmodel import col

from api.model.tables import (
    Actor,
    ActorDocument,
    Claim,
    ClaimActor,
    ClaimPlace,
    ClaimTopic,
    Document,
    Event,
    EventActor,
    EventPlace,
    Obstacle,
    ObstacleActor,
    Place,
    PlaceDocument,
    Position,
    Relation,
    Section,
    columns_of,
    metadata,
)
from api.search.schema import KINDS, TEXT, TITLE, WORDING, WORDS, day_number
from api.search.wording import indexed
from api.search.words import said_stems, said_words

BATCH = 2_000  # rows

Fields = dict[str, Any]
Read = Iterator[tuple[Fields, list[str], str]]  # of a record: its filters and orders, its texts, its title


def entries(connection: Connection, kind: str) -> Iterator[str]:
    """Every record of a kind as a line of JSON, its fields as the schema names them; what it lacks is left out."""
    of = KINDS[kind]
    for fields, texts, title in READ[kind](connection):
        if of.searchable:
            stretches = [text.split() for text in texts]
            said = [" ".join(map(said_stems, each)) for each in stretches]
            fields[TEXT] = [text for at, text in enumerate(said) if not _is_repeated(text, said[:at])]
            fields[WORDS] = " ".join(set(map(said_words, set().union(*stretches))))
            if of.titled:
                fields[TITLE] = " ".join(map(said_stems, title.split()))
        yield to_json({name: value for name, value in fields.items() if value is not None}).decode()


def names(connection: Connection, kind: str) -> Iterator[tuple[str, list[str]]]:
    """What each record of a kind is called, by its id: its title, or every name that the texts give it."""
    if kind in ("actor", "place"):
        for fields, texts, _ in READ[kind](connection):
            yield fields["id"], texts
    elif kind == "document":
        document = columns_of(Document)
        for id, *named in _stream(
            connection, select(document.id, document.label, document.title).order_by(document.sequence)
        ):
            yield id, [text for text in named if text]
    else:
        record = metadata.tables[kind].c
        title = record["name" if kind == "event" else "title"]
        for id, named in _stream(connection, select(record.id, title).order_by(record.sequence)):
            yield id, [named]


def _is_repeated(text: str, before: list[str]) -> bool:
    """Whether all of it was said: a quote within its statement is not said twice, or its words would count double."""
    return any(f" {text} " in f" {other} " for other in before)


def _stream(connection: Connection, statement: Select[Any]) -> Iterator[Any]:
    result = connection.execute(statement, execution_options={"stream_results": True, "yield_per": BATCH})
    for rows in result.partitions():
        yield from rows


def _listed(owner: Any, value: Any, record: Any) -> ScalarSelect[Any]:
    """The ids that a link table gives a record, parted by spaces, in no order; null where it gives none."""
    return select(func.aggregate_strings(value, " ")).where(col(owner) == record).scalar_subquery()


def _ids(listed: str | None) -> list[str]:
    return listed.split(" ") if listed else []


def _said(value: bool) -> str:
    return "true" if value else "false"


def _claims(connection: Connection) -> Read:
    claim = columns_of(Claim)
    statement = select(
        claim.sequence,
        claim.rank,
        claim.id,
        claim.document,
        claim.section,
        claim.type,
        claim.mode,
        claim.speaker,
        claim.hedged,
        claim.obstacle,
        claim.has_quantity,
        _listed(ClaimActor.claim, ClaimActor.actor, claim.sequence),
        _listed(ClaimPlace.claim, ClaimPlace.place, claim.sequence),
        _listed(ClaimTopic.claim, ClaimTopic.topic, claim.sequence),
        claim.statement,
        claim.quote,
    )
    for row in _stream(connection, statement.order_by(claim.sequence)):
        sequence, rank, id, document, section, type, mode, speaker, hedged, obstacle, counts, *more = row
        actors, places, topics, said, quote = more
        fields = {
            "sequence": sequence,
            "rank": rank,
            "id": id,
            "document": document,
            "section": section,
            "type": type,
            "mode": mode,
            "speaker": speaker,
            "hedged": _said(hedged),
            "obstacle": obstacle,
            "has_quantity": _said(counts),
            "actor": _ids(actors),
            "place": _ids(places),
            "topic": _ids(topics),
        }
        yield fields, [said, quote], ""


def _events(connection: Connection) -> Read:
    event = columns_of(Event)
    statement = select(
        *event,
        _listed(EventActor.event, EventActor.actor, event.sequence).label("actors"),
        _listed(EventPlace.event, EventPlace.place, event.sequence).label("places"),
    )
    for row in _stream(connection, statement.order_by(event.sequence)):
        fields = {
            **_numbered(row),
            "document": row.document,
            "section": row.section,
            "category": row.category,
            "status": row.status,
            "basis": row.basis,
            "earliest": day_number(row.earliest) if row.earliest else None,
            "latest": day_number(row.latest) if row.latest else None,
            "actor": _ids(row.actors),
            "place": _ids(row.places),
        }
        yield fields, [row.name, row.quote], row.name


def _obstacles(connection: Connection) -> Read:
    obstacle = columns_of(Obstacle)
    actors = _listed(ObstacleActor.obstacle, ObstacleActor.actor, obstacle.sequence).label("actors")
    for row in _stream(connection, select(*obstacle, actors).order_by(obstacle.sequence)):
        fields = {
            **_numbered(row),
            "document": row.document,
            "section": row.section,
            "number": str(row.number),
            "ordinal": row.number,
            "actor": _ids(row.actors),
        }
        yield fields, [row.title, row.text, row.summary], row.title


def _positions(connection: Connection) -> Read:
    position = columns_of(Position)
    for row in _stream(connection, select(*position).order_by(position.sequence)):
        fields = {
            **_numbered(row),
            "document": row.document,
            "section": row.section,
            "obstacle": row.obstacle,
            "actor": row.actor,
        }
        yield fields, [row.statement, row.quote], ""


def _relations(connection: Connection) -> Read:
    relation = columns_of(Relation)
    for row in _stream(connection, select(*relation).order_by(relation.sequence)):
        fields = {
            **_numbered(row),
            "document": row.document,
            "claim": [row.from_claim, row.to_claim],
            "from": row.from_claim,
            "to": row.to_claim,
            "type": row.type,
            "basis": row.basis,
        }
        yield fields, [], ""


def _sections(connection: Connection) -> Read:
    section = columns_of(Section)
    for row in _stream(connection, select(*section).order_by(section.sequence)):
        fields = {
            **_numbered(row),
            "document": row.document,
            "section": row.id,
            "parent": row.parent,
            "name": row.title,
        }
        yield fields, [row.title, row.text], row.title


def _documents(connection: Connection) -> Read:
    document = columns_of(Document)
    columns = document.sequence, document.rank, document.id, document.label, document.title, document.text
    for row in _stream(connection, select(*columns).order_by(document.sequence)):
        texts = [text for text in (row.label, row.title) if text]
        fields = {**_numbered(row), "document": row.id, WORDING: indexed(row.text)}
        yield fields, texts, " ".join(texts)


def _named(connection: Connection, thing: Any, owner: Any, link: Any) -> Read:
    """Actors or places; `link` is what each document contributes to one."""
    table = columns_of(thing)
    uses = select(owner, link.document, link.names).order_by(owner, link.document)
    contributed = _stream(connection, uses)
    waiting = next(contributed, None)
    for row in _stream(connection, select(*table).order_by(table.sequence)):
        documents, names = [], {row.name: None}
        while waiting is not None and waiting[0] == row.id:
            documents.append(waiting[1])
            names |= dict.fromkeys(waiting[2])
            waiting = next(contributed, None)
        fields = {
            **_numbered(row),
            "document": documents,
            "category": row.category,
            "name": row.name,
            "mention_count": row.mention_count,
        }
        yield fields, list(names), row.name


def _numbered(row: Any) -> Fields:
    return {"sequence": row.sequence, "rank": row.rank, "id": row.id}


READ: Mapping[str, Callable[[Connection], Read]] = {
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
