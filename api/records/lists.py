"""What every list shares: the questions, paging, facets, includes, and the page."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from sqlalchemy import Select

from api import search
from api.formats.annotations import annotation, annotation_page
from api.formats.files import STREAMED, chosen, csv_rows, json_lines
from api.params.accepts import Flag, Reference, Whole, Words, is_id
from api.params.questions import Questions, canonical, impossible
from api.problems import Fault, Problem
from api.records import cursors
from api.records.highlights import highlights
from api.records.includes import include
from api.records.shapes import Kind, Reader, Record
from api.request import Asked, Body, one

BATCH = 1000  # rows of a stream held at once

Ids = Annotated[tuple[str, ...], Field(max_length=100)]


ADDED = ("facets", "include", "highlight")
PLACELESS = {
    "json": ("fields",),
    "jsonld": ("fields", *ADDED),
    **dict.fromkeys(STREAMED, ("limit", "cursor", "offset", *ADDED)),
}
WHY = {
    "json": "it goes with csv and jsonl",
    "jsonld": "an annotation has no place for it",
    **dict.fromkeys(STREAMED, "a file is the whole answer, never a page"),
}


class RecordQuestions(Questions):
    """What a single record may be asked; a resource adds `include` and `format`."""

    def refused(self, format: str) -> list[Fault]:
        include = format == "jsonld" and "include" in self.model_fields_set
        return (
            [Fault("invalid-value", "include", f"include does not go with jsonld: {WHY['jsonld']}")] if include else []
        )


class PagedQuestions(Questions):
    limit: Annotated[int, Whole(1, 100), Field(description="Records on a page.")] = 25
    cursor: Annotated[
        str | None, cursors.Cursor(), Field(description="From links.next or links.prev of the same question.")
    ] = None
    offset: Annotated[int, Whole(0, 10_000), Field(description="Records to pass over; instead of cursor.")] = 0

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.cursor is not None and "offset" in self.model_fields_set:
            raise impossible("offset", "cursor and offset exclude each other")
        return self

    def misplaced(self, asked: Asked) -> list[Fault]:
        try:
            cursors.read(asked, self)
        except Problem as problem:
            return [*super().misplaced(asked), *problem.faults]
        return super().misplaced(asked)


class ListQuestions(PagedQuestions):
    """What every list may be asked; a resource adds its filters, and closes the sets."""

    document: Annotated[
        Ids, Reference("document"), Field(description="Of these documents.", examples=["karabakh"])
    ] = ()

    def refused(self, format: str) -> list[Fault]:
        """What a format has no place for: pages and what is added to them in a file, `fields` anywhere else."""
        given = [
            Fault("invalid-value", name, f"{name} does not go with {format}: {WHY[format]}")
            for name in PLACELESS[format]
            if name in self.model_fields_set
        ]
        if format == "json" and getattr(self, "highlight", False) and getattr(self, "q", None) is None:
            given.append(Fault("invalid-value", "highlight", "highlight needs q"))
        return given


class SearchedQuestions(ListQuestions):
    q: Annotated[
        str | None, Words(), Field(description='Words, any of them; "a phrase", -without, pre*. Best first.')
    ] = None
    highlight: Annotated[bool, Flag(), Field(description="Adds the ranges that match q.")] = False


def list_of(asked: Asked, kind: Kind, question: ListQuestions, statement: Select[Any]) -> Body:
    """The answer to a list in whatever format was asked for; `statement` selects the kind's columns, filtered."""
    if asked.format in STREAMED:
        return Body(
            _stream(asked, kind, question, statement), filename=f"{kind.plural}-{asked.snapshot.id}.{asked.format}"
        )
    return page(asked, kind, question, statement)


def record_of(asked: Asked, kind: Kind, id: str, question: RecordQuestions) -> Body:
    with asked.reading() as reader:
        found = kind.by_id(reader, [id] if is_id(id) else [])
        if id not in found:
            raise Problem("not-found", f"there is no {kind.name} of this id")
        record = found[id]
        if asked.format == "jsonld":
            return Body(annotation(asked, record))
        include(reader, kind, [record], getattr(question, "include", ()))
    return one(asked, record)


def lookup(kind: Kind, question: ListQuestions, **changes: Any) -> search.Question:
    """The same question, put to the index."""
    values = {name: getattr(question, name if name != "from" else "from_", ()) for name in (*kind.filters, "id")}
    known: dict[str, Any] = {
        "kinds": (kind.name,),
        "q": getattr(question, "q", None),
        "filters": {name: _texts(value) for name, value in values.items() if value not in ((), None)},
        "date_from": None,
        "date_to": None,
        "date_match": "possible",
        "sort": None,
        "limit": 0,
        "offset": 0,
        "facets": (),
        "sequence_range": None,
    }
    if hasattr(question, "date_bounds"):
        known |= question.date_bounds()
    known |= changes
    known["sort"] = known["sort"] and known["sort"].replace("position", "sequence")
    return search.Question(**known)


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return tuple(str(item) for item in value) if isinstance(value, tuple) else (str(value),)


def page(asked: Asked, kind: Kind, question: ListQuestions, statement: Select[Any]) -> Body:
    facets: tuple[str, ...] = getattr(question, "facets", ())
    place = cursors.read(asked, question)
    sort = getattr(question, "sort", None)
    words = getattr(question, "q", None)
    with asked.reading() as reader:
        if words is not None or (sort and sort.lstrip("-") not in cursors.KEYSET):
            start, limit = place.window(question)
            found = asked.snapshot.index.ask(
                lookup(kind, question, sort=sort, limit=limit, offset=start, facets=facets)
            )
            records = _ranked(reader, kind, found)
            before, after = cursors.ranked(asked, question, start, start + len(found.hits), found.total)
        else:
            found = _counted(asked, kind, question, facets)
            rows, before, after = cursors.keyset(asked, question, kind, statement, place, reader)
            before = before if found.total else None
            records = kind.present(reader, rows)
        include(reader, kind, records, getattr(question, "include", ()))
    if getattr(question, "highlight", False):
        for record in records:
            record["highlights"] = highlights(asked.snapshot.index, found.terms, record)
    first = asked.href(canonical(asked.path, question, cursor=None, offset=None))
    links = {"self": asked.href(asked.question), "first": first, "next": after, "prev": before}
    meta: Record = {"total": found.total, "limit": question.limit, "snapshot": asked.snapshot.id}
    if found.corrected:
        meta["corrected"] = [{"from": old, "to": new} for old, new in found.corrected]
    headers = [("first", first), ("next", after), ("prev", before)]
    if asked.format == "jsonld":
        return Body(annotation_page(asked, records, meta, links), [(rel, href) for rel, href in headers if href])
    content: Record = {"data": records, "meta": meta}
    if facets:
        content["facets"] = {name: facet(asked, question, name, found.facets[name]) for name in sorted(facets)}
    return Body(content | {"links": links}, [(rel, href) for rel, href in headers if href])


def facet(asked: Asked, question: Questions, name: str, counts: Sequence[tuple[str, int]]) -> list[Record]:
    chosen = getattr(question, name, None)
    selected = () if chosen in (None, ()) else _texts(chosen)
    return [
        {
            "value": value,
            "count": count,
            "selected": value in selected,
            "href": asked.href(canonical(asked.path, question, **{name: value}, cursor=None, offset=None)),
        }
        for value, count in counts
    ]


def _counted(asked: Asked, kind: Kind, question: ListQuestions, facets: tuple[str, ...]) -> search.Answer:
    """Total and facets, remembered for the snapshot: they do not change between two pages of a walk."""
    key = (
        "counted",
        canonical(
            kind.path, question, cursor=None, offset=None, limit=None, include=None, sort=None, fields=None, format=None
        ),
    )
    remembered = asked.snapshot.remembered
    if key not in remembered:
        if len(remembered) > 10_000:
            remembered.clear()
        index = asked.snapshot.index
        counts = index.ask(lookup(kind, question, facets=facets)).facets if facets else {}
        remembered[key] = search.Answer(index.count(lookup(kind, question)), [], counts, [], search.Terms())
    answer: search.Answer = remembered[key]
    return answer


def _ranked(reader: Reader, kind: Kind, found: search.Answer) -> list[Record]:
    by_sequence = kind.by_sequence(reader, [hit.sequence for hit in found.hits])
    return [by_sequence[hit.sequence] for hit in found.hits]


def _stream(asked: Asked, kind: Kind, question: ListQuestions, statement: Select[Any]) -> Iterator[bytes]:
    """The whole answer in batches, each with a connection of its own: a slow reader holds none."""
    fields: tuple[str, ...] = getattr(question, "fields", ())
    names = chosen(kind.shape, fields)
    first = True
    for records in _batches(asked, kind, question, statement):
        yield csv_rows(names, records, header=first) if asked.format == "csv" else json_lines(fields, records)
        first = False
    if first and asked.format == "csv":
        yield csv_rows(names, (), header=True)


def _batches(asked: Asked, kind: Kind, question: ListQuestions, statement: Select[Any]) -> Iterator[list[Record]]:
    sort = getattr(question, "sort", None)
    words = getattr(question, "q", None)
    if words is None and (sort is None or sort.lstrip("-") in cursors.KEYSET):
        column, descending = cursors.order(kind, sort)
        last: int | None = None
        while True:
            step = statement.order_by(column.desc() if descending else column).limit(BATCH)
            if last is not None:
                step = step.where(column < last if descending else column > last)
            with asked.reading() as reader:
                rows = reader.rows(step)
                records = kind.present(reader, rows)
            if records:
                yield records
            if len(rows) < BATCH:
                return
            last = rows[-1][1 if column.name == "rank" else 0]
    elif sort is None:
        yield from _windows(asked, kind, question)
    else:
        offset = 0
        while hits := asked.snapshot.index.ask(lookup(kind, question, sort=sort, limit=BATCH * 10, offset=offset)).hits:
            for start in range(0, len(hits), BATCH):
                with asked.reading() as reader:
                    found = kind.by_sequence(reader, [hit.sequence for hit in hits[start : start + BATCH]])
                yield [found[hit.sequence] for hit in hits[start : start + BATCH]]
            offset += len(hits)


def _windows(asked: Asked, kind: Kind, question: ListQuestions) -> Iterator[list[Record]]:
    """What matches q, in document order, a window of sequences at a time."""
    size = BATCH * 10
    for low in range(1, asked.snapshot.counts[kind.plural] + 1, size):
        window = lookup(kind, question, sort="position", limit=size, sequence_range=(low, low + size - 1))
        hits = asked.snapshot.index.ask(window).hits
        for start in range(0, len(hits), BATCH):
            with asked.reading() as reader:
                found = kind.by_sequence(reader, [hit.sequence for hit in hits[start : start + BATCH]])
            yield [found[hit.sequence] for hit in hits[start : start + BATCH]]
