"""How each kind is shown: its public shape, and the function that makes records of rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from api.formats.tabular import ID_LISTS
from api.model.declaration import IncludeOne, Kind
from api.model.kinds import KINDS
from api.params.fields import Id
from api.records import claims, corrections, documents, events, named, obstacles, positions, relations, sections
from api.records.reader import Reader, Record, by_id, by_sequence
from api.records.shapes import RecordShape


@dataclass(frozen=True)
class Presentation:
    shape: type[RecordShape]
    present: Callable[[Reader, Sequence[Any]], list[Record]]


PRESENTATIONS = {
    "document": Presentation(documents.DocumentRecord, documents.present),
    "section": Presentation(sections.SectionRecord, sections.present),
    "claim": Presentation(claims.ClaimRecord, claims.present),
    "event": Presentation(events.EventRecord, events.present),
    "obstacle": Presentation(obstacles.ObstacleRecord, obstacles.present),
    "position": Presentation(positions.PositionRecord, positions.present),
    "actor": Presentation(named.ActorRecord, named.actors),
    "place": Presentation(named.PlaceRecord, named.places),
    "relation": Presentation(relations.RelationRecord, relations.present),
    "correction": Presentation(corrections.CorrectionRecord, corrections.present),
}

if missing := KINDS.keys() ^ PRESENTATIONS.keys():
    raise RuntimeError(f"kinds and presentations disagree about {', '.join(sorted(missing))}")


def unnamed_lists() -> list[str]:
    """Lists of ids that CSV would not write as such, by their names: a sentence each."""
    return [
        f"{each.shape.__name__}.{name} is a list of ids; call it by the plural of their kind"
        for each in PRESENTATIONS.values()
        for name, annotation in _fields(each.shape)
        if annotation == list[Id] and name not in ID_LISTS
    ]


def present(reader: Reader, kind: Kind, rows: Sequence[Any]) -> list[Record]:
    return PRESENTATIONS[kind.name].present(reader, rows)


def records_by_sequence(reader: Reader, kind: Kind, sequences: Iterable[int], whole: bool = False) -> dict[int, Record]:
    rows = by_sequence(reader, kind, sequences, whole)
    return {row.sequence: record for row, record in zip(rows, present(reader, kind, rows), strict=True)}


def records_by_id(reader: Reader, kind: Kind, ids: Iterable[str], whole: bool = False) -> dict[str, Record]:
    rows = by_id(reader, kind, ids, whole)
    return {row.id: record for row, record in zip(rows, present(reader, kind, rows), strict=True)}


@cache
def columns_of(kind: Kind) -> tuple[str, ...]:
    """The dotted CSV columns of a kind, in the order of its shape."""
    return tuple(_columns(PRESENTATIONS[kind.name].shape))


@cache
def fields_of(kind: Kind) -> tuple[str, ...]:
    """What `fields=` takes: columns, the objects that hold them, and scalars one step along a single reference."""
    paths = [column.split(".") for column in columns_of(kind)]
    own = [".".join(path[:depth]) for path in paths for depth in range(1, len(path) + 1)]
    steps = [
        f"{reference}.{column}"
        for reference, other in references_of(kind).items()
        for column, value in _fields(PRESENTATIONS[other.name].shape)
        if _is_scalar(value)
    ]
    return tuple(dict.fromkeys([*own, *steps]))


@cache
def references_of(kind: Kind) -> dict[str, Kind]:
    """The fields of a record that hold the id of one record, with the kind of that record."""
    included = {each.field: KINDS[each.kind] for each in kind.includes.values() if isinstance(each, IncludeOne)}
    own = {name for name, _ in _fields(PRESENTATIONS[kind.name].shape)}
    foreign = {column.name: each.column.table.name for column in kind.table.c for each in column.foreign_keys}
    return included | {name: KINDS[table] for name, table in foreign.items() if name in own}


def _fields(shape: type[BaseModel]) -> list[tuple[str, Any]]:
    return [
        (field.alias or name, field.annotation)
        for name, field in shape.model_fields.items()
        if name not in ("highlights", "included")
    ]


def _columns(shape: type[BaseModel], prefix: str = "") -> list[str]:
    columns: list[str] = []
    for name, annotation in _fields(shape):
        inner = _object_in(annotation)
        columns += _columns(inner, f"{prefix}{name}.") if inner else [prefix + name]
    return columns


def _object_in(annotation: Any) -> type[BaseModel] | None:
    """The shape that a field holds, null aside."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    shapes = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
    return shapes[0] if len(shapes) == 1 and len([part for part in parts if part is not NoneType]) == 1 else None


def _is_scalar(annotation: Any) -> bool:
    return _object_in(annotation) is None and get_origin(annotation) is not list


if faults := unnamed_lists():
    raise RuntimeError("; ".join(faults))
