"""Corrections as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from api.content.statements import among
from api.model.columns import columns
from api.model.links import CorrectionRecord as CorrectedRow
from api.model.tables import Correction
from api.model.vocabularies import RecordKind
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Shape

CORRECTED = columns(CorrectedRow)
RECORDS = (
    select(*CORRECTED)
    .where(among(CORRECTED.correction, "corrections"))
    .order_by(CORRECTED.correction, CORRECTED.ordinal)
)


class CorrectedRecord(Shape):
    """A record that the correction names; it may no longer exist."""

    kind: RecordKind
    id: Id


class CorrectionRecord(RecordShape):
    """What an editor changed after the package was first published, and why."""

    kind: Literal["correction"]
    document: Id
    date: str = Field(description="ISO 8601 day.")
    records: list[CorrectedRecord]
    what: str
    why: str
    links: Links


def present(reader: Reader, rows: Sequence[Correction]) -> list[Record]:
    records: dict[int, list[Record]] = {}
    for named in reader.rows(RECORDS, corrections=[row.sequence for row in rows]) if rows else ():
        records.setdefault(named.correction, []).append({"kind": named.record_kind, "id": named.record})
    return [
        {
            "id": row.id,
            "kind": "correction",
            "document": row.document,
            "date": row.date,
            "records": records.get(row.sequence, []),
            "what": row.what,
            "why": row.why,
            "links": reader.links("correction", row),
        }
        for row in rows
    ]
