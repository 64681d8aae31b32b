"""Lists: which records a query selects, in which order, and the page or the file that they make.

SQL gives the rows in stored order. The text index gives totals and facets, and everything under `q` or another sort.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import MISSING

from api import search
from api.formats.annotations import annotation_page
from api.model.declaration import Kind
from api.params.base import canonical
from api.params.cursors import Cursor
from api.params.filters import selection
from api.params.lists import AnnotationPageParams, BareListParams, PageParams
from api.records.facets import facets
from api.records.highlights import add_highlights
from api.records.includes import include
from api.records.paging import is_stored, page_rows, window_cursors
from api.records.presentation import present, records_by_sequence
from api.records.reader import Reader, Record
from api.request import Body, SnapshotRequest

FIRST = {"cursor": None, "offset": None}
REMEMBERED = 10_000  # totals and facets of a snapshot


def question(kind: Kind, params: Any, **more: Any) -> search.Question:
    """The query as the index takes it."""
    q = getattr(params, "q", MISSING)
    return search.Question(kinds=(kind.name,), q=None if q is MISSING else q, selection=selection(params, kind), **more)


def sort_of(params: Any) -> str | None:
    sort = getattr(params, "sort", MISSING)
    return None if sort is MISSING else str(sort)


def records_page(
    request: SnapshotRequest,
    params: BareListParams,
    kind: Kind,
    names: tuple[str, ...] = (),
    *,
    highlight: bool = False,
) -> Body:
    """A page of a list as JSON, with the facets `names` where the parameters ask for none."""
    with reading(request) as reader:
        records, answer, before, after = _page(request, params, kind, reader, params.facets or names)
        include(reader, kind, records, getattr(params, "include", ()))
    if getattr(params, "highlight", False) or (highlight and answer.terms):
        add_highlights(request.snapshot.index, answer.terms, records)
    return page_body(request, params, records, answer, before, after)


def annotations_page(request: SnapshotRequest, params: AnnotationPageParams, kind: Kind) -> Body:
    """A page of a list as W3C annotations."""
    with reading(request) as reader:
        records, answer, before, after = _page(request, params, kind, reader, ())
        include(reader, kind, records, kind.annotation.ends if kind.annotation else ())
    body = page_body(request, params, records, answer, before, after)
    assert isinstance(body.content, dict)
    content = annotation_page(request.settings.public_url, request.root, body.content)
    return Body(content, body.links)


def _page(
    request: SnapshotRequest, params: Any, kind: Kind, reader: Reader, names: tuple[str, ...]
) -> tuple[list[Record], search.Answer, Cursor | None, Cursor | None]:
    """The records of a page, the index's answer, and the cursors of the pages before and after."""
    cursor = request.cursor(params)
    sort = sort_of(params)
    index = request.snapshot.index
    if getattr(params, "q", MISSING) is MISSING and is_stored(sort):
        answer = _counted(request, kind, params, names)
        if not params.limit:
            return [], answer, None, None
        rows, before, after = page_rows(
            reader, kind, selection(params, kind), sort, cursor, params.limit, params.offset
        )
        return present(reader, kind, rows), answer, before if answer.total else None, after
    start, limit = cursor.window(params.offset, params.limit)
    answer = index.ask(question(kind, params, sort=sort, limit=limit, offset=start, facets=names))
    by_sequence = records_by_sequence(reader, kind, [hit.sequence for hit in answer.hits])
    records = [by_sequence[hit.sequence] for hit in answer.hits]
    before, after = window_cursors(start, start + len(records), answer.total, params.limit)
    return records, answer, before, after


def page_body(
    request: SnapshotRequest,
    params: PageParams,
    records: Sequence[Record],
    answer: search.Answer,
    before: Cursor | None,
    after: Cursor | None,
) -> Body:
    """The envelope of a page."""
    cursors = {"next": request.cursor_text(params, after), "prev": request.cursor_text(params, before)}
    meta: Record = {
        "total": answer.total,
        "limit": params.limit,
        "snapshot": request.snapshot.id,
        "next_cursor": cursors["next"],
        "prev_cursor": cursors["prev"],
    }
    if answer.corrected:
        meta["corrected"] = [{"from": old, "to": new} for old, new in answer.corrected]
    if answer.more_facets:
        meta["facets_more"] = sorted(answer.more_facets)
    placed = getattr(params, "cursor", MISSING) is not MISSING or params.offset
    first = request.href(canonical(request.path, params, **FIRST) if placed else request.query)
    links = {"self": request.href(request.query), "first": first} | {
        name: cursor and request.href(canonical(request.path, params, cursor=cursor, offset=None))
        for name, cursor in cursors.items()
    }
    content: Record = {"data": records, "meta": meta}
    if answer.facets:
        content["facets"] = facets(request, params, answer.facets)
    named = [(name, href) for name, href in links.items() if href and name != "self"]
    return Body(content | {"links": links}, named)


def window_page(
    request: SnapshotRequest, params: PageParams, records: Sequence[Record], answer: search.Answer, offset: int
) -> Body:
    """The page of the records at `offset` of what the answer counts."""
    cursors = window_cursors(offset, offset + len(records), answer.total, params.limit)
    return page_body(request, params, records, answer, *cursors)


def _counted(request: SnapshotRequest, kind: Kind, params: Any, names: tuple[str, ...]) -> search.Answer:
    """Total and facets, remembered for the snapshot: they do not change between two pages of a walk."""
    key = ("counted", request.walk(params), names)
    remembered = request.snapshot.remembered
    if key not in remembered:
        if len(remembered) > REMEMBERED:
            remembered.clear()
        index = request.snapshot.index
        query = question(kind, params, facets=names, limit=0)
        remembered[key] = index.ask(query) if names else search.Answer(index.count(query))
    answer: search.Answer = remembered[key]
    return answer


@contextmanager
def reading(request: SnapshotRequest) -> Iterator[Reader]:
    """`with reading(request) as reader`: a session on the snapshot for as long as it takes."""
    with request.snapshot.database.session() as session:
        yield Reader(session, request.root)


def enveloped(request: SnapshotRequest, data: Any, **meta: Any) -> Body:
    """A response that is no page."""
    meta["snapshot"] = request.snapshot_id
    return Body({"data": data, "meta": meta, "links": {"self": request.href(request.query)}})
