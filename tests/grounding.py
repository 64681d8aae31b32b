"""Schemathesis hooks: a question that is right by its schema is also made right by what a schema cannot say.

Ids become those of records that exist, offsets lie in the text, parameters that exclude each other part, so that
"a right question is answered" is checked in full. Wrong questions are left as they are.
"""

import json
from functools import cache
from typing import Any
from zlib import crc32

import httpx
import schemathesis
from schemathesis import Case, HookContext
from schemathesis.generation import GenerationMode

from tests import astral
from tests.lists import LISTS

REFERENCES = {
    **{name: name + "s" for name in ("document", "section", "obstacle", "actor", "place", "claim")},
    **{"parent": "sections", "speaker": "actors", "from": "claims", "to": "claims"},
}
ADDED = ("facets", "include", "highlight")
PLACELESS = {
    "json": ("fields",),
    "jsonld": ("fields", *ADDED),
    **dict.fromkeys(("jsonl", "csv"), ("limit", "offset", *ADDED)),
}


@cache
def ids(base: str, plural: str) -> list[str]:
    if plural == "topics":
        return [term["value"] for term in httpx.get(f"{base}/v1/vocabularies/topic").json()["data"]["terms"]]
    lines = httpx.get(f"{base}/v1/{plural}", params={"format": "jsonl", "fields": "id"}).text.splitlines()
    return [json.loads(line)["id"] for line in lines]


@cache
def served(base: str) -> str:
    snapshot: str = httpx.get(f"{base}/v1").json()["data"]["snapshot"]
    return snapshot


@cache
def length(base: str, document: str) -> int:
    found: int = httpx.get(f"{base}/v1/documents/{document}").json()["data"]["text_length"]
    return found


def in_the_calendar(day: str) -> str:
    return ("2020" if day.startswith("0000") else day[:4]) + day[4:8] + day[8:].replace("3", "2").replace("9", "8")


def one_of(known: list[str], value: object) -> str:
    return str(value) if value in known else known[crc32(repr(value).encode()) % len(known)]


def ground(path: str, base: str, names: dict[str, Any], query: dict[str, Any]) -> None:
    plural = path.split("/")[2] if path.count("/") > 1 else ""
    if plural in LISTS:
        if "id" in names:
            names["id"] = one_of(ids(base, plural), names["id"])
        known = {"id": plural, "topic": "topics", **REFERENCES}
    else:
        known = {"topic": "topics", **REFERENCES}
    for name in query.keys() & known.keys():
        values = query[name] if isinstance(query[name], list) else [query[name]]
        query[name] = [one_of(ids(base, known[name]), value) for value in values]
    if "snapshot" in query:
        query["snapshot"] = served(base)
    query.pop("cursor", None)
    for name in PLACELESS.get(query.get("format", "json"), ()):
        query.pop(name, None)
    for name, value in query.items():
        if isinstance(value, list):
            query[name] = list(dict.fromkeys(value))  # or the question may be too long
    for name in query.keys() & {"date_from", "date_to"}:
        query[name] = in_the_calendar(str(query[name]))
    if str(query.get("date_from", "")) > str(query.get("date_to", "9999")):
        query.pop("date_to")
    if "q" not in query:
        query.pop("highlight", None)
    if "id" in names and query.keys() & {"start", "end", "unit"}:
        most = length(base, names["id"])
        for name in ("start", "end"):
            if not isinstance(query.get(name, 0), int):
                query.pop(name)
        query["start"] = int(query.get("start", 0)) % most
        if query.get("unit") == "utf16" and names["id"] == astral.ID:
            query.update(start=0)  # an offset could be amid a surrogate pair
            query.pop("end", None)
        if "end" in query:
            query["end"] = query["start"] + 1 + int(query["end"]) % (most - query["start"])


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - their names
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        ground(case.operation.path, str(case.operation.base_url).rstrip("/"), case.path_parameters, case.query)
