"""Every place in the texts that names an actor or a place."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select

from api.model.columns import columns
from api.model.declaration import Kind
from api.model.tables import Document, Section
from api.records.named import LINKS
from api.records.reader import Reader, Record
from api.search.mentions import mentions

DOCUMENT, SECTION = columns(Document), columns(Section)
CONTEXT = 32  # code points of prefix and suffix


def mention_counts(reader: Reader, kind: Kind, id: str, documents: Sequence[str]) -> list[tuple[str, int]]:
    """(document, number of mentions) of the documents that name the record, in their order."""
    link = columns(LINKS[kind.name][0])
    statement = select(link.document, link.mention_count).where(link[kind.name] == id).order_by(link.document)
    if documents:
        statement = statement.where(link.document.in_(documents))
    return [(row.document, row.mention_count) for row in reader.rows(statement)]


def mention_page(
    reader: Reader, kind: Kind, id: str, counts: Sequence[tuple[str, int]], offset: int, limit: int
) -> list[Record]:
    """The mentions [offset, offset + limit), by document and place. Only texts that hold some of them are read."""
    page: list[Record] = []
    for document, count in counts:
        if offset >= count:
            offset -= count
            continue
        page += islice(_in_document(reader, kind, id, document), offset, offset + limit - len(page))
        offset = 0
        if len(page) >= limit:
            break
    return page


def _in_document(reader: Reader, kind: Kind, id: str, document: str) -> Iterator[Record]:
    text = str(reader.rows(select(DOCUMENT.text).where(DOCUMENT.id == document))[0][0])
    link = columns(LINKS[kind.name][1])
    names: dict[str, list[str]] = {}
    for row in reader.rows(select(link[kind.name].label("owner"), link.name).where(link.document == document)):
        names.setdefault(row.owner, []).append(row.name)
    leaves = _leaves(reader, document)
    starts = [start for start, _ in leaves]
    wide = [] if text.isascii() else [at for at, char in enumerate(text) if char > "\uffff"]
    for start, end, ids in mentions(text, names):
        if id in ids:
            yield {
                "document": document,
                "section": leaves[bisect_right(starts, start) - 1][1],
                "quote": text[start:end],
                "start": start,
                "end": end,
                "utf16": {"start": start + bisect_right(wide, start - 1), "end": end + bisect_right(wide, end - 1)},
                "prefix": text[max(0, start - CONTEXT) : start],
                "suffix": text[end : end + CONTEXT],
                "href": f"{reader.root}/v1/documents/{document}/spans?end={end}&start={start}",
            }


def _leaves(reader: Reader, document: str) -> list[tuple[int, str]]:
    """(start, id) of the leaf sections of a document."""
    statement = select(SECTION.id, SECTION.parent, SECTION.start).where(SECTION.document == document)
    rows: Sequence[Any] = reader.rows(statement)
    parents = {row.parent for row in rows}
    return sorted((row.start, row.id) for row in rows if row.id not in parents)
