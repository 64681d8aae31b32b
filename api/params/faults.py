"""From pydantic's errors to faults of a query: the parameter, what is wrong, what is allowed, the nearest value."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from api.params.base import nested, parameters
from api.params.fields import shown
from api.problems import Fault, nearest

# The names of these parameters in other services.
MEANT = {"page": "cursor", "per_page": "limit", "page_size": "limit", "order": "sort", "search": "q", "query": "q"}


@cache
def allowed_values(model: type[BaseModel], parameter: str) -> list[str] | None:
    """The closed set of a parameter, or None."""
    field = parameters(model)[parameter][1]
    values: list[str] = []
    for part in nested(field.annotation):
        if isinstance(part, type) and issubclass(part, Enum):
            values += [str(member.value) for member in part]
        elif get_origin(part) is Literal:
            values += get_args(part)
        elif part is bool:
            return ["true", "false"]
    return values or None


def faults_of(
    errors: Iterable[ErrorDetails | Mapping[str, Any]], model: type[BaseModel], forms: Mapping[str, str]
) -> Iterator[Fault]:
    """One fault for each error that a validation of `model` reports; a union reports one for each member.

    `forms` are the paths of the resource's other forms by their names.
    """
    return iter(dict.fromkeys(_faults(errors, model, forms)))


def _faults(
    errors: Iterable[ErrorDetails | Mapping[str, Any]], model: type[BaseModel], forms: Mapping[str, str]
) -> Iterator[Fault]:
    declared = parameters(model)
    for error in errors:
        place = error["loc"][1:] if error["loc"][:1] == ("query",) and len(error["loc"]) > 1 else error["loc"]
        context = error.get("ctx", {})
        parameter = str(context.get("parameter") or (place[0] if place else ""))
        if error["type"] == "extra_forbidden":
            yield unknown_parameter(parameter, list(declared), forms, error.get("input"))
        elif error["type"] == "too_short":
            continue  # the values that are left out of a list are wrong, and have a fault each
        elif error["type"] == "missing":
            yield Fault("invalid-value", parameter, f"{parameter} is required")
        elif error["type"] == "invalid":
            allowed = context["allowed"] or (_range(model, parameter) if parameter in declared else None)
            yield Fault(context["slug"], parameter, f"{parameter}: {context['detail']}", allowed)
        else:
            yield _refused(model, parameter, error)


def _refused(model: type[BaseModel], parameter: str, error: ErrorDetails | Mapping[str, Any]) -> Fault:
    """A value outside its type: not in the closed set, out of range, of another form."""
    allowed = allowed_values(model, parameter) if parameter in parameters(model) else None
    value = error.get("input")
    text = shown(value) if isinstance(value, str) else str(value)
    if allowed:
        near = nearest(value, allowed) if isinstance(value, str) else None
        detail = f"{parameter}: {text} is not one of the values allowed"
        return Fault("invalid-value", parameter, detail, allowed, near)
    message = str(error["msg"]).removeprefix("Input ").removeprefix("String ").removeprefix("Tuple ")
    if error["type"] == "too_long" and isinstance(value, str):
        message = "has {actual_length} characters, more than {max_length}".format(**error["ctx"])
    if error["type"] in ("greater_than_equal", "less_than_equal", "less_than"):
        allowed = _range(model, parameter)
    return Fault("invalid-value", parameter, f"{parameter}: {text} {message[:1].lower()}{message[1:]}", allowed)


def _range(model: type[BaseModel], parameter: str) -> list[str] | None:
    """The bounds of a number."""
    field = parameters(model)[parameter][1]
    metadata = [item for part in nested(field.annotation) for item in getattr(part, "__metadata__", ())]
    items = [*field.metadata]
    for item in metadata:
        items += item.metadata if isinstance(item, FieldInfo) else [item]
    least = next((item.ge for item in items if hasattr(item, "ge")), None)
    most = next((item.le for item in items if hasattr(item, "le")), None)
    beyond = next((item.lt for item in items if hasattr(item, "lt")), None)
    most = beyond - 1 if most is None and beyond is not None else most
    return [f"{least}…{most}"] if least is not None and most is not None else None


def unknown_parameter(parameter: str, declared: list[str], forms: Mapping[str, str], value: Any) -> Fault:
    detail = f"this path has no parameter {shown(parameter)}"
    if parameter == "format":
        detail += "; another form has a path of its own, such as /v1/claims.csv"
        return Fault("unknown-parameter", parameter, detail, sorted(declared), forms.get(str(value)))
    bare = parameter.removesuffix("[]")
    meant = bare if bare in declared else MEANT.get(parameter)
    near = meant if meant in declared else nearest(parameter, declared)
    return Fault("unknown-parameter", parameter, detail, sorted(declared), near)
