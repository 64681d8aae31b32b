"""Actors and places as records: who and what the texts name."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Select, select

from api.content.statements import among
from api.model.columns import Content, columns
from api.model.links import ActorDocument, ActorName, PlaceDocument, PlaceName
from api.model.tables import Actor, Place
from api.model.vocabularies import ActorCategory, PlaceCategory
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape


class ActorRecord(RecordShape):
    """Somebody who acts or is spoken of."""

    kind: Literal["actor"]
    documents: list[Id] = Field(description="The documents that name it.")
    name: str
    category: ActorCategory
    of: Id | None = Field(description="The state or body that it belongs to.")
    names: list[str] = Field(description="The surface forms that the texts use.")
    mention_count: int = Field(description="How often the texts name it.")
    links: Links


class PlaceRecord(RecordShape):
    """Where the texts locate something."""

    kind: Literal["place"]
    documents: list[Id] = Field(description="The documents that name it.")
    name: str
    category: PlaceCategory
    names: list[str] = Field(description="The surface forms that the texts use.")
    mention_count: int = Field(description="How often the texts name it.")
    links: Links


def _ordered(link: type[Content]) -> Select[*tuple[Any, ...]]:
    """(owner, value) of a table whose first column is the owner and whose last one, but for counts, is the value."""
    owner, *keys = list(columns(link))
    value = columns(link).get("name", columns(link).document)
    order = [key for key in keys if key.primary_key]
    return select(owner.label("owner"), value.label("value")).where(among(owner, "owners")).order_by(owner, *order)


# The tables of the documents that name a record, and of the names that they use.
LINKS: dict[str, tuple[type[Content], type[Content]]] = {
    "actor": (ActorDocument, ActorName),
    "place": (PlaceDocument, PlaceName),
}
STATEMENTS = {kind: tuple(map(_ordered, links)) for kind, links in LINKS.items()}


def actors(reader: Reader, rows: Sequence[Actor]) -> list[Record]:
    return _named(reader, "actor", rows)


def places(reader: Reader, rows: Sequence[Place]) -> list[Record]:
    return _named(reader, "place", rows)


def _named(reader: Reader, kind: str, rows: Sequence[Any]) -> list[Record]:
    documents, names = _lists(reader, kind, rows)
    return [
        {
            "id": row.id,
            "kind": kind,
            "documents": documents.get(row.id, []),
            "name": row.name,
            "category": row.category,
            **({"of": row.of} if kind == "actor" else {}),
            "names": names.get(row.id, []),
            "mention_count": row.mention_count,
            "links": reader.links(kind, row),
        }
        for row in rows
    ]


def _lists(reader: Reader, kind: str, rows: Sequence[Any]) -> list[dict[str, list[str]]]:
    """The documents and the names of each record; a name that several documents use stands once."""
    lists = []
    for statement in STATEMENTS[kind]:
        values: dict[str, dict[str, None]] = {}
        for row in reader.rows(statement, owners=[row.id for row in rows]) if rows else ():
            values.setdefault(row.owner, {})[row.value] = None
        lists.append({owner: list(each) for owner, each in values.items()})
    return lists
