"""A selection as SQL. The statement is built once for each set of filters, and run with other values."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from api.content.statements import among
from api.model.declaration import NONE, Filter, Kind, ManyValues, OneValue
from api.model.selection import Days, Selection
from api.records.reader import every


class Part(NamedTuple):
    """One condition without its values: what the statement is built from."""

    filter: str
    operator: str  # any, all or excluded
    none: bool  # whether null and empty count
    number: int  # of other values: 0, 1 or 2 for several


Shape = tuple[Part, ...]


def shape_of(kind: Kind, selection: Selection) -> tuple[Shape, dict[str, Any]]:
    """What the selection's statement is built from, and the values that it is run with."""
    parts: list[Part] = []
    values: dict[str, Any] = {}
    if selection.ids:
        parts.append(Part("id", "any", none=False, number=2))
        values["id_any"] = list(selection.ids)
    for name, condition in selection.filters.items():
        each = kind.filters[name]
        for operator, texts in (("any", condition.any), ("all", condition.all), ("excluded", condition.excluded)):
            if not texts:
                continue
            nullable = each.nullable and not _is_word(each)
            wanted = [_value(each, text) for text in texts if not (nullable and text == NONE)]
            number = 2 if operator == "all" and wanted else min(len(wanted), 2)
            parts.append(Part(name, operator, nullable and NONE in texts, number))
            parameter = f"{name}_{operator}"
            if number:
                values[parameter] = wanted[0] if number == 1 else wanted
            if operator == "all":
                values[f"{parameter}_number"] = len(set(wanted))
    if selection.days is not None:
        parts.append(_period_part(selection.days))
        values |= {f"days_{name}": day for name in ("first", "last") if (day := getattr(selection.days, name))}
    return tuple(parts), values


def _is_word(each: Filter) -> bool:
    """Whether `none` is a value of the filter's own vocabulary."""
    return isinstance(each, OneValue) and not each.nullable


def _value(each: Filter, text: str) -> Any:
    column = each.column if isinstance(each, OneValue) else each.value
    python_type = column.type.python_type
    if python_type is bool:
        return text == "true"
    return int(text) if python_type is int else text


def _period_part(days: Days) -> Part:
    bounds = "".join(name for name in ("first", "last") if getattr(days, name))
    return Part("days", f"{'certain' if days.certain else 'possible'}_{bounds}", none=False, number=0)


@lru_cache(maxsize=2000)
def selected(kind: Kind, shape: Shape, whole: bool = False) -> Select[*tuple[Any, ...]]:
    """The records of a kind that the selection's shape describes; its values are parameters."""
    statement = every(kind, whole)
    joined = _joined(kind, shape)
    for part in shape:
        if joined and part == joined[0]:
            link = joined[1]
            statement = statement.join(link.owner.table, link.owner == kind.table.c.sequence)
            statement = statement.where(link.value == bindparam(f"{part.filter}_any"))
        else:
            statement = statement.where(_condition(kind, part))
    return statement


def ordering(kind: Kind, shape: Shape, column: Column[Any]) -> Column[Any]:
    """The column to order the selected records by: `column`, or one that is equal to it.

    SQLite does not see that a joined table is read in the order of `sequence`, and would sort everything that it joins.
    Beside other conditions it may begin with another index, which is in the order of `sequence` itself.
    """
    joined = _joined(kind, shape) if len(shape) == 1 and column is kind.table.c.sequence else None
    if joined is None:
        return column
    owner: Column[Any] = joined[1].owner
    return owner


def _joined(kind: Kind, shape: Shape) -> tuple[Part, ManyValues] | None:
    """The condition whose link table is joined, so that its index gives the records in their order."""
    for part in shape:
        each = kind.filters.get(part.filter)
        if isinstance(each, ManyValues) and _is_one_value(part) and _is_joinable(each):
            return part, each
    return None


def _is_joinable(each: ManyValues) -> bool:
    """Whether a join reads each record once, in the order of an index: a correction may name many records of a kind."""
    table = each.owner.table
    if each.key != "sequence" or not isinstance(table, Table):
        return False
    unique = [list(index.columns) for index in table.indexes if index.unique]
    unique += [list(constraint.columns) for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    return [each.value, each.owner] in unique


def _is_one_value(part: Part) -> bool:
    return part.operator == "any" and part.number == 1 and not part.none


def _condition(kind: Kind, part: Part) -> ColumnElement[bool]:
    if part.filter == "id":
        return among(kind.table.c.id, "id_any")
    if part.filter == "days":
        return _within(kind, part)
    each = kind.filters[part.filter]
    parameter = f"{part.filter}_{part.operator}"
    if isinstance(each, OneValue):
        return _of_column(each.column, part, parameter)
    key = kind.table.c[each.key]
    if part.operator == "all":
        return _of_every(each, key, part, parameter)
    conditions: list[ColumnElement[bool]] = []
    if part.number:
        conditions.append(key.in_(select(each.owner).where(_equals(each.value, part, parameter))))
    if part.none:
        conditions.append(_none(each, key))
    condition = or_(*conditions)
    return not_(condition) if part.operator == "excluded" else condition


def _none(each: ManyValues, key: Any) -> ColumnElement[bool]:
    """No rows, or one whose value is null."""
    empty = ~select(literal(1)).where(each.owner == key).correlate(key.table).exists()
    return or_(empty, key.in_(select(each.owner).where(each.value.is_(None)))) if each.value.nullable else empty


def _of_every(each: ManyValues, key: Any, part: Part, parameter: str) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if part.number:
        number = (
            select(func.count(each.value.distinct()))
            .where(each.owner == key, among(each.value, parameter))
            .correlate(key.table)  # not the link table, which another condition may have joined
            .scalar_subquery()
        )
        conditions.append(number == bindparam(f"{parameter}_number", type_=Integer))
    if part.none:
        conditions.append(_none(each, key))
    return and_(*conditions)


def _of_column(column: Any, part: Part, parameter: str) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if part.number:
        conditions.append(_equals(column, part, parameter))
    if part.none:
        conditions.append(column.is_(None))
    condition = or_(*conditions)
    if part.operator != "excluded":
        return condition
    if column.nullable and not part.none:
        return or_(not_(condition), column.is_(None))  # NOT loses the nulls
    return not_(condition)


def _equals(column: Any, part: Part, parameter: str) -> Any:
    return column == bindparam(parameter) if part.number == 1 else among(column, parameter)


def _within(kind: Kind, part: Part) -> ColumnElement[bool]:
    """Records whose period overlaps the days, or certainly lies within; never one without any bound."""
    assert kind.period is not None
    certainty, _, bounds = part.operator.partition("_")
    earliest, latest = kind.period.earliest, kind.period.latest
    first: Any = bindparam("days_first")
    last: Any = bindparam("days_last")
    conditions: list[ColumnElement[bool]] = []
    if certainty == "certain":
        conditions += [earliest >= first] if "first" in bounds else []
        conditions += [latest <= last] if "last" in bounds else []
        return and_(true(), *conditions)
    conditions.append(or_(earliest.is_not(None), latest.is_not(None)))
    conditions += [or_(latest.is_(None), latest >= first)] if "first" in bounds else []
    conditions += [or_(earliest.is_(None), earliest <= last)] if "last" in bounds else []
    return and_(*conditions)
