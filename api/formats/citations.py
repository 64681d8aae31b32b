"""How to cite a record: BibTeX, RIS and CSL-JSON.

The text of a document may name no author and no title; then a citation has none. What an editor knows stands in the
document's provenance. A title that an editor supplied stands in square brackets, as bibliographies do it.
"""

from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]

BIBTEX_ESCAPES = str.maketrans(
    {
        **{char: f"\\{char}" for char in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


@dataclass(frozen=True)
class Citation:
    """What every citation says. `locator` names code points of the canonical text."""

    id: str
    title: str
    author: str | None
    publisher: str | None
    issued: str | None
    section: str | None
    locator: str
    url: str
    notes: tuple[str, ...]


def citation(record: Record, document: Record, section: Record | None, url: str, snapshot: str) -> Citation:
    """The citation of a record; `url` outlives the snapshot."""
    provenance = document["provenance"]
    source = record.get("source") or record
    start, end = source.get("start", 0), source.get("end", document["text_length"])
    quote = record["source"]["quote"] if record.get("source") else None
    notes = [f"“{quote}”"] if quote else []
    if record["kind"] == "claim":  # whoever cites it says whose claim it is
        hedged = ", hedged" if record["hedged"] else ""
        notes.append(f"speaker: {record['speaker'] or 'nobody named'}, {record['mode']}{hedged}")
    notes += [
        f"{record['kind']} {record['id']} as annotated in sic",
        f"SHA-256 of the text: {document['text_sha256']}",
        f"snapshot {snapshot}",
    ]
    return Citation(
        id=record["id"],
        title=provenance["title"] or document["title"] or f"[{document['label']}]",
        author=provenance["author"] or document["author"],
        publisher=provenance["publisher"],
        issued=provenance["published"],
        section=section["title"] if section else None,
        locator=f"characters {start}–{end}",
        url=url,
        notes=tuple(notes),
    )


def bibtex(cited: Citation) -> str:
    fields = {
        "title": cited.title,
        "author": cited.author and f"{{{_escaped(cited.author)}}}",
        "publisher": cited.publisher,
        "year": cited.issued and cited.issued[:4],
        "chapter": cited.section,
        "pages": cited.locator,
        "note": "; ".join(cited.notes),
    }
    lines = [
        f"  {name} = {{{value if name == 'author' else _escaped(value)}}}," for name, value in fields.items() if value
    ]
    return "\n".join([f"@misc{{{cited.id},", *lines, f"  url = {{{cited.url}}}", "}", ""])


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(BIBTEX_ESCAPES)


def ris(cited: Citation) -> str:
    fields = [
        ("TY", "GEN"),
        ("ID", cited.id),
        ("TI", cited.title),
        ("AU", cited.author),
        ("PB", cited.publisher),
        ("PY", cited.issued and cited.issued[:4]),
        ("SE", cited.section),
        ("SP", cited.locator),
        ("UR", cited.url),
        *(("N1", note) for note in cited.notes),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def csl(cited: Citation) -> Record:
    """One CSL-JSON item (https://docs.citationstyles.org/en/stable/specification.html)."""
    item: Record = {
        "id": cited.id,
        "type": "document",
        "title": cited.title,
        "author": cited.author and [{"literal": cited.author}],
        "publisher": cited.publisher,
        "issued": cited.issued and {"raw": cited.issued},
        "section": cited.section,
        "page": cited.locator,
        "URL": cited.url,
        "note": "; ".join(cited.notes),
    }
    return {name: value for name, value in item.items() if value}


def sentence(cited: Citation) -> str:
    """The citation as a reader pastes it into a text."""
    quote, notes = (cited.notes[0], cited.notes[1:]) if cited.notes[0].startswith("“") else ("", cited.notes)
    source = (cited.author, cited.title, cited.publisher, cited.issued, cited.section and f"section “{cited.section}”")
    return " ".join(
        part
        for part in (quote, ", ".join(filter(None, (*source, cited.locator))) + ".", f"{'; '.join(notes)}.", cited.url)
        if part
    )


WRITERS = {"bib": bibtex, "ris": ris, "csl": csl}
