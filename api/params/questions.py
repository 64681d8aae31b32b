"""Questions: strict reading of a query string into a closed, typed model, and its canonical form.

FastAPI's lax parsing accepts `hedged=yes`, `limit=1_0` and `limit=1&limit=2`; here the raw query string is read
once, every fault of it is collected, and what a parameter accepts stands beside its name in the model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar, get_origin
from urllib.parse import quote, unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from api.params.accepts import Accepts, Reference, Refused, Token, shown
from api.problems import Fault, nearest

if TYPE_CHECKING:
    from api.request import Asked

MOST_VALUES = 100  # of a list; more than any closed set has


class Questions(BaseModel):
    """What every data path may be asked. A subclass adds its own parameters, which closes it to all others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    snapshot: Annotated[
        str | None,
        Token("^[0-9a-f]{16}$"),
        Field(description="Answer only from this snapshot; 404 snapshot-not-served if another is served."),
    ] = None

    def refused(self, format: str) -> list[Fault]:  # noqa: ARG002
        """What of the question that format has no place for."""
        return []

    def misplaced(self, asked: "Asked") -> list[Fault]:  # noqa: ARG002
        """What only the content can tell: offsets beyond the text, a cursor of something else."""
        return []


Q = TypeVar("Q", bound=Questions)


@dataclass(frozen=True)
class Declared:
    name: str
    field: str  # of the model; differs from the name where that is a word of Python
    many: bool
    accepts: Accepts
    default: Any
    most: int | None  # values of a list


@cache
def declared(model: type[Questions]) -> dict[str, Declared]:
    return {
        (field.alias or name): Declared(
            field.alias or name,
            name,
            get_origin(field.annotation) is tuple,
            next(item for item in field.metadata if isinstance(item, Accepts)),
            field.default,
            next((item.max_length for item in field.metadata if hasattr(item, "max_length")), None),
        )
        for name, field in model.model_fields.items()
    }


@cache
def _by_field(model: type[Questions]) -> dict[str, Declared]:
    return {parameter.field: parameter for parameter in declared(model).values()}


class Exists(Protocol):
    """Which of these ids no record of the kind has, each with the nearest that one has."""

    def __call__(self, kind: str, ids: Sequence[str]) -> dict[str, str | None]: ...


def pairs(query: bytes) -> Iterator[tuple[str, str | None, str]]:
    """Names and values of a raw query string (application/x-www-form-urlencoded), strictly UTF-8.

    A value that cannot be one is None, and the third says why.
    """
    for part in query.split(b"&"):
        if not part:
            continue
        name, value = (unquote_to_bytes(side) for side in part.replace(b"+", b" ").partition(b"=")[::2])
        decoded = name.decode(errors="backslashreplace")
        try:
            text = value.decode()
        except UnicodeDecodeError:
            yield decoded, None, "is not UTF-8"
            continue
        if "\0" in text:
            yield decoded, None, "holds a NUL character"
        elif not text.strip():
            yield decoded, None, "is blank"
        else:
            yield decoded, text, ""


def ask(model: type[Q], query: bytes, unknown: Exists) -> tuple[Q | None, list[Fault]]:
    """Read a query string into a model, and every fault that it has; the model then is of what is right."""
    known = declared(model)
    faults: list[Fault] = []
    given: dict[str, list[str]] = {}
    for name, text, why in pairs(query):
        if name not in known:
            if not any(fault.parameter == name for fault in faults):
                faults.append(unknown_parameter(name, list(known)))
        elif text is None:
            faults.append(Fault("invalid-value", name, f"the value of {name} {why}"))
        else:
            given.setdefault(name, []).append(text)
    values: dict[str, str | tuple[str, ...]] = {}
    for name, texts in given.items():
        parameter = known[name]
        if parameter.many:
            values[name] = members = tuple(dict.fromkeys(",".join(texts).split(",")))
            if not all(member.strip() for member in members):
                faults.append(Fault("invalid-value", name, f"a value of the list {name} is blank"))
                del values[name]
            elif len(members) > (most := parameter.most or MOST_VALUES):
                faults.append(Fault("invalid-value", name, f"{name} takes at most {most} values"))
                del values[name]
        elif len(texts) > 1:
            faults.append(Fault("repeated-parameter", name, f"{name} takes one value and was given {len(texts)} times"))
        else:
            values[name] = texts[0]
    faults.extend(unknown_ids(known, values, unknown))
    while True:
        try:
            return model.model_validate(values), faults
        except ValidationError as error:
            seen = {fault.parameter for fault in faults}
            found = list(_invalid(error))
            faults.extend(fault for fault in found if fault.parameter not in seen)
            if not any(values.pop(fault.parameter, None) for fault in found):
                return None, faults


def _invalid(error: ValidationError) -> Iterator[Fault]:
    for item in error.errors(include_url=False, include_input=False):
        context = item.get("ctx", {})
        name = str(item["loc"][0]) if item["loc"] else str(context.get("parameter", ""))
        if item["type"] == "missing":
            yield Fault("invalid-value", name, f"{name} is required")
            continue
        for refused in context.get("refused", (Refused(item["msg"]),)):
            allowed = list(refused.allowed) if refused.allowed else None
            yield Fault(refused.slug, name, f"{name}: {refused.detail}", allowed, refused.did_you_mean)


def impossible(parameter: str, detail: str) -> PydanticCustomError:
    """For a model's own validator: a value that cannot stand beside the others."""
    return PydanticCustomError("refused", "{refused}", {"refused": [Refused(detail)], "parameter": parameter})


def unknown_parameter(name: str, known: list[str]) -> Fault:
    return Fault(
        "unknown-parameter", name, f"this path has no parameter {shown(name)}", sorted(known), nearest(name, known)
    )


def unknown_ids(known: dict[str, Declared], values: dict[str, Any], unknown: Exists) -> Iterator[Fault]:
    for name, value in values.items():
        accepts = known[name].accepts
        if isinstance(accepts, Reference):
            ids = [text for text in ([value] if isinstance(value, str) else value) if text not in accepts.besides]
            for missing, near in unknown(accepts.kind, ids).items():
                yield Fault("unknown-id", name, f"there is no {accepts.kind} {shown(missing)}", None, near)


def canonical(path: str, asked: Questions, **changes: Any) -> str:
    """The question's one spelling: parameters sorted, defaults left out, list values sorted and unique.

    `changes` set (or, with None, remove) parameters.
    """
    known, fields = declared(type(asked)), _by_field(type(asked))
    values = {}
    for field in asked.model_fields_set:
        parameter = fields[field]
        if (value := getattr(asked, field)) != parameter.default:
            values[parameter.name] = value
    values |= {name: value for name, value in changes.items() if name in known}
    parts = [f"{name}={written(value)}" for name, value in sorted(values.items()) if value not in (None, ())]
    return path + ("?" if parts else "") + "&".join(parts)


def written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(quote(str(item), safe="") for item in sorted(set(value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return quote(str(value), safe="")
