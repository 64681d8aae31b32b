"""Opaque cursors, bound to a query and a snapshot.

A cursor of a list in stored order names the record that the page begins after, or ends before. A cursor of a ranked
list names the places themselves, which stay put within a snapshot.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import to_json

FORWARD: Literal["n"] = "n"
BACKWARD: Literal["p"] = "p"
LONGEST = 100  # records on a page
BEYOND = 2**31 - 1  # greater than every place

# Snapshot, hash of the query, direction, key and until.
PAYLOAD: TypeAdapter[tuple[str, str, Literal["n", "p"], int, int | None]] = TypeAdapter(
    tuple[str, str, Literal["n", "p"], Annotated[int, Field(ge=-1, lt=2**31)], int | None]
)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: forward after `key`, or backward before it. In ranked lists [key, until) is the page."""

    direction: Literal["n", "p"] = FORWARD
    key: int | None = None
    until: int | None = None

    def window(self, offset: int, limit: int) -> tuple[int, int]:
        """Offset and limit of a ranked page."""
        if self.key is None:
            return offset, limit
        return max(self.key, 0), (self.until - self.key) if self.until is not None else limit


def bound(query: str) -> str:
    """The hash by which a cursor names its query."""
    return blake2b(query.encode(), digest_size=6).hexdigest()


def write(cursor: Cursor, snapshot: str, query: str) -> str:
    """The opaque text of a cursor: base64url of its payload and a checksum."""
    payload = to_json([snapshot, bound(query), cursor.direction, cursor.key, cursor.until])
    sealed = payload + blake2b(payload, digest_size=4).digest()
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def read(text: str) -> tuple[str, str, Cursor]:
    """Snapshot, hash of the query, and cursor. Raises ValueError where the text was not written here."""
    sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    payload, seal = sealed[:-4], sealed[-4:]
    if blake2b(payload, digest_size=4).digest() != seal:
        raise ValueError("the cursor was altered")
    try:
        snapshot, query, direction, key, until = PAYLOAD.validate_json(payload, strict=True)
    except ValidationError as error:
        raise ValueError("the cursor is of another form") from error
    if until is not None and not 0 < until - key <= LONGEST:
        raise ValueError("the cursor is no page of a list")
    return snapshot, query, Cursor(direction, key, until)
