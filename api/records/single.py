"""Single records: as JSON, as an annotation, as a citation; and the 404 of an id that no record has."""

from typing import Any

from sqlalchemy import select

from api.formats.annotations import annotation_document, iri
from api.formats.citations import WRITERS, Citation, citation
from api.model.columns import columns
from api.model.declaration import Kind
from api.model.kinds import KINDS
from api.model.links import CorrectionRecord
from api.model.tables import Correction
from api.params.base import Params
from api.params.lists import RecordParams
from api.problems import Fault, Problem
from api.records.includes import include
from api.records.lists import enveloped, reading
from api.records.presentation import present, records_by_id
from api.records.reader import Reader, Record, by_id
from api.request import Body, SnapshotRequest

BY_PLURAL = {kind.plural: kind for kind in KINDS.values()}
CORRECTION, CORRECTED = columns(Correction), columns(CorrectionRecord)


def one_record(request: SnapshotRequest, params: Params, kind: Kind, id: str) -> Body:
    """A record with what is included."""
    with reading(request) as reader:
        record = the_record(request, reader, kind, id)
        include(reader, kind, [record], params.include if isinstance(params, RecordParams) else ())
    return enveloped(request, record)


def one_annotation(request: SnapshotRequest, params: Params, plural: str, id: str) -> Body:  # noqa: ARG001
    """A record as a W3C annotation."""
    kind = BY_PLURAL.get(plural)
    if kind is None or kind.annotation is None:
        raise Problem("not-found", f"no {plural!r:.40} have annotations")
    with reading(request) as reader:
        record = the_record(request, reader, kind, id)
        include(reader, kind, [record], kind.annotation.ends)
    return Body(annotation_document(request.settings.public_url, record))


def one_citation(request: SnapshotRequest, params: Params, plural: str, id: str) -> Body:  # noqa: ARG001
    """How to cite a record, in the form that the path names."""
    kind = BY_PLURAL.get(plural)
    if kind is None or not kind.citable:
        raise Problem("not-found", f"no {plural!r:.40} have citations")
    with reading(request) as reader:
        cited = citation_of(request, reader, kind, the_record(request, reader, kind, id))
    content: Any = WRITERS[request.form.name](cited)
    return Body(content, filename=id + request.form.suffix)


def citation_of(request: SnapshotRequest, reader: Reader, kind: Kind, record: Record) -> Citation:
    documents = records_by_id(reader, KINDS["document"], [record["document"]])
    section: str = record["id"] if kind.name == "section" else record.get("section", "")
    sections = records_by_id(reader, KINDS["section"], [section] if section else [])
    url = iri(request.settings.public_url, kind.name, record["id"])
    return citation(record, documents[record["document"]], sections.get(section), url, request.snapshot.id)


def the_record(request: SnapshotRequest, reader: Reader, kind: Kind, id: str) -> Record:
    """Raises Problem where there is no record of the id."""
    rows = by_id(reader, kind, [id], whole=True)
    if not rows:
        raise absent(request, reader, kind, id)
    return present(reader, kind, rows)[0]


def absent(request: SnapshotRequest, reader: Reader, kind: Kind, id: str) -> Problem:
    """The 404 of an id that no record has, with the nearest id and the correction that removed the record."""
    near = request.snapshot.ids.unknown(kind.name, [id]).get(id)
    detail = f"there is no {kind.name} of this id"
    statement = (
        select(CORRECTION.id, CORRECTION.date, CORRECTION.what, CORRECTION.why)
        .join_from(CORRECTED.record.table, CORRECTION.id.table, CORRECTION.sequence == CORRECTED.correction)
        .where(CORRECTED.record == id, CORRECTED.record_kind == kind.name)
        .order_by(CORRECTION.date.desc(), CORRECTION.id)
        .limit(1)
    )
    members: dict[str, Any] = {}
    for row in reader.rows(statement):
        detail = f"this {kind.name} is gone; correction {row.id} says why"
        href = request.href(f"/v1/corrections/{row.id}")
        members["gone"] = {"correction": row.id, "date": row.date, "what": row.what, "why": row.why, "href": href}
    fault = Fault("not-found", "id", detail, request.snapshot.ids.all_of(kind.name), near)
    return Problem("not-found", detail, (fault,), members=members)
