"""Cards: a record as a reader meets it. Who comes first, then what is said, the words that carry it, and how it hangs
together with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from api.model.kinds import KINDS
from api.records.includes import include
from api.records.reader import Reader, Record
from api.web.environment import STRINGS, in_words
from api.web.facts import Fact, facts_of
from api.web.names import Named, Names, ids_in, title_of

# Kinds whose title is an editor's paraphrase or name, and not the text's own words.
WORDED_BY_EDITOR = ("claim", "event", "position", "document")
FIELD = {"claim": "statement", "event": "name", "position": "statement", "obstacle": "title", "section": "title"}
FIELD |= {"actor": "name", "place": "name", "document": "label", "correction": "what"}


@dataclass(frozen=True)
class Related:
    """Another claim, and how this one bears on it."""

    type: str
    phrase: str
    who: Named
    statement: str
    page: str
    basis: str
    relation: str  # page of the relation


@dataclass
class Card:
    record: Record
    title: str
    field: str
    added: bool
    who: Named | None = None
    how: str = ""
    tags: list[str] = attribute(default_factory=list)
    marks: list[str] = attribute(default_factory=list)
    document: Named | None = None
    quote: str | None = None
    words: str | None = None  # page of the words in the text
    read: str | None = None  # the same words in the page on which the text is read
    related: list[Related] = attribute(default_factory=list)
    facts: list[Fact] = attribute(default_factory=list)
    annotation: str | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.record[name]
        except KeyError:
            raise AttributeError(name) from None


def cards_of(reader: Reader, records: Sequence[Record]) -> list[Card]:
    """A card for each record of any kind; what they refer to is read in a few statements for all."""
    claims = [record for record in records if record["kind"] == "claim"]
    include(reader, KINDS["claim"], claims, ("relations",))
    relations = [each for claim in claims for each in claim["included"]["relations"]["data"]]
    names = Names(reader, ids_in([*records, *relations]))
    names.read_speakers(reader)
    return [_card(reader.root, record, names) for record in records]


def _card(root: str, record: Record, names: Names) -> Card:
    kind, source = record["kind"], record.get("source")
    card = Card(
        record=record,
        title=_relation_title(record, names) if kind == "relation" else title_of(record),
        field=FIELD.get(kind, ""),
        added=kind in WORDED_BY_EDITOR or record.get("title_origin") == "editorial",
        facts=facts_of(record, names),
    )
    if isinstance(record.get("document"), str) and kind != "document":
        card.document = names.of("document", record["document"])
    if source:
        card.quote = source["quote"]
        card.words = f"{root}/d/{source['document']}/@{source['start']}-{source['end']}"
        card.read = f"{root}/d/{source['document']}#p{source['start']}"
    if KINDS[kind].annotation:
        card.annotation = f"{record['links']['self']}/annotation.jsonld"
    if kind == "claim":
        card.who, card.how = names.speaker(record["speaker"]), STRINGS["how"][record["mode"]]
        card.tags = [in_words(record["type"])]
        card.related = [_related(record["id"], each, names) for each in record["included"]["relations"]["data"]]
        card.marks = marks_of(record)
    elif kind == "position":
        card.who, card.how = names.of("actor", record["actor"]), STRINGS["how"]["position"]
    elif kind == "event":
        card.tags = [in_words(record["category"]), in_words(record["status"])]
    return card


def marks_of(claim: Record) -> list[str]:
    """Why a claim is marked in the text: it is reported, quoted, hedged or contradicted."""
    marks = [claim["mode"]] if claim["mode"] != "asserted" else []
    marks += ["hedged"] if claim["hedged"] else []
    types = {each["type"] for each in claim.get("included", {}).get("relations", {}).get("data", ())}
    return marks + (["contradicted"] if "contradicts" in types else [])


def _related(id: str, relation: Record, names: Names) -> Related:
    outward = relation["from"] == id
    other = names.records[("claim", relation["to" if outward else "from"])]
    return Related(
        type=relation["type"],
        phrase=STRINGS["relations"][relation["type"]][0 if outward else 1],
        who=names.speaker(other["speaker"]),
        statement=other["statement"],
        page=other["links"]["page"],
        basis=relation["source"]["quote"] if relation["source"] else "",
        relation=relation["links"]["page"],
    )


def _relation_title(relation: Record, names: Names) -> str:
    one, other = (names.of("claim", relation[end]).text for end in ("from", "to"))
    return f"{one.rstrip('.')} — {STRINGS['relations'][relation['type']][0]} — {other}"
