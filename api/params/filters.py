"""Filters of a kind as query parameters: `x`, `x.not`, `x.all`, and the closed sets that the kind declares."""

from collections.abc import Callable, Collection, Iterable
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar

from pydantic import MISSING, Field, create_model

from api.model.declaration import Kind, ManyValues
from api.model.selection import Condition, Days, Selection
from api.params.base import Params, is_list, nested, parameters, text_of
from api.params.dates import bounds
from api.params.fields import Many, Refers

P = TypeVar("P", bound=Params)


def attribute_of(parameter: str) -> str:
    """The attribute of a parameter: `from` is a word of Python."""
    return "from_" if parameter == "from" else parameter


def filters_of(kind: Kind) -> Callable[[type[P]], type[P]]:
    """Adds `x.not` to every closed or id-valued filter x, and `x.all` to those over lists.

    Raises RuntimeError where the model and the kind do not have the same filters.
    """

    def extended(model: type[P]) -> type[P]:
        known = parameters(model)
        if missing := [name for name in kind.filters if name not in known]:
            raise RuntimeError(f"{model.__name__} has no parameter for {', '.join(missing)} of the kind {kind.name}")
        periods = ("date_from", "date_to", "date_match") if kind.period else ()
        if extra := set(known) - set(kind.filters) - {"id", "snapshot", *periods}:
            raise RuntimeError(f"the kind {kind.name} has no filter for {', '.join(sorted(extra))} of {model.__name__}")
        lists = [name for name, each in kind.filters.items() if isinstance(each, ManyValues)]
        return negated(*kind.filters, lists=lists)(model)

    return extended


def negated(*names: str, lists: Collection[str]) -> Callable[[type[P]], type[P]]:
    """Adds `x.not` to those filters that take ids or a closed set, and `x.all` to those of them over `lists`."""

    def extended(model: type[P]) -> type[P]:
        fields: dict[str, Any] = {}
        for name in names:
            attribute, field = parameters(model)[name]
            annotation = _annotation(model, attribute)
            if not _negatable(annotation):
                continue
            meaning = str(field.description)
            fields[f"{attribute}_not"] = (annotation, Field((), alias=f"{name}.not", description=f"Not: {meaning}"))
            if name in lists:
                every = Field((), alias=f"{name}.all", description=f"Every one at once: {meaning}")
                fields[f"{attribute}_all"] = (annotation, every)
        return create_model(model.__name__, __base__=model, __module__=model.__module__, **fields)

    return extended


def closed_sets(kind: Kind, fields: tuple[str, ...] = ()) -> Callable[[type[P]], type[P]]:
    """Closes `facets`, `by`, `include`, `sort` and `fields` to what the kind declares; `fields` are its columns."""
    filters = tuple(kind.filters)
    sorts = ("position", "id", *kind.sorts) if kind.has_position else ("id", *kind.sorts)
    return closed(facets=filters, by=filters, include=tuple(kind.includes), sort=_signed(sorts), fields=fields)


def closed(**sets: tuple[str, ...]) -> Callable[[type[P]], type[P]]:
    """Closes parameters to sets of values; those that the model lacks are passed over."""

    def narrowed(model: type[P]) -> type[P]:
        fields: dict[str, Any] = {}
        for name, values in sets.items():
            field = model.model_fields.get(name)
            if field is None or not values:
                continue
            value: Any = Literal[values]
            if not is_list(model, name):
                fields[name] = (value | MISSING, Field(MISSING, description=field.description))
            elif field.is_required():
                fields[name] = (Many[value], Field(min_length=1, description=field.description))
            else:
                fields[name] = (Many[value], Field((), description=field.description))
        return create_model(model.__name__, __base__=model, __module__=model.__module__, **fields)

    return narrowed


def _signed(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sign + name for name in names for sign in ("", "-"))


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


def _annotation(model: type[Params], attribute: str) -> Any:
    return next(base.__annotations__[attribute] for base in model.__mro__ if attribute in base.__annotations__)


def _negatable(annotation: Any) -> bool:
    """Whether the filter takes a list of ids or of values of a closed set."""
    parts = list(nested(annotation))
    closed = any(isinstance(part, type) and issubclass(part, Enum) for part in parts)
    return closed or any(isinstance(item, Refers) for part in parts for item in getattr(part, "__metadata__", ()))
