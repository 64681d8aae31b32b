"""`include=`: related records beside each record of a page, in a bounded number of statements."""

from collections.abc import Sequence

from sqlalchemy import func, select

from api.records import KINDS, Kind, OneOther, Others, Reader, Record

MOST = 25


def include(reader: Reader, kind: Kind, records: Sequence[Record], names: Sequence[str]) -> None:
    """Adds `included` to each record. One statement a single thing, two a list, and what showing them needs."""
    for record in records if names else ():
        record["included"] = {}
    for name in sorted(names):
        wanted = kind.includes[name]
        if isinstance(wanted, OneOther):
            _one(reader, name, wanted, records)
        else:
            _many(reader, kind, name, wanted, records)


def _one(reader: Reader, name: str, wanted: OneOther, records: Sequence[Record]) -> None:
    found = KINDS[wanted.kind].by_id(reader, {record[wanted.key] for record in records if record[wanted.key]})
    for record in records:
        record["included"][name] = found.get(record[wanted.key])


def _many(reader: Reader, kind: Kind, name: str, wanted: Others, records: Sequence[Record]) -> None:
    other = KINDS[wanted.kind]
    owner, sequence = wanted.owner, other.table.c.sequence
    source = other.table if wanted.listed is None else owner.table.join(other.table, other.table.c.id == wanted.listed)
    ids = [record["id"] for record in records]
    keys = ids
    if wanted.key == "sequence":
        table = kind.table.c
        pairs = {row[0]: row[1] for row in reader.rows(select(table.id, table.sequence).where(table.id.in_(ids)))}
        keys = [pairs[id] for id in ids]
    numbered = (
        select(
            owner.label("owner"),
            sequence.label("sequence"),
            func.row_number().over(partition_by=owner, order_by=sequence).label("place"),
            func.count().over(partition_by=owner).label("total"),
        )
        .select_from(source)
        .where(owner.in_(keys))
        .subquery()
    )
    rows = reader.rows(
        select(numbered.c.owner, numbered.c.sequence, numbered.c.total)
        .where(numbered.c.place <= MOST)
        .order_by(numbered.c.owner, numbered.c.sequence)
    )
    found = other.by_sequence(reader, [row.sequence for row in rows])
    for record, key in zip(records, keys, strict=True):
        mine = [row for row in rows if row.owner == key]
        data = [found[row.sequence] for row in mine]
        value = ",".join(sorted(item["id"] for item in data)) if wanted.parameter == "id" else record["id"]
        record["included"][name] = {
            "data": data,
            "total": mine[0].total if mine else 0,
            "href": f"{reader.root}{other.path}?{wanted.parameter}={value}" if value else None,
        }
