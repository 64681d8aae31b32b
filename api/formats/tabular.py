"""Files of records: CSV (RFC 4180) and JSON Lines."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

from api.model.kinds import KINDS

Record = dict[str, Any]

# Python's splitlines(), and what is built on it, ends a line at these too: U+0085, U+2028, U+2029.
LINE_ENDS = ((b"\xc2\x85", rb"\u0085"), (b"\xe2\x80\xa8", rb"\u2028"), (b"\xe2\x80\xa9", rb"\u2029"))
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# A list of ids has the plural of what they are ids of.
ID_LISTS = frozenset({"topics", *(kind.plural for kind in KINDS.values())})


def value_at(record: Record, path: str) -> Any:
    """The value at a dotted path; null where an object on the way is null.

    A field of a related record stands under its whole dotted name.
    """
    if path in record:
        return record[path]
    value: Any = record
    for key in path.split("."):
        if value is None:
            return None
        value = value[key]
    return value


def cell(value: Any, column: str = "") -> str:
    """One CSV cell. A list of ids is joined by spaces; every other list is JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA) and not NUMBER.fullmatch(value) else value
    if isinstance(value, list) and column.rpartition(".")[2] in ID_LISTS:
        return cell(" ".join(value))
    return str(value) if isinstance(value, int | float) else to_json(value).decode()


def csv_lines(columns: Sequence[str], records: Iterable[Record], header: bool) -> bytes:
    """CR LF line ends, UTF-8 without BOM."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if header:
        writer.writerow(columns)
    writer.writerows([cell(value_at(record, column), column) for column in columns] for record in records)
    return out.getvalue().encode()


def json_lines(fields: Sequence[str], records: Iterable[Record], header: bool) -> bytes:  # noqa: ARG001 - a form's signature
    """One compact JSON object on each line: the whole record, or flat with the names in `fields`."""
    lines = b"".join(
        to_json({name: value_at(record, name) for name in fields} if fields else record) + b"\n" for record in records
    )
    for end, escaped in LINE_ENDS:
        lines = lines.replace(end, escaped)
    return lines
