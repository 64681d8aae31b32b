"""Where the words of a question stand in a record's own strings: ranges, no markup."""

from api.formats.files import value_at
from api.records.shapes import Record
from api.search import Index, Terms

FIELDS = {
    "actor": ("name", "names"),
    "claim": ("statement", "source.quote"),
    "document": ("label", "title"),
    "event": ("name", "source.quote"),
    "obstacle": ("title", "text", "summary"),
    "place": ("name", "names"),
    "position": ("statement", "source.quote"),
    "section": ("title", "text"),
}


def highlights(index: Index, terms: Terms, record: Record) -> list[Record]:
    """Each range by the dotted path of its string, in code points and UTF-16 code units."""
    strings: dict[str, str] = {}
    for path in FIELDS[record["kind"]]:
        value = value_at(record, path)
        if isinstance(value, list):
            strings |= {f"{path}.{place}": item for place, item in enumerate(value)}
        elif value is not None:
            strings[path] = value
    found: list[Record] = []
    for item in index.highlight(terms, strings):
        text, start, end = strings[item["field"]], item["start"], item["end"]
        utf16 = {"start": _units(text[:start]), "end": _units(text[:end])}
        found.append({"field": item["field"], "start": start, "end": end, "utf16": utf16})
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
