"""A selection as clauses of a query: filters, ids, days, and a range of the default order.

A null and an empty list are indexed as the value `none`, so that `none` is a value like any other, and excluding values
includes the records that have none.
"""

from tantivy import FieldType, Occur, Query, Schema

from api.model.declaration import Kind
from api.model.selection import Condition, Days
from api.search.question import Question
from api.search.schema import day_number

Clauses = list[tuple[Occur, Query]]


def selecting(schema: Schema, kind: Kind, question: Question) -> Clauses | None:
    """What a kind's records must and must not be; None where no record of the kind can match."""
    selection = question.selection
    clauses: Clauses = []
    for name, condition in selection.filters.items():
        if name == "kind":
            continue
        if name in kind.index_filters:
            clauses += _filtered(schema, name, condition)
        elif condition.any or condition.all:
            return None
    if selection.ids:
        clauses.append((Occur.Must, _unscored(Query.term_set_query(schema, "id", list(selection.ids)))))
    if selection.days is not None and (selection.days.first or selection.days.last):
        if kind.period is None:
            return None
        clauses += _dated(schema, selection.days)
    if question.sequence_range is not None:
        clauses.append((Occur.Must, _within(schema, "sequence", *question.sequence_range)))
    return clauses


def _filtered(schema: Schema, name: str, condition: Condition) -> Clauses:
    clauses: Clauses = []
    if condition.any:
        clauses.append((Occur.Must, _unscored(Query.term_set_query(schema, name, list(condition.any)))))
    clauses += [(Occur.Must, _unscored(Query.term_query(schema, name, value, "basic"))) for value in condition.all]
    if condition.excluded:
        clauses.append((Occur.MustNot, Query.term_set_query(schema, name, list(condition.excluded))))
    return clauses


def _dated(schema: Schema, days: Days) -> Clauses:
    """An absent bound of a record's period is open; a period without bounds overlaps nothing."""
    first = day_number(days.first) if days.first else None
    last = day_number(days.last) if days.last else None
    clauses: Clauses = []
    if days.certain:
        if first is not None:
            clauses.append((Occur.Must, _within(schema, "earliest", first, None)))
        if last is not None:
            clauses.append((Occur.Must, _within(schema, "latest", None, last)))
        return clauses
    bounded = [(Occur.Should, Query.exists_query(name)) for name in ("earliest", "latest")]
    clauses.append((Occur.Must, _unscored(Query.boolean_query(bounded))))
    if last is not None:
        clauses.append((Occur.MustNot, _within(schema, "earliest", last + 1, None)))
    if first is not None:
        clauses.append((Occur.MustNot, _within(schema, "latest", None, first - 1)))
    return clauses


def _within(schema: Schema, name: str, low: int | None, high: int | None) -> Query:
    return _unscored(Query.range_query(schema, name, FieldType.Integer, low, high))


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
