"""Records as W3C Web Annotations (https://www.w3.org/TR/annotation-model/)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from api.records.shapes import Record
from api.request import Asked

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MOTIVATIONS = {
    "claim": "describing",
    "event": "classifying",
    "obstacle": "highlighting",
    "position": "describing",
    "relation": "linking",
}
TEXTS = {"claim": "statement", "event": "name", "obstacle": "summary", "position": "statement"}
TAGS = {
    "claim": ("type", "mode", "topics", "actors", "places"),
    "event": ("category", "status", "actors", "places"),
    "obstacle": ("actors",),
    "position": ("actor",),
    "relation": ("type",),
}


def iri(asked: Asked, kind: str, id: str) -> str:
    """Absolute under SIC_PUBLIC_URL, else a URN; never the Host header."""
    public = asked.settings.public_url
    return f"{public}/v1/{kind}s/{id}" if public else f"urn:sic:{kind}:{id}"


def annotation(asked: Asked, record: Record, *, top: bool = True) -> Record:
    """A record with a source as an Annotation; relations link two claims and may have no words of their own."""
    kind = record["kind"]
    bodies: list[Record] = []
    if kind in TEXTS:
        bodies.append(
            {
                "type": "TextualBody",
                "value": record[TEXTS[kind]],
                "format": "text/plain",
                "purpose": MOTIVATIONS[kind],
            }
        )
    if kind == "relation":
        bodies += [
            {"type": "SpecificResource", "source": iri(asked, "claim", record[end]), "purpose": "linking"}
            for end in ("from", "to")
        ]
    for name in TAGS[kind]:
        value = record[name]
        bodies += [
            {"type": "TextualBody", "value": item, "purpose": "tagging"}
            for item in (value if isinstance(value, list) else [value])
        ]
    sources = [source for source in (record["source"], *record.get("mentions", ())) if source]
    targets: list[Any] = [target(asked, source) for source in sources] or [iri(asked, "claim", record["from"])]
    made: Record = {
        "id": iri(asked, kind, record["id"]),
        "type": "Annotation",
        "motivation": MOTIVATIONS[kind],
        "body": bodies,
        "target": targets[0] if len(targets) == 1 else targets,
    }
    return {"@context": CONTEXT} | made if top else made


def target(asked: Asked, source: Record) -> Record:
    return {
        "type": "SpecificResource",
        "source": iri(asked, "document", source["document"]),
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": source["quote"],
                "prefix": source["prefix"],
                "suffix": source["suffix"],
            },
            {"type": "TextPositionSelector", "start": source["start"], "end": source["end"]},
        ],
    }


def annotation_page(asked: Asked, records: Sequence[Record], meta: Record, links: Record) -> Record:
    """A page and its collection. The Link header has the paths to follow where ids are URNs."""

    def page(path: str) -> str:
        public = asked.settings.public_url
        path = path.removeprefix(asked.root)  # a public URL ends in it
        return public + path if public else f"urn:sic:page:{quote(path, safe='/=&,')}"

    first = page(links["first"])
    collection: Record = {"id": f"{first}#all", "type": "AnnotationCollection", "total": meta["total"], "first": first}
    made: Record = {"@context": CONTEXT, "id": page(links["self"]), "type": "AnnotationPage", "partOf": collection}
    for name in ("next", "prev"):
        if links[name]:
            made[name] = page(links[name])
    return made | {"items": [annotation(asked, record, top=False) for record in records]}
