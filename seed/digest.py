"""The name of content: a number over everything that is served of a document, in whatever order it was written.

The sum of the hashes of its rows modulo 2^256: MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh,
"Incremental Multiset Hash Functions and Their Application to Memory Integrity Checking", ASIACRYPT 2003. It names
content; it does not defend against somebody who crafts packages to collide.
"""

from collections.abc import Iterable
from hashlib import sha256

from pydantic_core import to_json

MODULUS = 1 << 256


class Digest:
    def __init__(self) -> None:
        self._sum = 0

    def add(self, table: str, row: object) -> None:
        self._sum = (self._sum + int.from_bytes(sha256(to_json((table, row))).digest(), "big")) % MODULUS

    def hexdigest(self) -> str:
        return f"{self._sum:064x}"


def snapshot_id(documents: Iterable[tuple[str, str]]) -> str:
    """The name of a set of documents, pairs of id and digest: 16 hexadecimal digits."""
    return sha256("".join(f"{name} {digest}\n" for name, digest in sorted(documents)).encode()).hexdigest()[:16]
