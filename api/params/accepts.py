"""What a parameter accepts: how its text is read, and how that is told in the OpenAPI document."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from api.problems import nearest

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
            taken: list[Any] = []
            refused: list[Refused] = []
            for text in (value,) if isinstance(value, str) else value:
                try:
                    taken.append(self.read(text))
                except Refused as error:
                    refused.append(error)
            if refused:
                raise PydanticCustomError("refused", "{refused}", {"refused": refused})
            return taken[0] if isinstance(value, str) else tuple(taken)

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
