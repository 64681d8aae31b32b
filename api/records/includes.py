"""`include=`: related records beside each record of a page, in a bounded number of statements."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Select, func, select

from api.content.statements import among
from api.model.declaration import IncludeNamed, IncludeOne, IncludeRelated, Kind
from api.model.kinds import KINDS
from api.records.presentation import records_by_id, records_by_sequence
from api.records.reader import Reader, Record

MOST = 25
MOST_IDS = 100  # that a list takes


def include(reader: Reader, kind: Kind, records: Sequence[Record], names: Sequence[str]) -> None:
    """Adds `included` to each record: one or two statements for each name, and what showing the records needs."""
    for record in records if names else ():
        record["included"] = {}
    for name in sorted(names):
        match kind.includes[name]:
            case IncludeOne() as wanted:
                _one(reader, name, wanted, records)
            case IncludeNamed() as wanted:
                _named(reader, name, wanted, records)
            case wanted:
                _related(reader, kind, name, wanted, records)


def _one(reader: Reader, name: str, wanted: IncludeOne, records: Sequence[Record]) -> None:
    others = records_by_id(reader, KINDS[wanted.kind], {record[wanted.field] for record in records} - {None})
    for record in records:
        record["included"][name] = others.get(record[wanted.field])


def _named(reader: Reader, name: str, wanted: IncludeNamed, records: Sequence[Record]) -> None:
    other = KINDS[wanted.kind]
    others = records_by_id(reader, other, chain.from_iterable(record[wanted.field] for record in records))
    place = {id: at for at, id in enumerate(others)}
    for record in records:
        ids = sorted(record[wanted.field], key=place.__getitem__)
        record["included"][name] = {
            "data": [others[id] for id in ids[:MOST]],
            "total": len(ids),
            "href": f"{reader.root}{other.path}?id={','.join(sorted(ids[:MOST_IDS]))}" if ids else None,
        }


def _related(reader: Reader, kind: Kind, name: str, wanted: IncludeRelated, records: Sequence[Record]) -> None:
    other = KINDS[wanted.kind]
    totals: dict[str, int] = {}
    theirs: dict[str, list[int]] = {}
    for row in reader.rows(_numbered(kind, name), ids=[record["id"] for record in records]):
        totals[row.owner] = row.total
        theirs.setdefault(row.owner, []).append(row.sequence)
    others = records_by_sequence(reader, other, chain.from_iterable(theirs.values()))
    for record in records:
        id = record["id"]
        data = [others[sequence] for sequence in theirs.get(id, ())]
        value = ",".join(sorted(item["id"] for item in data)) if wanted.parameter == "id" else id
        record["included"][name] = {
            "data": data,
            "total": totals.get(id, 0),
            "href": f"{reader.root}{other.path}?{wanted.parameter}={value}" if value else None,
        }


@cache
def _numbered(kind: Kind, name: str) -> Select[*tuple[Any, ...]]:
    """(owner's id, sequence, total) of the first MOST records that each owner has under that name."""
    wanted = kind.includes[name]
    assert isinstance(wanted, IncludeRelated)
    other = KINDS[wanted.kind].table
    owner, sequence = wanted.owner, other.c.sequence
    if wanted.other is None:
        source: Any = other
    else:
        source = owner.table.join(other, other.c[wanted.other_key] == wanted.other)
    numbered = (
        select(
            owner.label("owner"),
            sequence.label("sequence"),
            func.row_number().over(partition_by=owner, order_by=sequence).label("place"),
            func.count().over(partition_by=owner).label("total"),
        )
        .select_from(source)
        .where(among(owner, "ids"))
        .subquery()
    )
    return (
        select(numbered.c.owner, numbered.c.sequence, numbered.c.total)
        .where(numbered.c.place <= MOST)
        .order_by(numbered.c.owner, numbered.c.sequence)
    )
