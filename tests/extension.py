"""A filter, a field, a file format and a kind, added to a copy of the tree by the steps of CONTRIBUTING.md."""

import re

from tests.scratch import Change, Scratch


def add_filter(scratch: Scratch) -> Change:
    """`has_note` of claims."""
    change = Change(scratch)
    change.insert(
        "api/model/kinds/claims.py",
        '"has_quantity": OneValue(Claim.has_quantity),',
        '"has_note": OneValue(Claim.note, filled=True),',
    )
    change.insert(
        "api/resources/claims.py",
        "has_quantity:",
        '    has_note: Flag | MISSING = Field(MISSING, description="Whether an editor remarked on it.")',
    )
    return change


def add_field(scratch: Scratch) -> Change:
    """`gloss` of claims."""
    change = Change(scratch)
    change.replace("api/model/tables.py", "    has_quantity: bool\n", "    has_quantity: bool\n    gloss: str | None\n")
    change.replace(
        "seed/records.py",
        "    hedge_cue: Words | None = None\n",
        "    hedge_cue: Words | None = None\n    gloss: Words | None = None\n",
    )
    change.insert(
        "api/records/claims.py", "note: str | None", '    gloss: str | None = Field(description="An editor\'s gloss.")'
    )
    change.insert("api/records/claims.py", '"note": row.note,', '"gloss": row.gloss,')
    return change


WRITER = '''\
def tab_lines(columns: Sequence[str], records: Iterable[Record], header: bool) -> bytes:
    """IANA's text/tab-separated-values: no tabs and no line ends within a cell."""
    lines = [list(columns)] if header else []
    lines += [[cell(value_at(record, column), column) for column in columns] for record in records]
    return "".join("\\t".join(re.sub(r"[\\t\\r\\n]", " ", each) for each in line) + "\\n" for line in lines).encode()
'''


def add_format(scratch: Scratch) -> Change:
    """`.tsv` of every list."""
    change = Change(scratch)
    change.append("api/formats/tabular.py", WRITER)
    change.replace(
        "api/formats/forms.py",
        "from api.formats.tabular import csv_lines, json_lines\n",
        "from api.formats.tabular import csv_lines, json_lines, tab_lines\n",
    )
    entry = '    Form("tsv", "text/tab-separated-values", suffix=".tsv", write=tab_lines, has_columns=True),'
    change.insert("api/formats/forms.py", "ENTRIES = (", entry)
    return change


TABLE = """\
class Slogan(Sourced, table=True):
    __table_args__ = sourced(
        "slogan", UniqueConstraint("document", "ordinal"), *filtered("slogan", "section", "speaker")
    )
    ordinal: int
    meaning: str
    speaker: str | None = key("actor.id")
"""
LINK = """\
class SloganActor(Content, table=True):
    __table_args__ = (Index("ix_slogan_actor_actor", "actor", "slogan", unique=True), KEYS_ONLY)
    slogan: int = Field(foreign_key="slogan.sequence", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor: str = key("actor.id")
"""
DECLARATION = '''\
"""Slogans, declared."""

from api.model.declaration import Annotated, IncludeNamed, IncludeOne, Kind, ManyValues, OneValue, Text
from api.model.links import SloganActor
from api.model.tables import Slogan

SLOGAN = Kind(
    name="slogan",
    plural="slogans",
    model=Slogan,
    filters={
        "document": OneValue(Slogan.document),
        "section": OneValue(Slogan.section),
        "speaker": OneValue(Slogan.speaker),
        "actor": ManyValues(SloganActor.slogan, SloganActor.actor),
    },
    texts=(Text(Slogan.meaning, "meaning"), Text(Slogan.quote, "source.quote")),
    includes={
        "section": IncludeOne("section", "section"),
        "speaker": IncludeOne("actor", "speaker"),
        "actors": IncludeNamed("actor", "actors"),
    },
    sourced=True,
    coverage="accounts",
    citable=True,
    annotation=Annotated("describing", "meaning", ("speaker", "actors")),
)
'''
RECORD = '''\
"""Slogans as records."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from api.model.links import SloganActor
from api.model.tables import Slogan
from api.params.fields import Id
from api.records.reader import Reader, Record
from api.records.shapes import Links, RecordShape, Source


class SloganRecord(RecordShape):
    """Words that a side rallies behind."""

    kind: Literal["slogan"]
    document: Id
    ordinal: int = Field(description="Place in the document, from 1.")
    section: Id
    meaning: str = Field(description="An editor's reading.")
    speaker: Id | None
    actors: list[Id]
    source: Source
    links: Links


def present(reader: Reader, rows: Sequence[Slogan]) -> list[Record]:
    [actors] = reader.lists([row.sequence for row in rows], SloganActor)
    return [
        {
            "id": row.id,
            "kind": "slogan",
            "document": row.document,
            "ordinal": row.ordinal,
            "section": row.section,
            "meaning": row.meaning,
            "speaker": row.speaker,
            "actors": actors.get(row.sequence, []),
            "source": reader.source(row),
            "links": reader.links("slogan", row),
        }
        for row in rows
    ]
'''
PARAMETERS = """\
    id: Many[SloganId] = Field((), description="These slogans.")
    document: Many[DocumentId] = Field((), description="Of these documents.")
    section: Many[SectionId] = Field((), description="In these leaf sections.")
    speaker: Many[ActorIdOrNone] = Field((), description="Said by these actors.")
    actor: Many[ActorIdOrNone] = Field((), description="About these actors.")

"""
PACKAGE_RECORD = """\
class Slogan(Quoted):
    id: Id
    meaning: Words
    speaker: Id | None = None
    actors: list[Id] = Field(default_factory=list)
"""
CHECK = '''\
"""Slogans: words that a side rallies behind."""

from seed import records
from seed.draft import Draft


def slogans(draft: Draft) -> None:
    for slogan, where in draft.rows("slogans", records.Slogan):
        draft.refer_all("actor", slogan.actors, where, "actors")
        if slogan.speaker is not None:
            draft.refer("actor", slogan.speaker, where, "speaker")
        if (span := draft.locate(slogan, where)) is not None:
            draft.stage("slogan", where, slogan.__dict__ | draft.rest(span))
'''
SLOGANS = """\
- id: karabakh.g1
  quote: "Karabakh is Armenia"
  meaning: "A motto of possession."
  speaker: nikol-pashinyan
  actors: [nikol-pashinyan, armenia]
- id: karabakh.g2
  quote: "majestic defeat"
  meaning: "A motto that turns a loss into dignity."
  actors: [armenia]
- id: karabakh.g3
  quote: "terrible and genocidal Turks"
  meaning: "A motto against an enemy."
"""
CORRECTION = """
- id: karabakh.k90
  date: 2026-11-25
  records:
    - {kind: slogan, id: karabakh.g1}
  what: "The motto is now quoted alone."
  why: "The date belongs to the event."
"""


def add_kind(scratch: Scratch) -> Change:
    """Slogans."""
    change = Change(scratch)
    # Tables.
    change.append("api/model/tables.py", TABLE)
    change.append("api/model/links.py", LINK)
    change.insert(
        "api/model/vocabularies.py", "relation = ", '    slogan = "slogan", "Words that a side rallies behind."'
    )
    # Declaration.
    change.write("api/model/kinds/slogans.py", DECLARATION)
    line = "from api.model.kinds.slogans import SLOGAN"
    change.insert("api/model/kinds/__init__.py", "from api.model.kinds.sections import SECTION", line)
    change.replace("api/model/kinds/__init__.py", "RELATION, CORRECTION)", "RELATION, CORRECTION, SLOGAN)")
    # Presentation.
    change.write("api/records/slogans.py", RECORD)
    change.replace("api/records/presentation.py", "relations, sections\n", "relations, sections, slogans\n")
    entry = '"slogan": Presentation(slogans.SloganRecord, slogans.present),'
    change.insert("api/records/presentation.py", '"correction": Presentation(', entry)
    # Resource: that of a similar kind, with other filters.
    change.write("api/resources/slogans.py", _resource((scratch.root / "api/resources/positions.py").read_text()))
    change.insert("api/params/fields.py", "TopicIdOrNone =", 'SloganId = Annotated[str, Refers("slogan")]')
    change.replace("api/main.py", "    sections,\n    spans,\n", "    sections,\n    slogans,\n    spans,\n")
    change.replace("api/main.py", "    positions,\n    actors,\n", "    positions,\n    slogans,\n    actors,\n")
    # Data.
    change.append("seed/records.py", PACKAGE_RECORD)
    change.write("seed/kinds/slogans.py", CHECK)
    change.replace("seed/check.py", "obstacles, relations\n", "obstacles, relations, slogans\n")
    change.insert("seed/check.py", "relations.relations,", "slogans.slogans,")
    change.insert("tests/contract.py", '"sections": "karabakh.s02",', '"slogans": "karabakh.g1",')
    return change


def _resource(text: str) -> str:
    text = re.sub(r"    id: Many\[PositionId\].*?\n\n", lambda _: PARAMETERS, text, flags=re.DOTALL)
    for old, new in (("position", "slogan"), ("Position", "Slogan"), ("POSITION", "SLOGAN")):
        text = text.replace(old, new)
    imports = "ActorIdOrNone, DocumentId, Many, SectionId, SloganId"
    return re.sub(r"(from api.params.fields import ).*", rf"\1{imports}", text)


def add_data(scratch: Scratch) -> None:
    """Records of the new kind, a correction that names one, and a claim with the new field."""
    package = scratch.root / "seed" / "karabakh"
    (package / "slogans.yaml").write_text(SLOGANS, encoding="utf-8")
    with (package / "corrections.yaml").open("a", encoding="utf-8") as corrections:
        corrections.write(CORRECTION)
    claims = (package / "claims.yaml").read_text(encoding="utf-8")
    claims = claims.replace("- id: karabakh.c001\n", '- id: karabakh.c001\n  gloss: "In other words."\n')
    (package / "claims.yaml").write_text(claims, encoding="utf-8")
