"""Types of query parameters. FastAPI reads them, and the OpenAPI document shows them.

pydantic alone would accept `hedged=yes`, `limit=1_0` and `limit=10.0`; these types are strict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.model.declaration import NONE

ID = r"[a-z0-9][a-z0-9._-]{0,63}"
MOST_VALUES = 100  # of a list


@dataclass(frozen=True)
class Refers:
    """The values are ids of records of `kind`, checked against the snapshot; `words` are values beside them.

    Without a kind they are not checked: the record may no longer exist.
    """

    kind: str | None
    words: tuple[str, ...] = ()


def shown(text: str) -> str:
    """A value as an error message quotes it."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def invalid(detail: str, *, parameter: str = "", slug: str = "invalid-value", allowed: Sequence[str] = ()) -> Exception:
    """What a validator raises; `parameter` is only needed where the rule spans several fields."""
    context = {"detail": detail, "parameter": parameter, "slug": slug, "allowed": list(allowed)}
    return PydanticCustomError("invalid", "{detail}", context)


def _text(value: Any) -> Any:
    if isinstance(value, str):
        if "\0" in value:
            raise invalid("holds a NUL character")
        if not value.strip():
            raise invalid("is blank")
    return value


def _values(value: Any) -> Any:
    """The values of a list, each once: repeated or separated by commas."""
    texts = [value] if isinstance(value, str) else value
    if not (isinstance(texts, list | tuple) and all(isinstance(text, str) for text in texts)):
        return value
    values = tuple(dict.fromkeys(part for text in texts for part in text.split(",")))
    if not all(part.strip() for part in values):
        raise invalid("a value of the list is blank")
    if any("\0" in part for part in values):
        raise invalid("holds a NUL character")
    if len(values) > MOST_VALUES:
        raise invalid(f"takes at most {MOST_VALUES} values")
    return values


def _digits(value: Any) -> Any:
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= 16):
            raise invalid(f"{shown(value)} is not a whole number in plain digits")
        return int(value)
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise invalid(f"{shown(value)} is neither true nor false", allowed=("true", "false"))
        return value == "true"
    return value


T = TypeVar("T")

Many = Annotated[tuple[T, ...], BeforeValidator(_values)]
# The bounds of a number go before Digits: Annotated[int, Field(ge=0, le=100), Digits].
Digits = BeforeValidator(_digits)
Flag = Annotated[bool, BeforeValidator(_flag)]
Words = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$"), BeforeValidator(_text)]
# Opaque text that the service itself wrote.
Snapshot = Annotated[str, Field(pattern="^[0-9a-f]{16}$"), BeforeValidator(_text)]
Cursor = Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$"), BeforeValidator(_text)]

NoneWord = Literal["none"]  # beside the values of a vocabulary
Number = Annotated[int, Field(ge=0, lt=2**31), Digits]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Year = Annotated[str, Field(pattern=r"^([0-9]{4}|none)$")]
Id = Annotated[str, Field(pattern=f"^{ID}$")]

# The schema of an id; any text is looked up all the same, so that the error can say which record was meant.
IdShape = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{ID}$"})]

AnyId = Annotated[Id, Refers(None)]
DocumentId = Annotated[IdShape, Refers("document")]
SectionId = Annotated[IdShape, Refers("section")]
SectionIdOrNone = Annotated[IdShape, Refers("section", (NONE,))]
ClaimId = Annotated[IdShape, Refers("claim")]
EventId = Annotated[IdShape, Refers("event")]
EventIdOrNone = Annotated[IdShape, Refers("event", (NONE,))]
ObstacleId = Annotated[IdShape, Refers("obstacle")]
ObstacleIdOrNone = Annotated[IdShape, Refers("obstacle", (NONE,))]
PositionId = Annotated[IdShape, Refers("position")]
RelationId = Annotated[IdShape, Refers("relation")]
CorrectionId = Annotated[IdShape, Refers("correction")]
ActorId = Annotated[IdShape, Refers("actor")]
ActorIdOrNone = Annotated[IdShape, Refers("actor", (NONE,))]
SpeakerId = Annotated[IdShape, Refers("actor", ("author", NONE))]
PlaceId = Annotated[IdShape, Refers("place")]
PlaceIdOrNone = Annotated[IdShape, Refers("place", (NONE,))]
TopicIdOrNone = Annotated[IdShape, Refers("topic", (NONE,))]
