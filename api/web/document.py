"""The document that a page is about, and reading what belongs to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from api.model.columns import columns
from api.model.declaration import Kind
from api.model.kinds import KINDS
from api.model.tables import Claim, Relation
from api.records.presentation import present, records_by_id
from api.records.reader import Reader, Record, every
from api.records.single import absent
from api.request import SnapshotRequest

CLAIM, RELATION = columns(Claim), columns(Relation)
CONTRADICTING = (
    select(RELATION.from_claim)
    .where(RELATION.type == "contradicts")
    .union(select(RELATION.to_claim).where(RELATION.type == "contradicts"))
)


def document_of(request: SnapshotRequest, reader: Reader, id: str) -> Record:
    """Raises Problem where there is no document of the id."""
    document = records_by_id(reader, KINDS["document"], [id]).get(id)
    if document is None:
        raise absent(request, reader, KINDS["document"], id)
    return document


def read(reader: Reader, kind: Kind, document: str, *conditions: Any, most: int | None = None) -> list[Record]:
    """The records of a kind in a document, in document order."""
    table = kind.table.c
    statement = every(kind).where(table.document == document, *conditions).order_by(table.sequence).limit(most)
    return present(reader, kind, reader.rows(statement))


def telling(reader: Reader, document: str, most: int) -> list[Record]:
    """The claims that are reported, quoted, hedged or contradicted: where whose voice it is matters."""
    condition = or_(CLAIM.mode != "asserted", CLAIM.hedged.is_(True), CLAIM.id.in_(CONTRADICTING))
    return read(reader, KINDS["claim"], document, condition, most=most)


def spans_of_claims(reader: Reader, document: str) -> Sequence[Any]:
    """(id, start, end) of every claim of a document."""
    statement: Select[*tuple[Any, ...]] = select(CLAIM.id, CLAIM.start, CLAIM.end).where(CLAIM.document == document)
    return reader.rows(statement.order_by(CLAIM.sequence))
