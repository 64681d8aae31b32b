"""One package, checked against itself and its text, and staged record by record."""

import json
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from api.vocabularies import TitleOrigin
from seed import records
from seed.anchor import Anchored, Anchors, holds, occurrences
from seed.dates import bounds
from seed.digest import Digest
from seed.faults import Fault
from seed.package import DOCUMENT, Package, Where, nearest
from seed.sections import tiles
from seed.stage import Shard
from seed.text import Span, canonical, paragraphs, sentences

KINDS = ("sections", "claims", "events", "obstacles", "positions", "relations", "actors", "places", "sentences")
CONTEXT = {"prefix", "suffix"}


class Outcome(NamedTuple):
    """What became of one package; `accounted` sentences have a record or a reason."""

    folder: str
    document: str | None
    digest: str
    counts: dict[str, int]
    accounted: int
    faults: list[Fault]
    warnings: list[Fault]


def examine(folder: Path, shard: Shard, advance: Callable[[int], None] = lambda _: None) -> Outcome:
    """Reads, checks and stages a package; its rows count only where no package has a fault."""
    faults: list[Fault] = []
    package = Package(folder, faults, advance)
    stated = package.document()
    examination = None
    if stated is not None and (text := _text(package, *stated)) is not None:
        examination = _Examination(package, shard, *stated, text)
        examination.run()
    package.finish()
    if examination is None:
        return Outcome(str(folder), stated[0].id if stated else None, "", dict.fromkeys(KINDS, 0), 0, faults, [])
    return Outcome(
        str(folder),
        examination.id,
        examination.digest.hexdigest(),
        examination.counts,
        sum(examination.accounted),
        faults,
        examination.warnings,
    )


def _text(package: Package, document: records.Document, where: Where) -> str | None:
    """The canonical text, or None and a fault."""

    def fault(message: str, *loc: str) -> None:
        package.faults.append(where.fault(message, "source", *loc))

    name = document.source.file
    raw = package.source(name)
    if raw is None:
        fault(f"there is no file {name} in {package.folder}; name the source, which stands beside {DOCUMENT}", "file")
        return None
    actual = sha256(raw).hexdigest()
    if actual != document.source.sha256:
        fault(
            f"sha256 of {name} is {actual}, not {document.source.sha256}; restore the source or state its sum", "sha256"
        )
    file = str(package.folder / name)
    try:
        text = canonical(raw)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        package.faults.append(Fault(file, line, "is not UTF-8; convert it, and state the sha256 of the result"))
        return None
    if not text:
        package.faults.append(Fault(file, 0, "is empty; a document has words"))
        return None
    if "\0" in text:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        package.faults.append(Fault(file, line, "holds a NUL character; a text has none"))
        return None
    return text


class _Examination:
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

    def run(self) -> None:
        self._topics()
        self._sections()
        self._actors()
        self._places()
        self._obstacles()
        self._claims()
        self._events()
        self._relations()
        self._sentences()
        self._document()

    def _new(self, kind: str, given: str, where: Where, *loc: int | str) -> None:
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

    def _known(self, kind: str, given: Iterable[str], known: Container[str], where: Where, *loc: int | str) -> None:
        """References to what the package states, each once."""
        seen = set()
        for at, name in enumerate(given):
            if name not in known and self._missing(kind, name):
                hint = nearest(name, known) if isinstance(known, dict | set) else ""
                self.faults.append(where.fault(f"there is no {kind} {name} in this package{hint}", *loc, at))
            elif name in seen:
                self.faults.append(where.fault(f"{kind} {name} is listed twice; keep the first", *loc, at))
            seen.add(name)

    def _missing(self, kind: str, name: str) -> bool:
        """Whether no record of that id was written, not even one with faults of its own."""
        return name not in self.package.unread.get(f"{kind}s", ())

    def _find(self, quoted: Any, where: Where, *loc: int | str) -> Span | None:
        span = self.anchors.find(quoted.quote, quoted.prefix, quoted.suffix)
        if isinstance(span, str):
            self.faults.append(where.fault(span, *loc, "quote"))
            return None
        return span

    def _rest(self, span: Span) -> Anchored:
        """A record rests on these words: its source, and its sentences accounted for."""
        self.longest = max(self.longest, span[1] - span[0])
        for ordinal in self.anchors.sentences_of(span):
            self.accounted[ordinal] = 1
        return self.anchors.anchored(span)

    def _within(self, key: str, words: str, passage: str, where: Where, *loc: int | str) -> None:
        if not holds(passage, words):
            self.faults.append(
                where.fault(f"`{key}`: “{words}” does not stand in {_lead(passage)}; copy it from there", *loc)
            )

    def _quantities(self, given: list[records.Quantity], passage: str, where: Where) -> str:
        if not given:
            return "[]"
        for at, quantity in enumerate(given):
            self._within("quantities.text", quantity.text, passage, where, "quantities", at, "text")
            if quantity.of is not None and not holds(passage, quantity.of) and not holds(self.text, quantity.of):
                message = f"`quantities.of`: “{quantity.of}” is not in the text; copy the counted noun phrase"
                self.faults.append(where.fault(message, "quantities", at, "of"))
        return json.dumps([quantity.model_dump() for quantity in given], ensure_ascii=False)

    def _count(self, kind: str, part: str) -> None:
        self.counts[kind] += 1
        self.digest.add(f"{kind} {part}")

    def _topics(self) -> None:
        for at, topic in enumerate(self.document.topics):
            if topic.id in self.topics:
                self.faults.append(self.where.fault(f"topic {topic.id} is stated twice; keep one", "topics", at))
            self.topics.add(topic.id)
            self.digest.add(f"topic {topic.model_dump_json()}")
            self.shard.add(
                "topic", (topic.id, topic.label, topic.definition, self.id, self._at(self.where, "topics", at))
            )

    def _at(self, where: Where, *loc: int | str) -> str:
        return f"{where.file}:{where.inner.get(loc, where.line)}"

    def _sections(self) -> None:
        given = self.document.sections or [
            records.Section(id=f"{self.id}.s1", title=self.document.label, title_origin=TitleOrigin.editorial)
        ]
        for at, section in enumerate(self.document.sections):
            self._new("section", section.id, self.where, "sections", at, "id")

        def tell(at: int, message: str, *key: str) -> None:
            self.faults.append(self.where.fault(message, "sections", at, *key))

        spans: list[Span] | None = [(0, len(self.text))]
        if self.document.sections:
            is_told_apart = len({section.id for section in given}) == len(given)
            spans = tiles(given, self.anchors, self.paragraphs, tell) if is_told_apart else None
        if spans is None:
            self.anchors.divide([(0, f"{self.id}.s1")])
            return
        parents = {section.parent for section in given}
        self.anchors.divide([(span[0], s.id) for s, span in zip(given, spans, strict=True) if s.id not in parents])
        for at, (section, (start, end)) in enumerate(zip(given, spans, strict=True)):
            inside = self.paragraphs[bisect_left(self.paragraphs, (start, 0)) : bisect_left(self.paragraphs, (end, 0))]
            blocks = [{"start": first, "end": last} for first, last in inside]
            self._count("sections", section.model_dump_json())
            self.shard.add(
                "section",
                (
                    self.shard.number(),
                    section.id,
                    self.id,
                    at + 1,
                    section.parent,
                    section.title,
                    section.title_origin.value,
                    start,
                    end,
                    self.anchors.utf16(start),
                    self.anchors.utf16(end),
                    self.text[start:end],
                    json.dumps(blocks),
                    self._at(self.where, "sections", at),
                ),
            )

    def _sentences(self) -> None:
        reasons: dict[int, str] = {}
        for at, unrecorded in enumerate(self.document.unrecorded):
            self.digest.add(f"unrecorded {unrecorded.model_dump_json(exclude=CONTEXT)}")
            if (span := self._find(unrecorded, self.where, "unrecorded", at)) is None:
                continue
            for ordinal in self.anchors.sentences_of(span):
                if self.accounted[ordinal]:
                    message = f"a record rests on “{_short(unrecorded.quote)}”; drop the reason why none does"
                    self.warnings.append(self.where.fault(message, "unrecorded", at))
                else:
                    reasons[ordinal] = unrecorded.reason
        for ordinal in reasons:
            self.accounted[ordinal] = 1
        parts = sha256()
        for ordinal, (start, end) in enumerate(self.sentences):
            words = self.text[start:end]
            if not self.accounted[ordinal]:
                message = f"no record rests on the sentence “{_short(words)}”; add one, or a reason under `unrecorded`"
                self.warnings.append(Fault(self.where.file, 0, message))
            parts.update(f"{start} {end} ".encode())
            utf16 = self.anchors.utf16
            self.shard.add(
                "sentence",
                (
                    self.id,
                    ordinal + 1,
                    self.anchors.section(start),
                    start,
                    end,
                    utf16(start),
                    utf16(end),
                    words,
                    reasons.get(ordinal),
                ),
            )
        self.digest.add(f"sentences {parts.hexdigest()}")
        self.counts["sentences"] = len(self.sentences)

    def _document(self) -> None:
        said = self.document
        text_sha256 = sha256(self.text.encode()).hexdigest()
        self.digest.add(f"document {said.model_dump_json(exclude={'topics', 'sections', 'unrecorded'})} {text_sha256}")
        self.shard.add(
            "document",
            (
                self.shard.number(),
                self.id,
                said.label,
                said.language,
                said.title,
                said.author,
                said.rights,
                said.note,
                said.source.file,
                said.source.sha256,
                text_sha256,
                len(self.text),
                self.anchors.utf16.length,
                self.longest,
                json.dumps(self.counts),
                self.digest.hexdigest(),
                self.text,
                self._at(self.where, "id"),
            ),
        )

    def _actors(self) -> None:
        stated: list[tuple[records.Actor, Where]] = []
        for actor, where in self.package.rows("actors", records.Actor):
            self._named("actor", actor, where)
            if actor.id == records.AUTHOR:
                message = "no actor may be called author; that word means whoever wrote the document"
                self.faults.append(where.fault(message, "id"))
            if actor.id in self.actors:
                self.faults.append(where.fault(f"actor id {actor.id} is already taken in this file; keep one", "id"))
            self.actors[actor.id] = actor
            stated.append((actor, where))
        for actor, where in stated:
            if actor.of == actor.id:
                self.faults.append(
                    where.fault(f"actor {actor.id} belongs to itself; name the body it belongs to, or none", "of")
                )
            elif actor.of is not None and actor.of not in self.actors and self._missing("actor", actor.of):
                hint = nearest(actor.of, self.actors)
                self.faults.append(where.fault(f"there is no actor {actor.of} in this package{hint}", "of"))
            mentions = occurrences(self.text, actor.names)
            names = json.dumps(actor.names, ensure_ascii=False)
            row = (actor.id, actor.name, actor.category.value, actor.of, self.id, names, mentions, self._at(where))
            self.shard.add("actor", row)
            self._count("actors", actor.model_dump_json())

    def _places(self) -> None:
        for place, where in self.package.rows("places", records.Place):
            self._named("place", place, where)
            if place.id in self.places:
                self.faults.append(where.fault(f"place id {place.id} is already taken in this file; keep one", "id"))
            self.places[place.id] = place
            mentions = occurrences(self.text, place.names)
            names = json.dumps(place.names, ensure_ascii=False)
            row = (place.id, place.name, place.category.value, self.id, names, mentions, self._at(where))
            self.shard.add("place", row)
            self._count("places", place.model_dump_json())

    def _named(self, kind: str, named: records.Actor | records.Place, where: Where) -> None:
        for at, name in enumerate(named.names):
            if name in named.names[:at]:
                self.faults.append(
                    where.fault(f"{kind} {named.id} lists the name “{name}” twice; keep one", "names", at)
                )
            if not holds(self.text, name):
                message = (
                    f"{kind} {named.id}: the name “{name}” does not occur in the text; list the forms that it uses"
                )
                self.warnings.append(where.fault(message, "names", at))

    def _obstacles(self) -> None:
        numbers: dict[int, str] = {}
        for obstacle, where in self.package.rows("obstacles", records.Obstacle):
            self._new("obstacle", obstacle.id, where, "id")
            self._known("actor", obstacle.actors, self.actors, where, "actors")
            if (other := numbers.setdefault(obstacle.number, obstacle.id)) != obstacle.id:
                self.faults.append(where.fault(f"number {obstacle.number} is already that of {other}", "number"))
            opening = f"{obstacle.number}. {obstacle.title}:"
            spans = [span for span in self.paragraphs if self.text.startswith(opening, span[0])]
            if len(spans) != 1:
                begun = [span for span in self.paragraphs if self.text.startswith(f"{obstacle.number}. ", span[0])]
                hint = f"; the text has “{_short(self.text[slice(*begun[0])])}”" if begun else ""
                times = f"{len(spans)} paragraphs begin" if spans else "no paragraph begins"
                self.faults.append(where.fault(f"{times} “{opening}”{hint}", "title"))
                continue
            start, end = spans[0]
            row = self.shard.number()
            quantities = self._quantities(obstacle.quantities, self.text[start:end], where)
            body = self.text[start + len(opening) : end].strip()
            anchored = self.anchors.anchored((start, end))
            self.longest = max(self.longest, end - start)
            self.shard.add(
                "obstacle",
                (
                    row,
                    obstacle.id,
                    self.id,
                    *anchored,
                    obstacle.number,
                    obstacle.title,
                    body,
                    obstacle.summary,
                    quantities,
                    _listed(obstacle.actors),
                    self._at(where),
                ),
            )
            self.obstacles.append((start, end, obstacle.id))
            self._count("obstacles", obstacle.model_dump_json(exclude={"positions"}))
            self._positions(obstacle, (start, end), where)

    def _positions(self, obstacle: records.Obstacle, paragraph: Span, where: Where) -> None:
        taken: dict[str, str] = {}
        for at, position in enumerate(obstacle.positions):
            loc = ("positions", at)
            self._new("position", position.id, where, *loc, "id")
            if position.actor not in self.actors and self._missing("actor", position.actor):
                hint = nearest(position.actor, self.actors)
                self.faults.append(
                    where.fault(f"there is no actor {position.actor} in this package{hint}", *loc, "actor")
                )
            elif (other := taken.setdefault(position.actor, position.id)) != position.id:
                message = f"{position.actor} already has the position {other} on {obstacle.id}; join the two"
                self.faults.append(where.fault(message, *loc, "actor"))
            if (span := self._find(position, where, *loc)) is None:
                continue
            if not (paragraph[0] <= span[0] and span[1] <= paragraph[1]):
                message = f"“{_short(position.quote)}” is outside the paragraph of {obstacle.id}; quote from inside it"
                self.faults.append(where.fault(message, *loc, "quote"))
            said = (obstacle.id, position.actor, position.statement, position.note)
            row = (self.shard.number(), position.id, self.id, *self._rest(span), *said, self._at(where, *loc))
            self.shard.add("position", row)
            self._count("positions", f"{obstacle.id} {position.model_dump_json(exclude=CONTEXT)} {span}")

    def _claims(self) -> None:
        shard, actors, places, topics = self.shard, self.actors, self.places, self.topics
        for claim, where in self.package.rows("claims", records.Claim):
            self._new("claim", claim.id, where, "id")
            if claim.actors:
                self._known("actor", claim.actors, actors, where, "actors")
            if claim.places:
                self._known("place", claim.places, places, where, "places")
            if claim.topics:
                self._known("topic", claim.topics, topics, where, "topics")
            speaker = None if claim.speaker == records.AUTHOR else claim.speaker
            if speaker is not None and speaker not in actors and self._missing("actor", speaker):
                hint = nearest(speaker, [records.AUTHOR, *actors])
                self.faults.append(where.fault(f"there is no actor {speaker} in this package{hint}", "speaker"))
            if (span := self._find(claim, where)) is None:
                continue
            if claim.hedge_cue is not None or claim.quantities:
                sentence = self.anchors.sentence_text(span)
                if claim.hedge_cue is not None:
                    self._within("hedge_cue", claim.hedge_cue, sentence, where, "hedge_cue")
                quantities = self._quantities(claim.quantities, sentence, where)
            else:
                quantities = "[]"
            row = shard.number()
            shard.add(
                "claim",
                (
                    row,
                    claim.id,
                    self.id,
                    *self._rest(span),
                    claim.statement,
                    claim.type.value,
                    claim.mode.value,
                    claim.speaker,
                    speaker,
                    claim.hedge_cue is not None,
                    claim.hedge_cue,
                    self._obstacle_around(span),
                    bool(claim.quantities),
                    quantities,
                    claim.note,
                    _listed(claim.actors),
                    _listed(claim.places),
                    _listed(claim.topics),
                    f"{where.file}:{where.line}",
                ),
            )
            self._count("claims", f"{claim.model_dump_json(exclude=CONTEXT)} {span}")

    def _obstacle_around(self, span: Span) -> str | None:
        for start, end, name in self.obstacles:
            if start <= span[0] and span[1] <= end:
                return name
        return None

    def _events(self) -> None:
        for event, where in self.package.rows("events", records.Event):
            self._new("event", event.id, where, "id")
            self._known("actor", event.actors, self.actors, where, "actors")
            self._known("place", event.places, self.places, where, "places")
            earliest, latest = self._bounds(event.date, where)
            mentions = [self._find(mention, where, "mentions", at) for at, mention in enumerate(event.mentions)]
            passages = sorted(span for span in mentions if span is not None)
            if (span := self._find(event, where)) is None:
                continue
            if event.date.text is not None:
                self._within("date.text", event.date.text, self.anchors.sentence_text(span), where, "date", "text")
            row = self.shard.number()
            self.shard.add(
                "event",
                (
                    row,
                    event.id,
                    self.id,
                    *self._rest(span),
                    event.name,
                    event.category.value,
                    event.status.value,
                    event.date.text,
                    event.date.edtf,
                    earliest,
                    latest,
                    event.date.basis.value,
                    event.note,
                    _listed(event.actors),
                    _listed(event.places),
                    self._at(where),
                ),
            )
            for ordinal, passage in enumerate(passages, 1):
                self.shard.add("event_mention", (row, ordinal, self.id, *self._rest(passage)))
            said = event.model_dump_json(exclude={"prefix", "suffix", "mentions", "date"})
            date = f"{event.date.text!a} {event.date.edtf} {event.date.basis.value}"
            self._count("events", f"{said} {date} {span} {passages}")

    def _bounds(self, date: records.Date, where: Where) -> tuple[str | None, str | None]:
        if date.edtf is None:
            found: tuple[str | None, str | None] = (None, None)
        else:
            try:
                found = bounds(date.edtf)
            except ValueError as error:
                self.faults.append(where.fault(f"`date.edtf`: {error}", "date", "edtf"))
                return None, None
        for key, stated, actual in (("earliest", date.earliest, found[0]), ("latest", date.latest, found[1])):
            if stated is not None and stated != actual:
                message = f"`date.{key}` is {stated}, but {date.edtf} gives {actual or 'none'}; leave it out"
                self.faults.append(where.fault(message, "date", key))
        return found

    def _relations(self) -> None:
        claims = self.ids.get("claim", {})
        for relation, where in self.package.rows("relations", records.Relation):
            self._new("relation", relation.id, where, "id")
            for key, end in (("from", relation.from_), ("to", relation.to)):
                if end not in claims and self._missing("claim", end):
                    hint = nearest(end, claims) if len(claims) < 1000 else ""
                    self.faults.append(where.fault(f"there is no claim {end} in this package{hint}", key))
            anchored: tuple[Any, ...] = (None,) * len(Anchored._fields)
            span = None
            if relation.quote is not None:
                if (span := self._find(relation, where)) is None:
                    continue
                self.longest = max(self.longest, span[1] - span[0])
                anchored = self.anchors.anchored(span)
            ends = (relation.from_, relation.to, relation.type.value, relation.basis.value, relation.note)
            self.shard.add("relation", (self.shard.number(), relation.id, self.id, *ends, *anchored, self._at(where)))
            self._count("relations", f"{relation.model_dump_json(exclude=CONTEXT)} {span}")


def _listed(ids: list[str]) -> str:
    """A list of ids as JSON; their form leaves nothing to escape."""
    return '["' + '","'.join(ids) + '"]' if ids else "[]"


def _lead(passage: str) -> str:
    return f"its sentence, “{_short(passage)}”"


def _short(words: str) -> str:
    return words if len(words) <= 60 else words[:59] + "…"
