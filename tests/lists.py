"""The lists, their parameters as the contract states them, and what filters and sorts mean, told independently."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cmp_to_key
from typing import Any

import httpx

from tests.contract import QUESTIONS
from tests.server import ROOT

Record = dict[str, Any]
Content = dict[str, list[Record]]

CONTRACT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
LISTS = ("actors", "claims", "documents", "events", "obstacles", "places", "positions", "relations", "sections")
SOURCED = ("claims", "events", "obstacles", "positions", "relations")
PAGED = (
    *(f"/v1/{plural}" for plural in LISTS),
    "/v1/search",
    "/v1/documents/{id}/spans",
    "/v1/documents/{id}/coverage",
)
ID_PATTERN = "^[a-z0-9][a-z0-9._-]{0,63}$"


def parameters(path: str) -> dict[str, dict[str, Any]]:
    """The query parameters that the contract declares for a path."""
    return {
        item["name"]: item for item in CONTRACT["paths"][path]["get"].get("parameters", []) if item["in"] == "query"
    }


def values(path: str, name: str) -> list[str]:
    """The closed set of a parameter."""
    schema = parameters(path)[name]["schema"]
    found: list[str] = schema.get("items", schema)["enum"]
    return found


def concrete(path: str) -> str:
    """A path that is there, for a path of the contract."""
    return QUESTIONS.get(path, path).partition("?")[0]


def needed(path: str) -> dict[str, str]:
    """The parameters that the path cannot do without."""
    return {"/v1/search": {"q": "peace"}, "/v1/suggest": {"q": "kara"}, "/v1/resolve": {"quote": "Armenia"}}.get(
        path, {}
    )


def asking() -> Iterator[str]:
    """The contract's paths that take questions."""
    yield from (path for path in CONTRACT["paths"] if parameters(path))


def export(client: httpx.Client, path: str, **asked: Any) -> list[Record]:
    """All records that match, from the JSON Lines."""
    answer = client.get(path, params={**asked, "format": "jsonl"})
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.split("\n") if line]


def walk(client: httpx.Client, path: str, **asked: Any) -> list[Record]:
    """All records that match, page by page; every page tells the same total."""
    records: list[Record] = []
    answer = client.get(path, params=asked)
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        records += body["data"]
        if body["links"]["next"] is None:
            assert body["meta"]["total"] == len(records)
            return records
        assert body["data"]
        answer = client.get(body["links"]["next"])


def ids(records: Iterable[Record]) -> list[str]:
    return [record["id"] for record in records]


def text_of(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _in_obstacle(claim: Record, content: Content) -> list[str]:
    return [
        obstacle["id"]
        for obstacle in content["obstacles"]
        if obstacle["document"] == claim["document"]
        and obstacle["source"]["start"] <= claim["source"]["start"]
        and claim["source"]["end"] <= obstacle["source"]["end"]
    ]


def held(plural: str, name: str, record: Record, content: Content) -> list[str]:
    """The values of a record that a filter of its list looks at."""
    special: dict[tuple[str, str], Callable[[], Any]] = {
        ("documents", "document"): lambda: record["id"],
        ("actors", "document"): lambda: record["documents"],
        ("places", "document"): lambda: record["documents"],
        ("claims", "obstacle"): lambda: _in_obstacle(record, content),
        ("claims", "has_quantity"): lambda: bool(record["quantities"]),
        ("events", "basis"): lambda: record["date"]["basis"],
        ("relations", "claim"): lambda: [record["from"], record["to"]],
    }
    many = {"actor": "actors", "place": "places", "topic": "topics"}
    if (plural, name) in special:
        value = special[plural, name]()
    else:
        value = record[name] if name in record else record[many[name]]
    found = value if isinstance(value, list) else [value]
    return [text_of(item) for item in found if item is not None]


FILTERS = {
    "documents": ("id", "document"),
    "sections": ("id", "document", "parent"),
    "claims": (
        *("id", "document", "section", "type", "mode", "speaker", "hedged"),
        *("actor", "place", "topic", "obstacle", "has_quantity"),
    ),
    "events": ("id", "document", "section", "category", "status", "actor", "place", "basis"),
    "obstacles": ("id", "document", "actor", "number"),
    "positions": ("id", "document", "obstacle", "actor"),
    "relations": ("id", "document", "claim", "from", "to", "type", "basis"),
    "actors": ("id", "document", "category"),
    "places": ("id", "document", "category"),
}
ALL_FILTERS = [(plural, name) for plural, names in FILTERS.items() for name in names]
SINGLE = ("hedged", "has_quantity")


def matching(plural: str, content: Content, asked: Mapping[str, Iterable[str]]) -> list[str]:
    """Ids of the records that have any of the values of every filter, in the list's default order."""
    return [
        record["id"]
        for record in content[plural]
        if all(set(held(plural, name, record, content)) & set(wanted) for name, wanted in asked.items())
    ]


def document_order(plural: str, content: Content) -> list[str]:
    """The default order, from the records' own places in the text."""
    starts = {claim["id"]: claim["source"]["start"] for claim in content["claims"]}

    def place(record: Record) -> tuple[Any, ...]:
        if plural in ("actors", "places", "documents"):
            return (record["id"],)
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
    value: Callable[[Record], Any] = {
        "position": lambda record: order[record["id"]],
        "date": lambda record: record["date"]["earliest"],
    }.get(name, lambda record: record[name])

    def compare(one: Record, other: Record) -> int:
        a, b = value(one), value(other)
        if a != b and a is not None and b is not None:
            return (1 if a > b else -1) * (-1 if sort.startswith("-") else 1)
        if (a is None) != (b is None):
            return 1 if a is None else -1
        return 1 if one["id"] > other["id"] else -1

    return ids(sorted(content[plural], key=cmp_to_key(compare)))
