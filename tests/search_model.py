"""What the text index should answer, by a plain reading of the same rows in Python."""

from collections import Counter
from itertools import product
from typing import Any

from api.model.kinds import KINDS
from api.model.selection import Condition, Days, Selection
from tests.search_rows import Rows

OPEN = "9999-12-31"

Values = dict[str, dict[str, dict[int, set[str]]]]  # by kind, filter and sequence


def values_of(rows: Rows) -> Values:
    return {
        kind: {
            name: {row["sequence"]: _values(rows, kind, name, row) or {"none"} for row in rows[kind]}
            for name in of.index_filters
        }
        for kind, of in KINDS.items()
    }


def _values(rows: Rows, kind: str, name: str, row: dict[str, Any]) -> set[str]:
    sequence, id = row["sequence"], row["id"]

    def linked(table: str, value: str, key: Any, owner: str = kind) -> set[str]:
        return {"none" if link[value] is None else link[value] for link in rows[table] if link[owner] == key}

    ends = {"from": "from_claim", "to": "to_claim"}
    match kind, name:
        case (("claim" | "event" | "obstacle"), ("actor" | "place" | "topic")):
            return linked(f"{kind}_{name}", name, sequence)
        case (("actor" | "place"), "document"):
            return linked(f"{kind}_document", "document", id)
        case "document", "topic":
            return linked("document_topic", "topic", id)
        case "event", ("speaker" | "claim"):
            return linked(f"event_{name}", name, sequence)
        case "correction", ("record" | "record_kind"):
            return linked("correction_record", name, sequence)
        case "claim", "event":
            events = {link["event"] for link in rows["event_claim"] if link["claim"] == id}
            return {event["id"] for event in rows["event"] if event["sequence"] in events}
        case "claim", "relation":
            return {each["type"] for each in rows["relation"] if id in (each["from_claim"], each["to_claim"])}
        case "relation", "claim":
            return {row["from_claim"], row["to_claim"]}
        case "relation", "speaker":
            claims = {each["id"]: each["speaker"] or "none" for each in rows["claim"]}
            return {claims[row["from_claim"]], claims[row["to_claim"]]}
    if kind == name:
        return {id}
    value = row.get(ends.get(name, name) if kind == "relation" else name)
    return set() if value is None else {str(value).lower() if isinstance(value, bool) else str(value)}


def holds(values: set[str], condition: Condition) -> bool:
    return (
        (not condition.any or bool(values & set(condition.any)))
        and values >= set(condition.all)
        and not values & set(condition.excluded)
    )


def within(row: dict[str, Any], days: Days, column: str | None = None) -> bool:
    earliest, latest = row[column or "earliest"], row[column or "latest"]
    if days.first is None and days.last is None:
        return True
    if earliest is None and latest is None:
        return False
    low, high = earliest or "", latest or OPEN
    if not days.certain:
        return low <= (days.last or OPEN) and high >= (days.first or "")
    return (days.first is None or (earliest is not None and low >= days.first)) and (
        days.last is None or (latest is not None and high <= days.last)
    )


def _within_days(kind: str, row: dict[str, Any], days: Days) -> bool:
    if not (days.first or days.last):
        return True
    return KINDS[kind].period is not None and within(row, days, "date" if kind == "correction" else None)


def selects(rows: Rows, values: Values, kind: str, selection: Selection, without: str | None = None) -> list[int]:
    """Sequences in order; `without` leaves a filter out."""
    of = values[kind]
    return [
        row["sequence"]
        for row in rows[kind]
        if (not selection.ids or row["id"] in selection.ids)
        and (selection.days is None or _within_days(kind, row, selection.days))
        and all(
            holds(of[name][row["sequence"]], condition) if name in of else not (condition.any or condition.all)
            for name, condition in selection.filters.items()
            if name not in (without, "kind")
        )
    ]


def combinations(values: Values, kind: str, by: tuple[str, ...], sequences: list[int]) -> Counter[tuple[str, ...]]:
    of = values[kind]
    return Counter(each for sequence in sequences for each in product(*(of[name][sequence] for name in by)))
