"""What a field of a package may hold."""

import re
from datetime import date
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, StringConstraints

AUTHOR = "author"
RESERVED = ("none", AUTHOR)
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _words(value: str) -> str:
    """In the form of the canonical text (NFC), so that what looks the same is the same."""
    if not value.strip():
        raise ValueError("is blank; leave the key out, or give words")
    if "\0" in value:
        raise ValueError("holds a NUL character; remove it")
    return normalize("NFC", value)


def _unreserved(value: str) -> str:
    if value in RESERVED:
        raise ValueError(f"is {value}, a word that filters use for `nobody` or for the author; name it otherwise")
    return value


def _day(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError(f"{value!r} is not a day; write e.g. 2026-11-25")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError(f"{value!r} is not a day of the calendar") from None


def _truth(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{value!r} is not true or false")


def number(value: Any) -> Any:
    """Numbers are exact: an integer stays one, and what JSON cannot carry is refused."""
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise ValueError(f"{value!r} is not a number; write digits, e.g. 700000")
    try:
        return int(str(value))
    except ValueError:
        parsed = float(value)
    if parsed in (float("inf"), float("-inf")):
        raise ValueError("is too large a number")
    return int(parsed) if parsed.is_integer() and abs(parsed) < 2**53 else parsed


Words = Annotated[str, AfterValidator(_words)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}\z")]
OwnId = Annotated[Id, AfterValidator(_unreserved)]  # of records that do not begin with their document's id
DocumentId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}\z"), AfterValidator(_unreserved)]
Day = Annotated[str, AfterValidator(_day)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Number = Annotated[int | float, BeforeValidator(number)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}(-[A-Za-z0-9]{1,8})*\z")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]
