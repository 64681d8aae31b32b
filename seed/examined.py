"""One package while it is checked: its text, what was stated so far, and what every kind of record is held to."""

import json
from collections.abc import Container, Iterable
from typing import Any

from seed import records
from seed.anchor import Anchored, Anchors, holds
from seed.digest import Digest
from seed.explain import Where, nearest
from seed.faults import Fault
from seed.package import Package
from seed.stage import Shard
from seed.text import Span, paragraphs, sentences

KINDS = ("sections", "claims", "events", "obstacles", "positions", "relations", "actors", "places", "sentences")
CONTEXT = {"prefix", "suffix"}  # tell a quote from others; nothing of what is said


class Examined:
    def __init__(self, package: Package, shard: Shard, document: records.Document, where: Where, text: str) -> None:
        self.package = package
        self.shard = shard
        self.document = document
        self.where = where
        self.id = document.id
        self.prefix = f"{document.id}."
        self.text = text
        self.paragraphs = paragraphs(text)
        self.sentences = list(sentences(text, self.paragraphs, document.language))
        self.anchors = Anchors(text, self.sentences)
        self.accounted = bytearray(len(self.sentences))
        self.counts = dict.fromkeys(KINDS, 0)
        self.faults = package.faults
        self.warnings: list[Fault] = []
        self.digest = Digest()
        self.longest = 1
        self.ids: dict[str, dict[str, int]] = {}
        self.actors: dict[str, records.Actor] = {}
        self.places: dict[str, records.Place] = {}
        self.topics: set[str] = set()
        self.obstacles: list[tuple[int, int, str]] = []

    def new(self, kind: str, given: str, where: Where, *loc: int | str) -> None:
        """An id of this document's own: well prefixed and not given twice."""
        known = self.ids.setdefault(kind, {})
        line = where.inner.get(loc, where.line)
        if not given.startswith(self.prefix) or given == self.prefix:
            self.faults.append(
                where.fault(f"{kind} id {given} does not begin with its document's; write {self.prefix}…", *loc)
            )
        if given in known:
            message = f"{kind} id {given} is already taken on line {known[given]}; give each its own"
            self.faults.append(where.fault(message, *loc))
        known.setdefault(given, line)

    def known(self, kind: str, given: Iterable[str], known: Container[str], where: Where, *loc: int | str) -> None:
        """References to what the package states, each once."""
        seen = set()
        for at, name in enumerate(given):
            if name not in known and self.missing(kind, name):
                hint = nearest(name, known) if isinstance(known, dict | set) else ""
                self.faults.append(where.fault(f"there is no {kind} {name} in this package{hint}", *loc, at))
            elif name in seen:
                self.faults.append(where.fault(f"{kind} {name} is listed twice; keep the first", *loc, at))
            seen.add(name)

    def missing(self, kind: str, name: str) -> bool:
        """Whether no record of that id was written, not even one with faults of its own."""
        return name not in self.package.unread.get(f"{kind}s", ())

    def find(self, quoted: Any, where: Where, *loc: int | str) -> Span | None:
        span = self.anchors.find(quoted.quote, quoted.prefix, quoted.suffix)
        if isinstance(span, str):
            self.faults.append(where.fault(span, *loc, "quote"))
            return None
        return span

    def rest(self, span: Span) -> Anchored:
        """A record rests on these words: its source, and its sentences accounted for."""
        self.longest = max(self.longest, span[1] - span[0])
        for ordinal in self.anchors.sentences_of(span):
            self.accounted[ordinal] = 1
        return self.anchors.anchored(span)

    def within(self, key: str, words: str, passage: str, where: Where, *loc: int | str) -> None:
        if not holds(passage, words):
            self.faults.append(
                where.fault(f"`{key}`: “{words}” does not stand in {_lead(passage)}; copy it from there", *loc)
            )

    def quantities(self, given: list[records.Quantity], passage: str, where: Where) -> str:
        if not given:
            return "[]"
        for at, quantity in enumerate(given):
            self.within("quantities.text", quantity.text, passage, where, "quantities", at, "text")
            if quantity.of is not None and not holds(passage, quantity.of) and not holds(self.text, quantity.of):
                message = f"`quantities.of`: “{quantity.of}” is not in the text; copy the counted noun phrase"
                self.faults.append(where.fault(message, "quantities", at, "of"))
        return json.dumps([quantity.model_dump() for quantity in given], ensure_ascii=False)

    def count(self, kind: str, part: str) -> None:
        self.counts[kind] += 1
        self.digest.add(f"{kind} {part}")

    def at(self, where: Where, *loc: int | str) -> str:
        return f"{where.file}:{where.inner.get(loc, where.line)}"


def listed(ids: list[str]) -> str:
    """A list of ids as JSON; their form leaves nothing to escape."""
    return '["' + '","'.join(ids) + '"]' if ids else "[]"


def _lead(passage: str) -> str:
    return f"its sentence, “{short(passage)}”"


def short(words: str) -> str:
    return words if len(words) <= 60 else words[:59] + "…"
