"""Records as W3C Web Annotations (https://www.w3.org/TR/annotation-model/)."""

from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from api.model.kinds import KINDS

Record = dict[str, Any]

# Our own properties, after those of the Web Annotation vocabulary. Their IRIs need no SIC_PUBLIC_URL.
CONTEXT: list[Any] = ["http://www.w3.org/ns/anno.jsonld", {"sic": "urn:sic:terms#"}]


class Annotation(BaseModel):
    """A W3C Web Annotation."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    id: str
    type: Literal["Annotation"]
    motivation: str
    body: list[dict[str, Any]] = Field(description="Its first body has our own properties beside the text.")
    target: dict[str, Any] | list[dict[str, Any]]


class AnnotationPage(BaseModel):
    """A page of W3C Web Annotations, and the collection that it is part of."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    id: str
    type: Literal["AnnotationPage"]
    items: list[Annotation]


def iri(public_url: str | None, kind: str, id: str) -> str:
    """Absolute under SIC_PUBLIC_URL, else a URN; never from the Host header."""
    return f"{public_url}{KINDS[kind].path}/{id}" if public_url else f"urn:sic:{kind}:{id}"


def annotation(public_url: str | None, record: Record) -> Record:
    """A record that rests on words, as an Annotation.

    A record without a source needs its ends under `included`: an inferred relation targets the words of both claims.
    """
    kind = KINDS[record["kind"]]
    declared = kind.annotation
    assert declared is not None
    bodies: list[Record] = []
    properties = {"sic:kind": kind.name} | {f"sic:{name}": record[name] for name in declared.properties}
    if declared.body is not None:
        text = {"type": "TextualBody", "value": record[declared.body], "format": "text/plain"}
        bodies.append(text | {"purpose": declared.motivation} | properties)
    else:
        bodies += [
            {
                "type": "SpecificResource",
                "source": iri(public_url, kind.includes[end].kind, record[end]),
                "purpose": "linking",
            }
            for end in declared.ends
        ]
        bodies.append({"type": "TextualBody", "value": record["type"], "purpose": "tagging"} | properties)
    sources = [source for source in (record["source"], *record.get("mentions", ())) if source]
    sources = sources or [record["included"][end]["source"] for end in declared.ends]
    targets = [_target(public_url, source) for source in sources]
    return {
        "id": iri(public_url, kind.name, record["id"]),
        "type": "Annotation",
        "motivation": declared.motivation,
        "body": bodies,
        "target": targets[0] if len(targets) == 1 else targets,
    }


def _target(public_url: str | None, source: Record) -> Record:
    exact = {"type": "TextQuoteSelector", "exact": source["quote"]}
    return {
        "type": "SpecificResource",
        "source": iri(public_url, "document", source["document"]),
        "selector": [
            exact | {"prefix": source["prefix"], "suffix": source["suffix"]},
            {"type": "TextPositionSelector", "start": source["start"], "end": source["end"]},
        ],
    }


def annotation_document(public_url: str | None, record: Record) -> Record:
    """One annotation with its context."""
    return {"@context": CONTEXT} | annotation(public_url, record)


def annotation_page(public_url: str | None, root: str, page: Record) -> Record:
    """A page of records as an AnnotationPage. The Link header has the paths to follow where ids are URNs."""
    meta, links = page["meta"], page["links"]

    def id_of(path: str) -> str:
        below = path.removeprefix(root)  # a public URL ends in the root path
        return public_url + below if public_url else f"urn:sic:page:{quote(below, safe='/=&,')}"

    first = id_of(links["first"])
    collection = {"id": f"{first}#all", "type": "AnnotationCollection", "total": meta["total"], "first": first}
    written: Record = {"@context": CONTEXT, "id": id_of(links["self"]), "type": "AnnotationPage", "partOf": collection}
    written |= {name: id_of(links[name]) for name in ("next", "prev") if links[name]}
    return written | {"items": [annotation(public_url, record) for record in page["data"]]}
