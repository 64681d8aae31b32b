"""The base of all query parameter models, and the canonical spelling of a query."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin
from urllib.parse import quote

from pydantic import MISSING, BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo
from pydantic.warnings import UnsupportedFieldAttributeWarning

from api.params.fields import Refers, Snapshot
from api.problems import Fault

# FastAPI hands pydantic each model under the name of its parameter. Where the model is built later, pydantic reports
# that such a name means nothing.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

P = TypeVar("P", bound="Params")

ORDERED = ("fields", "by")  # lists whose order means something


class Params(BaseModel):
    """What every data path takes. A subclass adds its own parameters and is closed to all others."""

    # Built when it is first used: the models of all paths together would take a third of the start.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    snapshot: Annotated[
        Snapshot | MISSING,
        Field(description="Answer only from this snapshot; 404 `snapshot-not-served` if another is served."),
    ] = MISSING

    def misplaced(self, request: Any) -> Iterable[Fault]:  # noqa: ARG002
        """Faults that only the content can show: a cursor of another query, offsets beyond the text."""
        return ()


@cache
def parameters(model: type[BaseModel]) -> dict[str, tuple[str, FieldInfo]]:
    """Each parameter's name in a query, with its attribute and its field."""
    return {field.alias or name: (name, field) for name, field in model.model_fields.items()}


@cache
def is_list(model: type[BaseModel], parameter: str) -> bool:
    field = parameters(model)[parameter][1]
    return get_origin(field.annotation) is tuple


@cache
def references(model: type[BaseModel]) -> dict[str, tuple[str, Refers]]:
    """Each parameter that takes ids, with its attribute and the kind that it refers to."""
    return {
        parameter: (attribute, item)
        for parameter, (attribute, field) in parameters(model).items()
        for part in nested(field.annotation)
        for item in getattr(part, "__metadata__", ())
        if isinstance(item, Refers)
    }


@cache
def optional(model: type[P]) -> type[P]:
    """The same parameters, none of them required: the others can be checked where one is absent or wrong."""
    required: dict[str, Any] = {
        name: (field.rebuild_annotation(), Field((), alias=field.alias))
        for name, field in model.model_fields.items()
        if field.is_required()
    }
    return create_model(model.__name__, __base__=model, **required) if required else model


def nested(annotation: Any) -> Iterator[Any]:
    """An annotation and everything inside it."""
    yield annotation
    for argument in get_args(annotation):
        if not isinstance(argument, str):
            yield from nested(argument)


def values_of(params: Params) -> dict[str, Any]:
    """The parameters that differ from their defaults."""
    fields = type(params).model_fields
    values = {}
    for attribute in params.model_fields_set:
        field, value = fields[attribute], getattr(params, attribute)
        if value != field.default:
            values[field.alias or attribute] = value
    return values


def canonical(path: str, params: Params, **changes: Any) -> str:
    """The one spelling of a query: parameters sorted, defaults left out, list values sorted and unique.

    `changes` set parameters, or remove them with None. Those that the model lacks are passed over.
    """
    declared = parameters(type(params))
    return with_query(path, values_of(params) | {name: value for name, value in changes.items() if name in declared})


def with_query(path: str, values: Mapping[str, Any]) -> str:
    """A path with a query in its canonical spelling."""
    parts = [
        f"{name}={written(value, name in ORDERED)}" for name, value in sorted(values.items()) if value not in (None, ())
    ]
    return path + ("?" if parts else "") + "&".join(parts)


def written(value: Any, ordered: bool = False) -> str:
    """A parameter's value as it stands in a URL."""
    if isinstance(value, tuple):
        texts = list(dict.fromkeys(text_of(item) for item in value))
        return ",".join(map(_encoded, texts if ordered else sorted(texts)))
    return _encoded(text_of(value))


def _encoded(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote(text, safe="")


def text_of(value: Any) -> str:
    """A value as a filter takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value if isinstance(value, Enum) else value)
