"""Files: the whole result of a query, or its first records, streamed in batches."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import MISSING

from api.model.declaration import Kind
from api.params.filters import selection
from api.params.lists import FileParams
from api.records.conditions import shape_of
from api.records.lists import question, reading, sort_of
from api.records.paging import is_stored, order, step
from api.records.presentation import columns_of, present, records_by_id, records_by_sequence, references_of
from api.records.reader import Reader, Record
from api.request import Body, SnapshotRequest

LONGER = 10  # times as much as others are records with what lists leave out
MOST_RANKED = 10_000  # records up to which a file with `q` is best first


def records_file(request: SnapshotRequest, params: FileParams, kind: Kind) -> Body:
    """A file of a list, in the form that the path names."""
    columns = expanded(kind, params.fields) if request.form.has_columns else params.fields
    return _file(request, kind.plural, columns, _batches(request, params, kind))


def windowed_file(
    request: SnapshotRequest,
    params: Any,
    name: str,
    columns: Sequence[str],
    read: Callable[[int, int], list[Record]],
) -> Body:
    """A file of what `read(offset, limit)` returns, in the form that the path names.

    `params.fields` are its columns, in their order; without them a form that has columns writes all `columns`.
    """
    fields = params.fields or (columns if request.form.has_columns else ())
    most = None if params.limit is MISSING else params.limit
    return _file(request, name, fields, _read(read, request.settings.batch_records, most))


def _file(request: SnapshotRequest, name: str, columns: Sequence[str], batches: Iterator[list[Record]]) -> Body:
    assert request.form.write is not None
    return Body(_written(partial(request.form.write, columns), batches), filename=filename(request, name))


def filename(request: SnapshotRequest, name: str) -> str:
    return f"{name}-{request.snapshot.id}{request.form.suffix}"


def expanded(kind: Kind, fields: Sequence[str]) -> Sequence[str]:
    """The dotted columns that `fields` stand for, in their order; all of them where there are none."""
    columns = columns_of(kind)
    if not fields:
        return columns
    return [
        column
        for field in fields
        for column in ([each for each in columns if each == field or each.startswith(field + ".")] or [field])
    ]


def _read(read: Callable[[int, int], list[Record]], batch: int, most: int | None) -> Iterator[list[Record]]:
    offset = 0
    while True:
        records = read(offset, batch if most is None else min(batch, most - offset))
        number = len(records)
        if records:
            yield records
        offset += number
        if number < batch or offset == most:
            return


def _written(write: Any, batches: Iterator[list[Record]]) -> Iterator[bytes]:
    """The records of a batch are let go before its bytes are sent: a slow reader holds none of them."""
    header = True
    for records in batches:
        content = write(records, header)
        records.clear()
        yield content
        header = False
    if header and (line := write([], header)):
        yield line


def _batches(request: SnapshotRequest, params: FileParams, kind: Kind) -> Iterator[list[Record]]:
    """Each batch has a session of its own: a slow reader holds none."""
    most = None if params.limit is MISSING else params.limit
    steps = _steps(kind, params.fields)
    left = most
    for fetch in _fetches(request, params, kind, most):
        with reading(request) as reader:
            records = fetch(reader)
            records = records if left is None else records[:left]
            _add_steps(reader, kind, steps, records)
        left = left and left - len(records)
        if records:
            yield records
        if left == 0:
            return


def _fetches(request: SnapshotRequest, params: FileParams, kind: Kind, most: int | None) -> Iterator[Any]:
    """Functions that read the next batch each."""
    sort = sort_of(params)
    batch = request.settings.batch_records
    if kind.unlisted:  # they are long
        batch = max(1, batch // LONGER)
    has_q = getattr(params, "q", MISSING) is not MISSING
    if not has_q and is_stored(sort):
        yield from _stored(kind, params, sort, batch)
    elif sort is not None or (most is not None and most <= MOST_RANKED):
        yield from _ranked(request, params, kind, sort, batch, most)
    else:
        yield from _windows(request, params, kind, batch)


def _stored(kind: Kind, params: FileParams, sort: str | None, batch: int) -> Iterator[Any]:
    """In stored order, each batch beyond the last record of the one before."""
    column, descending = order(kind, sort)
    shape, values = shape_of(kind, selection(params, kind))
    key: int | None = None
    ended = False

    def fetch(reader: Reader) -> list[Record]:
        nonlocal key, ended
        statement = step(kind, shape, column, descending, key is not None, True)
        rows = reader.rows(statement, **values, key=key, most=batch, before=0)
        ended = len(rows) < batch
        key = getattr(rows[-1], column.key) if rows else key
        return present(reader, kind, rows)

    while not ended:
        yield fetch


def _ranked(
    request: SnapshotRequest, params: FileParams, kind: Kind, sort: str | None, batch: int, most: int | None
) -> Iterator[Any]:
    """In the index's order, some thousands of places at a time."""
    offset, window = 0, 10 * batch
    while True:
        limit = window if most is None else min(window, most - offset)
        hits = request.snapshot.index.ask(question(kind, params, sort=sort, limit=limit, offset=offset)).hits
        sequences = [hit.sequence for hit in hits]
        del hits  # while the reader takes what is made of them
        yield from _of_sequences(kind, sequences, batch)
        offset += len(sequences)
        if not sequences or offset == most:
            return


def _windows(request: SnapshotRequest, params: FileParams, kind: Kind, batch: int) -> Iterator[Any]:
    """Whatever matches `q`, in document order, a window of sequences at a time."""
    size = 10 * batch
    for low in range(1, request.snapshot.counts[kind.plural] + 1, size):
        window = question(kind, params, sort="position", limit=size, sequence_range=(low, low + size - 1))
        sequences = [hit.sequence for hit in request.snapshot.index.ask(window).hits]
        yield from _of_sequences(kind, sequences, batch)


def _of_sequences(kind: Kind, sequences: Sequence[int], batch: int) -> Iterator[Any]:
    for start in range(0, len(sequences), batch):
        wanted = sequences[start : start + batch]

        def fetch(reader: Reader, wanted: Sequence[int] = wanted) -> list[Record]:
            records = records_by_sequence(reader, kind, wanted, whole=True)
            return [records[sequence] for sequence in wanted]

        yield fetch


def _steps(kind: Kind, fields: Sequence[str]) -> dict[str, list[str]]:
    """The single references that the fields go along, with what they read there: `statement` of `from.statement`."""
    steps: dict[str, list[str]] = {}
    for field in fields:
        reference, dot, column = field.partition(".")
        if dot and reference in references_of(kind):
            steps.setdefault(reference, []).append(column)
    return steps


def _add_steps(reader: Reader, kind: Kind, steps: Mapping[str, Sequence[str]], records: Sequence[Record]) -> None:
    """Puts fields of related records under their dotted names."""
    for reference, columns in steps.items():
        other = references_of(kind)[reference]
        whole = not set(columns).isdisjoint(other.unlisted)
        related = records_by_id(reader, other, {record[reference] for record in records} - {None}, whole)
        for record in records:
            values = related.get(record[reference], {})
            record |= {f"{reference}.{column}": values.get(column) for column in columns}
