"""`include=`: related records beside each record of a page, in a bounded number of statements."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Select, func, select

from api.content.statements import among
from api.records.shapes import KINDS, Kind, NamedOthers, OneOther, Others, Reader, Record

MOST = 25
MOST_IDS = 100  # that a list takes


def include(reader: Reader, kind: Kind, records: Sequence[Record], names: Sequence[str]) -> None:
    """Adds `included` to each record. One statement a kind or two, and what showing its records needs."""
    for record in records if names else ():
        record["included"] = {}
    for name in sorted(names):
        wanted = kind.includes[name]
        if isinstance(wanted, OneOther):
            _one(reader, name, wanted, records)
        elif isinstance(wanted, NamedOthers):
            _named(reader, name, wanted, records)
        else:
            _many(reader, kind, name, wanted, records)


def _one(reader: Reader, name: str, wanted: OneOther, records: Sequence[Record]) -> None:
    found = KINDS[wanted.kind].by_id(reader, {record[wanted.key] for record in records if record[wanted.key]})
    for record in records:
        record["included"][name] = found.get(record[wanted.key])


def _named(reader: Reader, name: str, wanted: NamedOthers, records: Sequence[Record]) -> None:
    other = KINDS[wanted.kind]
    found = other.by_id(reader, chain.from_iterable(record[wanted.key] for record in records))
    place = {id: at for at, id in enumerate(found)}
    for record in records:
        ids = sorted(record[wanted.key], key=place.__getitem__)
        record["included"][name] = {
            "data": [found[id] for id in ids[:MOST]],
            "total": len(ids),
            "href": f"{reader.root}{other.path}?id={','.join(sorted(ids[:MOST_IDS]))}" if ids else None,
        }


def _many(reader: Reader, kind: Kind, name: str, wanted: Others, records: Sequence[Record]) -> None:
    other = KINDS[wanted.kind]
    total: dict[str, int] = {}
    theirs: dict[str, list[int]] = {}
    for owner, sequence, count in reader.rows(_numbered(kind.name, name), ids=[record["id"] for record in records]):
        total[owner] = count
        theirs.setdefault(owner, []).append(sequence)
    found = other.by_sequence(reader, chain.from_iterable(theirs.values()))
    for record in records:
        id = record["id"]
        data = [found[sequence] for sequence in theirs.get(id, ())]
        value = ",".join(sorted(item["id"] for item in data)) if wanted.parameter == "id" else id
        record["included"][name] = {
            "data": data,
            "total": total.get(id, 0),
            "href": f"{reader.root}{other.path}?{wanted.parameter}={value}" if value else None,
        }


@cache
def _numbered(kind: str, name: str) -> Select[Any]:
    """(owner's id, sequence, total) of the first MOST records that each owner has under that name."""
    wanted = KINDS[kind].includes[name]
    assert isinstance(wanted, Others)
    owner, other = wanted.owner, KINDS[wanted.kind].table
    sequence = other.c.sequence
    source = other if wanted.listed is None else owner.table.join(other, other.c.id == wanted.listed)
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
