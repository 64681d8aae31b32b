"""Questions: strict reading of a query string into a closed, typed model, and its canonical form.

FastAPI's lax parsing accepts `hedged=yes`, `limit=1_0` and `limit=1&limit=2`; here the raw query string is read
once, every fault of it is collected, and what a parameter accepts stands beside its name in the model.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Protocol, TypeVar, get_origin
from urllib.parse import quote, unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import PydanticCustomError, core_schema

from api.problems import Fault, nearest

ID = r"[a-z0-9][a-z0-9._-]{0,63}"


class Refused(Exception):
    """A value that a parameter does not take."""

    def __init__(
        self,
        detail: str,
        allowed: Sequence[str] | None = None,
        did_you_mean: str | None = None,
        slug: str = "invalid-value",
    ) -> None:
        super().__init__(detail)
        self.detail, self.allowed, self.did_you_mean, self.slug = detail, allowed, did_you_mean, slug


class Accepts:
    """What one value of a parameter may be: read() turns its text into the value, schema() documents it."""

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def validate(value: str | tuple[str, ...]) -> Any:
            try:
                return self.read(value) if isinstance(value, str) else tuple(self.read(text) for text in value)
            except Refused as refused:
                context = {
                    "text": refused.detail,
                    "allowed": refused.allowed,
                    "did_you_mean": refused.did_you_mean,
                    "slug": refused.slug,
                }
                raise PydanticCustomError("refused", "{text}", context) from None

        return core_schema.no_info_before_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler(schema)
        return described | {"items": self.schema()} if described.get("type") == "array" else self.schema()


@dataclass(frozen=True)
class Whole(Accepts):
    """A whole number in plain ASCII digits, from `least` to `most`."""

    least: int = 0
    most: int = 2**53 - 1

    def read(self, text: str) -> int:
        if re.fullmatch(r"[0-9]{1,16}", text) and self.least <= int(text) <= self.most:
            return int(text)
        raise Refused(
            f"{shown(text)} is not a whole number from {self.least} to {self.most}", [f"{self.least}…{self.most}"]
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Flag(Accepts):
    def read(self, text: str) -> bool:
        if text in ("true", "false"):
            return text == "true"
        raise Refused(f"{shown(text)} is neither true nor false", ["true", "false"])

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class OneOf(Accepts):
    """A value of a closed set."""

    values: tuple[str, ...]

    def __init__(self, values: Iterable[str]) -> None:
        object.__setattr__(self, "values", tuple(str(value) for value in values))

    def read(self, text: str) -> str:
        if text in self.values:
            return text
        raise Refused(f"{shown(text)} is not one of the values allowed", self.values, nearest(text, self.values))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True)
class Reference(Accepts):
    """An id of a record of a kind, checked against the snapshot; `besides` are words that are no ids."""

    kind: str
    besides: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{ID}$"}


@dataclass(frozen=True)
class Words(Accepts):
    """Free text."""

    most: int = 2000

    def read(self, text: str) -> str:
        if len(text) > self.most:
            raise Refused(f"longer than {self.most} characters")
        return text

    def schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": self.most,
            "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
        }


def is_id(text: str) -> bool:
    return re.fullmatch(ID, text) is not None


@dataclass(frozen=True)
class Token(Accepts):
    """Opaque text that the service itself gave."""

    pattern: str

    def read(self, text: str) -> str:
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": self.pattern}


def shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


class Questions(BaseModel):
    """What every data path may be asked. A subclass adds its own parameters, which closes it to all others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    snapshot: Annotated[
        str | None,
        Token("^[0-9a-f]{16}$"),
        Field(description="Answer only from this snapshot; 404 snapshot-not-served if another is served."),
    ] = None


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


class Exists(Protocol):
    """Which of these ids no record of the kind has, each with the nearest that one has."""

    def __call__(self, kind: str, ids: Sequence[str]) -> dict[str, str | None]: ...


def pairs(query: bytes, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Names and values of a raw query string (application/x-www-form-urlencoded), strictly UTF-8."""
    for part in query.split(b"&"):
        if not part:
            continue
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        try:
            decoded = unquote_to_bytes(name).decode()
        except UnicodeDecodeError:
            faults.append(Fault("unknown-parameter", ascii(name)[2:-1], "the parameter's name is not UTF-8"))
            continue
        try:
            text = unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            faults.append(Fault("invalid-value", decoded, f"the value of {decoded} is not UTF-8"))
            continue
        if "\0" in text or not text.strip():
            what = "holds a NUL character" if "\0" in text else "is blank"
            faults.append(Fault("invalid-value", decoded, f"the value of {shown(decoded)} {what}"))
            continue
        yield decoded, text


def ask(model: type[Q], query: bytes, unknown: Exists) -> tuple[Q | None, list[Fault]]:
    """Read a query string into a model, and every fault that it has; the model then is of what is right."""
    known = declared(model)
    faults: list[Fault] = []
    given: dict[str, list[str]] = {}
    for name, text in pairs(query, faults):
        if name in known:
            given.setdefault(name, []).append(text)
        elif not any(fault.parameter == name for fault in faults):
            faults.append(unknown_parameter(name, list(known)))
    for fault in [fault for fault in faults if fault.slug == "invalid-value" and fault.parameter not in known]:
        faults[faults.index(fault)] = unknown_parameter(fault.parameter, list(known))
    values: dict[str, str | tuple[str, ...]] = {}
    for name, texts in given.items():
        parameter = known[name]
        if parameter.many:
            values[name] = members = tuple(dict.fromkeys(",".join(texts).split(",")))
            if not all(member.strip() for member in members):
                faults.append(Fault("invalid-value", name, f"a value of the list {name} is blank"))
                del values[name]
            elif parameter.most and len(members) > parameter.most:
                faults.append(Fault("invalid-value", name, f"{name} takes at most {parameter.most} values"))
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
        allowed = context.get("allowed")
        yield Fault(
            context.get("slug", "invalid-value"),
            name,
            f"{name}: {item['msg']}",
            list(allowed) if allowed else None,
            context.get("did_you_mean"),
        )


def impossible(parameter: str, detail: str) -> PydanticCustomError:
    """For a model's own validator: a value that cannot stand beside the others."""
    return PydanticCustomError("refused", "{text}", {"text": detail, "parameter": parameter})


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
    parts = []
    given = asked.model_fields_set
    for name, parameter in declared(type(asked)).items():
        if name in changes:
            value = changes[name]
        elif parameter.field in given and (found := getattr(asked, parameter.field)) != parameter.default:
            value = found
        else:
            continue
        if value is None or value == ():
            continue
        parts.append((name, written(value)))
    return path + ("?" if parts else "") + "&".join(f"{name}={text}" for name, text in sorted(parts))


def written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(quote(str(item), safe="") for item in sorted(set(value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(str(value), safe="")
