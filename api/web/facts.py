"""What a card says beside its statement: each fact with its label, and whether an editor added it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.records.reader import Record
from api.web.environment import STRINGS, counted, in_words
from api.web.names import Named, Names

LABELS = STRINGS["facts"]


@dataclass(frozen=True)
class Fact:
    label: str
    values: tuple[Named, ...]
    added: bool = True  # an editor's; otherwise the text's own words
    quoted: bool = False


def facts_of(record: Record, names: Names) -> list[Fact]:
    return [fact for fact in OF_KIND[record["kind"]](record, names) if fact.values]


def _fact(label: str, *values: Named | str | None, quoted: bool = False) -> Fact:
    shown = tuple(value if isinstance(value, Named) else Named(value) for value in values if value)
    return Fact(LABELS[label], shown, not quoted, quoted)


def _all(label: str, kind: str, record: Record, field: str, names: Names) -> Fact:
    return _fact(label, *(names.of(kind, id) for id in record[field]))


def _note(record: Record) -> Iterator[Fact]:
    if record.get("note"):
        yield _fact("note", record["note"])


def _claim(record: Record, names: Names) -> Iterator[Fact]:
    yield _fact("hedge", record["hedge_cue"], quoted=True)
    yield _fact("quantities", *(each["text"] for each in record["quantities"]), quoted=True)
    yield _all("actors", "actor", record, "actors", names)
    yield _all("places", "place", record, "places", names)
    yield _all("topics", "topic", record, "topics", names)
    yield _fact("section", names.of("section", record["section"]))
    yield from _note(record)


def _event(record: Record, names: Names) -> Iterator[Fact]:
    date = record["date"]
    yield _fact("date_text", date["text"], quoted=True)
    yield _fact("date", date["edtf"] and f"{date['edtf']} ({in_words('basis.' + date['basis'])})")
    yield _fact("speakers", *(names.speaker(id) for id in record["speakers"]))
    yield _all("actors", "actor", record, "actors", names)
    yield _all("places", "place", record, "places", names)
    yield _all("claims", "claim", record, "claims", names)
    mentions = (
        Named(each["quote"], f"{names.root}/d/{each['document']}/@{each['start']}-{each['end']}")
        for each in record["mentions"]
    )
    yield _fact("mentions", *mentions, quoted=True)
    yield from _note(record)


def _obstacle(record: Record, names: Names) -> Iterator[Fact]:
    yield _fact("number", str(record["number"]), quoted=False)
    yield _fact("summary", record["summary"])
    yield _all("actors", "actor", record, "actors", names)
    yield _all("positions", "position", record, "positions", names)


def _position(record: Record, names: Names) -> Iterator[Fact]:
    yield _fact("obstacle", names.of("obstacle", record["obstacle"]))
    yield from _note(record)


def _named(record: Record, names: Names) -> Iterator[Fact]:
    kind, id = record["kind"], record["id"]
    yield _fact("category", in_words(record["category"]))
    yield _fact("names", *record["names"], quoted=True)
    if record.get("of"):
        yield _fact("of", names.of("actor", record["of"]))
    yield _fact("mention_count", counted(record["mention_count"], "mention"))
    yield _all("documents", "document", record, "documents", names)
    lists = [Named(LABELS["claims_about"], f"{names.root}/claims?{kind}={id}")]
    lists += [Named(LABELS["events_about"], f"{names.root}/events?{kind}={id}")]
    if kind == "actor":
        lists.insert(0, Named(LABELS["claims_by"], f"{names.root}/claims?speaker={id}"))
        lists.append(Named(LABELS["positions_of"], f"{names.root}/positions?actor={id}"))
    yield _fact("lists", *lists)


def _section(record: Record, names: Names) -> Iterator[Fact]:
    if record["parent"]:
        yield _fact("parent", names.of("section", record["parent"]))
    at = f"{names.root}/d/{record['document']}"
    yield _fact("text", Named(f"{record['start']}–{record['end']}", f"{at}/@{record['start']}-{record['end']}"))
    yield _fact("lists", Named(LABELS["claims_here"], f"{names.root}/claims?section={record['id']}"))


def _document(record: Record, names: Names) -> Iterator[Fact]:
    yield _fact("text", Named(LABELS["read"], f"{names.root}/d/{record['id']}"))
    yield _fact("title", record["title"], quoted=True)
    yield _fact("author", record["author"], quoted=True)
    yield _fact("rights", record["rights"], quoted=True)
    for name, value in record["provenance"].items():
        if value:
            yield _fact(f"provenance_{name}", value)
    yield _fact("length", f"{record['text_length']:,}")
    yield _fact("sha256", record["text_sha256"])
    yield _fact("note", record["note"])


def _relation(record: Record, names: Names) -> Iterator[Fact]:
    yield _fact("from", names.of("claim", record["from"]))
    yield _fact("type", STRINGS["relations"][record["type"]][0])
    yield _fact("to", names.of("claim", record["to"]))
    yield _fact("basis", in_words(f"relation.{record['basis']}"))
    yield from _note(record)


def _correction(record: Record, names: Names) -> Iterator[Fact]:
    yield _fact("day", record["date"])
    yield _fact("why", record["why"])
    records = (Named(each["id"], f"{names.root}/{each['kind']}s/{each['id']}") for each in record["records"])
    yield _fact("records", *records)


OF_KIND: dict[str, Callable[[Record, Names], Iterator[Fact]]] = {
    "claim": _claim,
    "event": _event,
    "obstacle": _obstacle,
    "position": _position,
    "actor": _named,
    "place": _named,
    "section": _section,
    "document": _document,
    "relation": _relation,
    "correction": _correction,
}
