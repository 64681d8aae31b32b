"""Names for the ids that records hold: what a reader sees instead of an id, and the page behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from api.content.statements import among
from api.model.columns import columns
from api.model.kinds import KINDS
from api.model.tables import Topic
from api.records.presentation import records_by_id
from api.records.reader import Reader, Record
from api.web.environment import STRINGS, in_words

TOPIC = columns(Topic)
TOPICS = select(TOPIC.id, TOPIC.label).where(among(TOPIC.id, "ids"))

# Where a record holds ids, and of which kind they are.
SINGLE = {"speaker": "actor", "actor": "actor", "of": "actor", "section": "section", "parent": "section"}
SINGLE |= {"obstacle": "obstacle", "document": "document", "from": "claim", "to": "claim"}
SEVERAL = {"actors": "actor", "speakers": "actor", "places": "place", "topics": "topic", "claims": "claim"}
SEVERAL |= {"documents": "document", "positions": "position"}
TITLE = {"claim": "statement", "position": "statement", "actor": "name", "place": "name", "event": "name"}
TITLE |= {"document": "label", "section": "title", "obstacle": "title", "correction": "what"}


@dataclass(frozen=True)
class Named:
    """Something that a page names, with the page that it leads to."""

    text: str
    href: str | None = None


class Names:
    """Named records by (kind, id). Ids that no record has name themselves."""

    def __init__(self, reader: Reader, ids: Iterable[tuple[str, str]]) -> None:
        self.root = reader.root
        self.records: dict[tuple[str, str], Record] = {}
        self._topics: dict[str, str] = {}
        self.read(reader, ids)

    def read(self, reader: Reader, ids: Iterable[tuple[str, str]]) -> None:
        """Adds the records of these ids, in a statement or two for each kind."""
        by_kind: dict[str, set[str]] = {}
        for kind, id in ids:
            by_kind.setdefault(kind, set()).add(id)
        for kind, wanted in by_kind.items():
            if kind == "topic":
                self._topics |= {row.id: row.label for row in reader.rows(TOPICS, ids=sorted(wanted))}
            else:
                records = records_by_id(reader, KINDS[kind], wanted)
                self.records |= {(kind, id): record for id, record in records.items()}

    def read_speakers(self, reader: Reader) -> None:
        """Adds those who make the claims that are named here."""
        speakers = {record["speaker"] for (kind, _), record in self.records.items() if kind == "claim"}
        self.read(reader, {("actor", speaker) for speaker in speakers - {None, "author"}})

    def of(self, kind: str, id: str) -> Named:
        if kind == "topic":
            return Named(self._topics.get(id, id), f"{self.root}/claims?topic={id}")
        record = self.records.get((kind, id))
        return Named(title_of(record), record["links"]["page"]) if record else Named(id)

    def speaker(self, id: str | None) -> Named:
        if id is None or id == "none":
            return Named(STRINGS["who"]["nobody"], f"{self.root}/claims?speaker=none")
        if id == "author":
            return Named(STRINGS["who"]["author"], f"{self.root}/claims?speaker=author")
        return self.of("actor", id)

    def value(self, filter: str, value: str) -> str:
        """A value of a filter in words."""
        if filter == "speaker":
            return self.speaker(value).text
        kind = FILTERED.get(filter)
        if kind and value != "none":
            return self.of(kind, value).text
        words: str = STRINGS["filter_values"].get(f"{filter}.{value}") or in_words(value)
        return words


FILTERED = {"actor": "actor", "place": "place", "topic": "topic", "section": "section", "obstacle": "obstacle"}
FILTERED |= {"document": "document", "event": "event", "claim": "claim", "parent": "section", "speaker": "actor"}


def title_of(record: Record) -> str:
    if record["kind"] == "relation":
        return in_words(record["type"])
    return str(record[TITLE[record["kind"]]])


def ids_in(records: Sequence[Record]) -> set[tuple[str, str]]:
    """(kind, id) of all that the records refer to by id."""
    ids: set[tuple[str, str]] = set()
    for record in records:
        ids |= {(kind, record[field]) for field, kind in SINGLE.items() if isinstance(record.get(field), str)}
        for field, kind in SEVERAL.items():
            values: Any = record.get(field)
            ids |= {(kind, id) for id in (values if isinstance(values, list) else ()) if id}
    return ids - {("actor", "author")}
