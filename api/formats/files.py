"""What every answer can be written as: media types, negotiation, CSV and JSON Lines."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import to_json

from api.records.shapes import Record

MEDIA_TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonld": 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
ALSO_CALLED = {"application/x-ndjson": "application/jsonl", "application/ndjson": "application/jsonl"}
STREAMED = ("jsonl", "csv")
# Python's splitlines() and what is built on it end a line at these, too: U+0085, U+2028, U+2029.
LINE_ENDS = ((b"\xc2\x85", rb"\u0085"), (b"\xe2\x80\xa8", rb"\u2028"), (b"\xe2\x80\xa9", rb"\u2029"))


def negotiate(accept: str, offered: Sequence[str]) -> str | None:
    """The best of the offered formats for an Accept header (RFC 9110, 12.5.1); the first offered wins ties."""
    if not accept.strip():
        return offered[0]
    ranges: list[tuple[str, float]] = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        quality = float(weight) if re.fullmatch(r"[01](\.[0-9]{0,3})?", weight) else 0.0
        ranges.append((ALSO_CALLED.get(name, name), quality))

    def quality_of(format: str) -> float:
        kind = MEDIA_TYPES[format].partition(";")[0]
        for pattern in (kind, kind.partition("/")[0] + "/*", "*/*"):
            found = [quality for name, quality in ranges if name == pattern]
            if found:
                return max(found)
        return 0.0

    best = max(offered, key=quality_of)
    return best if quality_of(best) > 0 else None


def columns(shape: type[BaseModel], prefix: str = "") -> list[str]:
    """Dotted CSV columns of a public shape, in its order; keys that only a question brings are left out."""
    names: list[str] = []
    for name, field in shape.model_fields.items():
        if name in ("included", "highlights"):
            continue
        inner = [part for part in (get_args(field.annotation) or (field.annotation,)) if part is not NoneType]
        label = prefix + (field.alias or name)
        if (
            len(inner) == 1
            and isinstance(inner[0], type)
            and issubclass(inner[0], BaseModel)
            and not _is_list(field.annotation)
        ):
            names += columns(inner[0], label + ".")
        else:
            names.append(label)
    return names


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is list


def field_names(shape: type[BaseModel]) -> tuple[str, ...]:
    """What `fields=` takes: the dotted columns and the keys that hold them, `source` as `source.utf16`."""
    paths = [name.split(".") for name in columns(shape)]
    return tuple(dict.fromkeys(".".join(path[:depth]) for path in paths for depth in range(1, len(path) + 1)))


def chosen(shape: type[BaseModel], fields: Sequence[str]) -> list[str]:
    """The dotted columns that `fields` stands for, `id` always, in the shape's order."""
    return [
        name
        for name in columns(shape)
        if not fields or name == "id" or any(name == field or name.startswith(field + ".") for field in fields)
    ]


def value_at(record: Record, dotted: str) -> Any:
    value: Any = record
    for key in dotted.split("."):
        if value is None:
            return None
        value = value[key]
    return value


def cell(value: Any) -> str:
    """One CSV cell. A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        runs = value[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value)
        return "'" + value if runs else value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return cell(" ".join(value))
    return str(value) if isinstance(value, int | float) else to_json(value).decode()


def csv_rows(names: Sequence[str], records: Iterable[Record], *, header: bool) -> bytes:
    """RFC 4180 with CRLF, UTF-8 without BOM."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if header:
        writer.writerow(names)
    writer.writerows([cell(value_at(record, name)) for name in names] for record in records)
    return out.getvalue().encode()


def json_lines(fields: Sequence[str], records: Iterable[Record]) -> bytes:
    """One compact JSON object a line; with fields, `id` and those only (dotted ones nested)."""
    lines = b"".join(to_json(only(("id", *fields), record) if fields else record) + b"\n" for record in records)
    for end, escaped in LINE_ENDS:
        lines = lines.replace(end, escaped)
    return lines


def only(fields: Sequence[str], record: Record) -> Record:
    """The keys named, in the record's order; a dotted name keeps the objects that hold its key."""
    kept: Record = {}
    for key, value in record.items():
        inner = [name.removeprefix(key + ".") for name in fields if name.startswith(key + ".")]
        if key in fields or (inner and value is None):
            kept[key] = value
        elif inner:
            kept[key] = only(inner, value)
    return kept
