"""The lists, their parameters by the contract, and what filters and sorts mean, stated independently of the code."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

import httpx
import yaml

from tests import astral
from tests.contract import query
from tests.packages import FILES
from tests.server import PACKAGE, ROOT

Record = dict[str, Any]
Content = dict[str, list[Record]]
Query = dict[str, list[str]]

CONTRACT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
LISTS = (
    *("actors", "claims", "corrections", "documents", "events", "obstacles", "places", "positions", "relations"),
    "sections",
)
SOURCED = ("claims", "events", "obstacles", "positions", "relations")
PAGED = (
    *(f"/v1/{plural}" for plural in LISTS),
    "/v1/search",
    "/v1/documents/{id}/spans",
    "/v1/documents/{id}/coverage",
)
FILES_OF_LISTS = tuple(f"/v1/{plural}{suffix}" for plural in LISTS for suffix in (".csv", ".jsonl"))
NONE = "none"


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    while "$ref" in schema:
        found: Any = CONTRACT
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def parameters(path: str) -> dict[str, dict[str, Any]]:
    """The query parameters that the contract declares for a path."""
    declared = map(resolved, CONTRACT["paths"][path]["get"].get("parameters", []))
    return {item["name"]: item for item in declared if item["in"] == "query"}


def inner(item: dict[str, Any]) -> dict[str, Any]:
    """The schema of one value of a parameter."""
    return resolved(item["schema"].get("items", item["schema"]))


def closed_set(item: dict[str, Any]) -> list[str]:
    """The values of a parameter's closed set, or nothing."""
    listed: list[str] = []
    schema = inner(item)
    for each in map(resolved, schema.get("anyOf", [schema])):
        listed += each.get("enum", [each["const"]] if "const" in each else [])
    return listed


def values(path: str, name: str) -> list[str]:
    """The closed set of a parameter."""
    return closed_set(parameters(path)[name])


def needed(path: str) -> dict[str, str]:
    """The parameters that the path cannot do without."""
    if path not in CONTRACT["paths"]:
        return {}
    required = [name for name, item in parameters(path).items() if item["required"]]
    example = httpx.QueryParams(query(path))
    return {name: "peace" if path.startswith("/v1/search") and name == "q" else example[name] for name in required}


def query_paths() -> Iterator[str]:
    """The contract's paths that take query parameters."""
    yield from (path for path in CONTRACT["paths"] if parameters(path))


def export(client: httpx.Client, path: str, **asked: Any) -> list[Record]:
    """All records that match, from the JSON Lines."""
    response = client.get(f"{path}.jsonl", params=asked)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.split("\n") if line]


def walk(client: httpx.Client, path: str, **asked: Any) -> list[Record]:
    """All records that match, page by page; every page has the same total."""
    records: list[Record] = []
    response = client.get(path, params=asked)
    while True:
        assert response.status_code == 200, response.text
        body = response.json()
        records += body["data"]
        if body["links"]["next"] is None:
            assert body["meta"]["total"] == len(records)
            return records
        assert body["data"]
        response = client.get(body["links"]["next"])


def ids(records: Iterable[Record]) -> list[str]:
    return [record["id"] for record in records]


def listed(plural: str, record: Record) -> Record:
    """A record of a file as a list shows it: the text of a section stands only in files and on the single record."""
    return {key: value for key, value in record.items() if (plural, key) != ("sections", "text")}


def text_of(value: Any) -> str:
    """A value as a query writes it; null is `none`."""
    if value is None:
        return NONE
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Filter:
    """What the contract says of a filter."""

    name: str
    negatable: bool = True  # closed or id-valued: it has `.not`
    many: bool = False  # over lists: it has `.all`
    nullable: bool = False  # `none` selects the records where it is null or empty
    single: bool = False  # takes one value


def _filters(*filters: Filter) -> tuple[Filter, ...]:
    return (Filter("document"), *filters)


OF_ACTORS = Filter("actor", many=True, nullable=True)
OF_PLACES = Filter("place", many=True, nullable=True)
OF_DOCUMENTS = Filter("document", many=True)
FILTERS: dict[str, tuple[Filter, ...]] = {
    "documents": _filters(Filter("language", negatable=False), Filter("topic", many=True, nullable=True)),
    "sections": _filters(Filter("parent", nullable=True)),
    "claims": _filters(
        Filter("section"),
        Filter("type"),
        Filter("mode"),
        Filter("speaker", nullable=True),
        Filter("hedged", negatable=False, single=True),
        OF_ACTORS,
        OF_PLACES,
        Filter("topic", many=True, nullable=True),
        Filter("obstacle", nullable=True),
        Filter("has_quantity", negatable=False, single=True),
        Filter("event", many=True, nullable=True),
        Filter("relation", many=True, nullable=True),
    ),
    "events": _filters(
        Filter("section"),
        Filter("category"),
        Filter("status"),
        OF_ACTORS,
        OF_PLACES,
        Filter("speaker", many=True, nullable=True),
        Filter("claim", many=True),
        Filter("basis"),
        Filter("year", negatable=False, nullable=True),
    ),
    "obstacles": _filters(OF_ACTORS, Filter("number", negatable=False)),
    "positions": _filters(Filter("obstacle"), Filter("actor")),
    "relations": _filters(
        Filter("claim", many=True),
        Filter("from"),
        Filter("to"),
        Filter("type"),
        Filter("basis"),
        Filter("section", nullable=True),
        Filter("speaker", many=True, nullable=True),
    ),
    "corrections": _filters(Filter("record_kind", many=True), Filter("record", many=True)),
    "actors": (OF_DOCUMENTS, Filter("category")),
    "places": (OF_DOCUMENTS, Filter("category")),
}
ALL_FILTERS = [(plural, each.name) for plural, filters in FILTERS.items() for each in filters]
NEGATABLE = [(plural, each.name) for plural, filters in FILTERS.items() for each in filters if each.negatable]
MANY = [(plural, each.name) for plural, filters in FILTERS.items() for each in filters if each.many]
NULLABLE = [(plural, each.name) for plural, filters in FILTERS.items() for each in filters if each.nullable]
SINGLE = {each.name for filters in FILTERS.values() for each in filters if each.single}
# Parameters that take ids, with the list that has the records.
REFERENCES = {
    "document": "documents",
    "section": "sections",
    "parent": "sections",
    "speaker": "actors",
    "actor": "actors",
    "place": "places",
    "obstacle": "obstacles",
    "event": "events",
    "claim": "claims",
    "from": "claims",
    "to": "claims",
    "topic": "topics",
}


def filter_of(plural: str, name: str) -> Filter:
    return next(each for each in FILTERS[plural] if each.name == name)


def _in_obstacle(claim: Record, content: Content) -> list[str]:
    return [
        obstacle["id"]
        for obstacle in content["obstacles"]
        if obstacle["document"] == claim["document"]
        and obstacle["source"]["start"] <= claim["source"]["start"]
        and claim["source"]["end"] <= obstacle["source"]["end"]
    ]


def _declared_topics(document: str) -> list[str]:
    """The topics of a document by its package."""
    texts = {
        "karabakh": lambda: (PACKAGE / "document.yaml").read_text(encoding="utf-8"),
        "base": lambda: FILES["document.yaml"],
    }
    if document == astral.ID:
        return [*astral.TOPICS]
    return [topic["id"] for topic in yaml.safe_load(texts[document]())["topics"]]


def _ends(relation: Record, content: Content) -> list[Record]:
    return [claim for claim in content["claims"] if claim["id"] in (relation["from"], relation["to"])]


def _value(plural: str, name: str, record: Record, content: Content) -> Any:
    """The value of a filter's field, or the list of its values."""
    match plural, name:
        case "documents", "document":
            return record["id"]
        case "documents", "topic":
            return _declared_topics(record["id"])
        case (("actors" | "places"), "document"):
            return record["documents"]
        case "claims", "obstacle":
            return _in_obstacle(record, content)
        case "claims", "has_quantity":
            return bool(record["quantities"])
        case "claims", "event":
            return [event["id"] for event in content["events"] if record["id"] in event["claims"]]
        case "claims", "relation":
            return [each["type"] for each in content["relations"] if record["id"] in (each["from"], each["to"])]
        case "events", "basis":
            return record["date"]["basis"]
        case "events", "year":
            return record["date"]["earliest"] and record["date"]["earliest"][:4]
        case "relations", "claim":
            return [record["from"], record["to"]]
        case "relations", "section":
            return record["source"] and record["source"]["section"]
        case "relations", "speaker":
            return [claim["speaker"] for claim in _ends(record, content)]
        case "corrections", "record_kind":
            return [each["kind"] for each in record["records"]]
        case "corrections", "record":
            return [each["id"] for each in record["records"]]
    many = {"actor": "actors", "place": "places", "topic": "topics", "claim": "claims", "speaker": "speakers"}
    return record[name] if name in record else record[many[name]]


def held(plural: str, name: str, record: Record, content: Content) -> list[str]:
    """The values of a record that a filter of its list looks at; `none` where the field is null or empty."""
    value = _value(plural, name, record, content)
    held = [text_of(item) for item in (value if isinstance(value, list) else [value])]
    return held or [NONE]


class Held:
    """The values that records hold, each computed once for a content."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._values: dict[tuple[str, str], dict[str, set[str]]] = {}

    def by_id(self, plural: str, name: str) -> Mapping[str, set[str]]:
        key = plural, name
        if key not in self._values:
            records = self._content[plural]
            self._values[key] = {each["id"]: set(held(plural, name, each, self._content)) for each in records}
        return self._values[key]

    def known(self, plural: str, name: str) -> list[str]:
        """The values that some record of the list holds."""
        return sorted(set().union(*self.by_id(plural, name).values()))

    def matching(self, plural: str, query: Mapping[str, Iterable[str]]) -> list[str]:
        """Ids of the records that every condition selects, in the list's default order.

        `x` selects those with any of the values, `x.all` those with every one, `x.not` those with none of them.
        """
        return [record["id"] for record in self._content[plural] if self._selected(plural, record["id"], query)]

    def _selected(self, plural: str, id: str, query: Mapping[str, Iterable[str]]) -> bool:
        for parameter, wanted in query.items():
            if parameter == "id":
                if id not in wanted:
                    return False
                continue
            name, _, operator = parameter.partition(".")
            values = self.by_id(plural, name)[id]
            if not {"": values & set(wanted), "all": values >= set(wanted), "not": not values & set(wanted)}[operator]:
                return False
        return True

    def counted(self, plural: str, name: str, ids: Iterable[str]) -> list[tuple[str, int]]:
        """How many of the records hold each value, the commonest first, then by value."""
        counts: dict[str, int] = {}
        by_id = self.by_id(plural, name)
        for id in ids:
            for value in by_id[id]:
                counts[value] = counts.get(value, 0) + 1
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def document_order(plural: str, content: Content) -> list[str]:
    """The default order, from the records' own places in the text."""
    starts = {claim["id"]: claim["source"]["start"] for claim in content["claims"]}

    def place(record: Record) -> tuple[Any, ...]:
        if plural in ("actors", "places", "documents"):
            return (record["id"],)
        if plural == "corrections":
            return (record["document"], record["id"])
        if plural == "sections":
            return (record["document"], record["ordinal"])
        if plural == "relations":
            return (record["document"], starts[record["from"]], record["id"])
        return (record["document"], record["source"]["start"], record["source"]["end"], record["id"])

    return ids(sorted(content[plural], key=place))


def sorted_by(plural: str, content: Content, sort: str) -> list[str]:
    """The order that `sort` asks for: nulls last both ways, ties by id."""
    name = sort.removeprefix("-")
    order = {id: place for place, id in enumerate(document_order(plural, content))}

    def value(record: Record) -> Any:
        if name == "position":
            return order[record["id"]]
        return record["date"]["earliest"] if (plural, name) == ("events", "date") else record[name]

    def compare(one: Record, other: Record) -> int:
        a, b = value(one), value(other)
        if a != b and a is not None and b is not None:
            return (1 if a > b else -1) * (-1 if sort.startswith("-") else 1)
        if (a is None) != (b is None):
            return 1 if a is None else -1
        return 1 if one["id"] > other["id"] else -1

    return ids(sorted(content[plural], key=cmp_to_key(compare)))
