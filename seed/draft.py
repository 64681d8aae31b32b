"""A package while it is checked: its text, the ids that it has stated so far, and what every kind of record obeys."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from pydantic_core import to_json

from api.model.kinds import KINDS
from seed import records
from seed.anchor import Anchors, Passage, holds
from seed.digest import Digest
from seed.explain import Where, nearest
from seed.faults import Fault, short
from seed.guide import Kept
from seed.package import Package
from seed.stage import Shard
from seed.staged import STAGED
from seed.text import Span, paragraphs, sentences

NAMES = {kind.plural: kind.name for kind in KINDS.values()} | {"sentences": "sentence"}
COUNTED = {name: plural for plural, name in NAMES.items() if name != "document"}


class Draft:
    """`kept` holds all records, for the advice of a check; a load keeps none."""

    def __init__(
        self, package: Package, shard: Shard, document: records.Document, where: Where, text: str, keeps: bool
    ) -> None:
        self.package = package
        self.kept: dict[str, list[Kept]] | None = {name: [] for name in STAGED} if keeps else None
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
        self.counts = dict.fromkeys(COUNTED.values(), 0)
        self.faults = package.faults
        self.warnings: list[Fault] = []
        self.digest = Digest()
        self.longest = 1
        self.ids: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}  # and the line of each
        self.topics: set[str] = set()
        self._claims: dict[str, int] = {}
        self.obstacles: list[tuple[Span, str]] = []

    def fault(self, message: str, where: Where, *loc: int | str) -> None:
        """Notes what is wrong with a record, and what would be right."""
        self.faults.append(where.fault(message, *loc))

    def rows(self, plural: str, model: type[Any]) -> Iterator[tuple[Any, Where]]:
        """The records of a file, each with an id of its own."""
        kind = NAMES[plural]
        for record, where in self.package.rows(plural, model):
            self.own_id(kind, record.id, where, "id")
            yield record, where

    def own_id(self, kind: str, id: str, where: Where, *loc: int | str) -> None:
        """An id of one record. It begins with the document's, unless documents share the kind."""
        lines = self.ids[kind]
        line = where.inner.get(loc, where.line)
        self.is_own(kind, id, where, *loc)
        if id in lines:
            self.fault(f"{kind} id {id} is already taken on line {lines[id]}; give each its own", where, *loc)
        lines.setdefault(id, line)

    def is_own(self, kind: str, id: str, where: Where, *loc: int | str) -> bool:
        if STAGED[kind].is_shared or (id.startswith(self.prefix) and id != self.prefix):
            return True
        self.fault(f"{kind} id {id} does not begin with its document's; write {self.prefix}…", where, *loc)
        return False

    def refer(self, kind: str, id: str, where: Where, *loc: int | str, also: Container[str] = ()) -> None:
        """A reference to a record that the package states."""
        stated = self.topics if kind == "topic" else self.ids[kind]
        if id not in stated and id not in also and id not in self.package.unread.get(f"{kind}s", ()):
            hint = nearest(id, stated) if len(stated) < 1000 else ""
            self.fault(f"there is no {kind} {id} in this package{hint}", where, *loc)

    def refer_all(self, kind: str, ids: Iterable[str], where: Where, *loc: int | str) -> None:
        """References to records that the package states, each once."""
        seen: set[str] = set()
        for at, id in enumerate(ids):
            if id in seen:
                self.fault(f"{kind} {id} is listed twice; keep the first", where, *loc, at)
            else:
                self.refer(kind, id, where, *loc, at)
            seen.add(id)

    def locate(self, quoted: Any, where: Where, *loc: int | str) -> Span | None:
        span = self.anchors.find(quoted.quote, quoted.prefix, quoted.suffix)
        if isinstance(span, str):
            self.fault(span, where, *loc, "quote")
            return None
        return span

    def rest(self, span: Span) -> Passage:
        """A record accounts for the sentences of these words: the passage as its columns."""
        for ordinal in self.anchors.sentences_of(span):
            self.accounted[ordinal] = 1
        return self.passage(span)

    def passage(self, span: Span) -> Passage:
        self.longest = max(self.longest, span[1] - span[0])
        return self.anchors.passage(span)

    def keep_claim(self, id: str, span: Span) -> None:
        """Start and end in one number: a pair for each of a million claims would take 100 MB more."""
        self._claims[id] = span[0] << 32 | span[1]

    def claim(self, id: str) -> Span | None:
        packed = self._claims.get(id)
        return None if packed is None else (packed >> 32, packed & 0xFFFFFFFF)

    def within(self, key: str, words: str, passage: str, where: Where, *loc: int | str) -> None:
        if not holds(passage, words):
            message = f"`{key}`: “{words}” does not stand in its sentence, “{short(passage)}”; copy it from there"
            self.fault(message, where, *loc)

    def stands(self, key: str, words: str | None, where: Where, *loc: int | str) -> None:
        """What is presented as the document's own words about itself."""
        if words is not None and not holds(self.text, words):
            message = f"`{key}`: “{short(words)}” does not stand in the text"
            self.fault(f"{message}; what an editor knows goes into `provenance`", where, *loc)

    def quantities(self, quantities: list[records.Quantity], passage: str, where: Where) -> None:
        for at, quantity in enumerate(quantities):
            self.within("quantities.text", quantity.text, passage, where, "quantities", at, "text")
            if quantity.of is not None and not holds(passage, quantity.of) and not holds(self.text, quantity.of):
                message = f"`quantities.of`: “{quantity.of}” is not in the text; copy the counted noun phrase"
                self.fault(message, where, "quantities", at, "of")

    def stage(self, table: str, where: Where | None, fields: dict[str, Any], *loc: int | str) -> None:
        """Writes a row, a mapping of column names to values. Counts it, and adds its content to the digest."""
        staged = STAGED[table]
        fields["document"] = self.id
        if self.kept is not None and where is not None:
            self.kept[table].append(Kept(fields.copy(), where, loc))
        for name in staged.json:
            fields[name] = to_json(fields[name]).decode()
        self.digest.add(table, staged.content(fields))
        if table == "document":
            fields["digest"] = self.digest.hexdigest()
        elif table in COUNTED:
            self.counts[COUNTED[table]] += 1
        if staged.is_numbered:
            fields["n"] = self.shard.number()
        if where is not None:
            fields["at"] = f"{where.file}:{where.inner.get(loc, where.line)}"
        self.shard.add(table, staged.row(fields))
