"""Filters of a kind as query parameters: `x`, `x.not`, `x.all`, and the closed sets that the kind declares."""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import MISSING, Field
from pydantic.fields import FieldInfo

from api.model.declaration import Kind, ManyValues
from api.model.selection import Condition, Days, Selection
from api.params.base import Params, nested, text_of
from api.params.dates import bounds
from api.params.fields import Many, Refers


class ClosedParams(Params):
    """Parameters whose values are closed to what a kind declares.

    `class ClaimFilters(ClosedParams, filters=CLAIM)` declares the filters of a kind, one field each. It gets `x.not`
    for every filter x that takes ids or a closed set, and `x.all` for those over lists. Its subclasses get the values
    of `facets`, `by`, `include` and `sort` from the kind. `class ClaimRecordParams(ClosedParams, RecordParams,
    kind=CLAIM)` gets them without filters. `sets` closes other parameters.

    Raises RuntimeError where the fields and the kind do not have the same filters.
    """

    declared: ClassVar[Kind | None] = None

    def __init_subclass__(
        cls,
        *,
        filters: Kind | None = None,
        kind: Kind | None = None,
        negated: Collection[str] = (),
        over_lists: Collection[str] = (),
        sets: Mapping[str, tuple[str, ...]] | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        if filters is not None:
            _compare(cls, filters)
            negated = filters.filters
            over_lists = [name for name, each in filters.filters.items() if isinstance(each, ManyValues)]
        cls.declared = filters or kind or cls.declared
        _negate(cls, negated, over_lists)
        if cls.declared is not None and filters is None:
            _close(cls, _sets(cls.declared))
        _close(cls, sets or {})


def attribute_of(parameter: str) -> str:
    """The attribute of a parameter: `from` is a word of Python."""
    return "from_" if parameter == "from" else parameter


def _compare(model: type[Params], kind: Kind) -> None:
    declared = set(model.__annotations__)
    if missing := [name for name in kind.filters if attribute_of(name) not in declared]:
        raise RuntimeError(f"{model.__name__} has no parameter for {', '.join(missing)} of the kind {kind.name}")
    if extra := declared - set(map(attribute_of, kind.filters)) - {"id"}:
        raise RuntimeError(f"the kind {kind.name} has no filter for {', '.join(sorted(extra))} of {model.__name__}")


def _negate(model: type[Params], names: Iterable[str], over_lists: Collection[str]) -> None:
    for name in names:
        attribute = attribute_of(name)
        annotation = model.__annotations__[attribute]
        if not _negatable(annotation):
            continue
        meaning = vars(model)[attribute].description
        _declare(model, f"{attribute}_not", annotation, Field((), alias=f"{name}.not", description=f"Not: {meaning}"))
        if name in over_lists:
            every = Field((), alias=f"{name}.all", description=f"Every one at once: {meaning}")
            _declare(model, f"{attribute}_all", annotation, every)


def _negatable(annotation: Any) -> bool:
    """Whether the filter takes a list of ids or of values of a closed set."""
    parts = list(nested(annotation))
    closed = any(isinstance(part, type) and issubclass(part, Enum) for part in parts)
    return closed or any(isinstance(item, Refers) for part in parts for item in getattr(part, "__metadata__", ()))


def _sets(kind: Kind) -> dict[str, tuple[str, ...]]:
    filters = tuple(kind.filters)
    sorts = ("position", "id", *kind.sorts) if kind.has_position else ("id", *kind.sorts)
    signed = tuple(sign + name for name in sorts for sign in ("", "-"))
    return {"facets": filters, "by": filters, "include": tuple(kind.includes), "sort": signed}


def _close(model: type[Params], sets: Mapping[str, tuple[str, ...]]) -> None:
    """Closes attributes to sets of values; those that the model lacks are passed over."""
    for name, values in sets.items():
        field = _field(model, name)
        if field is None or not values:
            continue
        value: Any = Literal[values]
        if field.default is MISSING:
            _declare(model, name, value | MISSING, Field(MISSING, description=field.description))
        elif field.is_required():
            _declare(model, name, Many[value], Field(min_length=1, description=field.description))
        else:
            _declare(model, name, Many[value], Field((), alias=field.alias, description=field.description))


def _field(model: type[Params], name: str) -> FieldInfo | None:
    """The parameter as the class itself or one of its bases declares it."""
    own = vars(model).get(name)
    if isinstance(own, FieldInfo):
        return own
    inherited = (base.model_fields.get(name) for base in model.__mro__[1:] if issubclass(base, Params))
    return next((field for field in inherited if field is not None), None)


def _declare(model: type[Params], attribute: str, annotation: Any, field: Any) -> None:
    """A field of a class that pydantic has not yet read."""
    if "__annotations__" not in vars(model):
        model.__annotations__ = {}
    model.__annotations__[attribute] = annotation
    setattr(model, attribute, field)


def selection(params: Params, kind: Kind) -> Selection:
    """Which records the parameters select."""
    return Selection(texts(getattr(params, "id", ())), selected(params, tuple(kind.filters)), days(params))


def selected(params: Params, names: tuple[str, ...]) -> dict[str, Condition]:
    """What the parameters ask of each filter, as far as they do."""
    operators: dict[str, dict[str, tuple[str, ...]]] = {}
    places = _places(names)
    for attribute in params.model_fields_set:
        if (place := places.get(attribute)) and (values := texts(getattr(params, attribute))):
            operators.setdefault(place[0], {})[place[1]] = values
    return {name: Condition(**operators[name]) for name in names if name in operators}


@cache
def _places(names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Each attribute of a parameter model with its filter and its operator."""
    suffixes = (("", "any"), ("_all", "all"), ("_not", "excluded"))
    return {attribute_of(name) + suffix: (name, operator) for name in names for suffix, operator in suffixes}


def days(params: Params) -> Days | None:
    """The period that the parameters ask for; each date stands for its whole span."""
    first, last = (getattr(params, name, MISSING) for name in ("date_from", "date_to"))
    if first is MISSING and last is MISSING:
        return None
    return Days(
        None if first is MISSING else bounds(first)[0],
        None if last is MISSING else bounds(last)[1],
        certain=getattr(params, "date_match", "possible") == "certain",
    )


def texts(value: Any) -> tuple[str, ...]:
    """The values of a parameter as a filter takes them."""
    if value is MISSING:
        return ()
    return tuple(map(text_of, value)) if isinstance(value, tuple) else (text_of(value),)
