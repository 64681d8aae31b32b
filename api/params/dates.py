"""Dates in questions: a day, a month or a year, each standing for its whole span."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.params.accepts import Accepts, Refused, shown

PATTERN = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"


def bounds(text: str) -> tuple[str, str]:
    """First and last day (ISO 8601) of a day, year-month or year. Raises ValueError."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        day = date(*parts).isoformat()
        return day, day
    year, month = parts[0], parts[1] if len(parts) == 2 else None
    last = monthrange(year, month or 12)[1]
    return date(year, month or 1, 1).isoformat(), date(year, month or 12, last).isoformat()


@dataclass(frozen=True)
class Day(Accepts):
    def read(self, text: str) -> str:
        try:
            if not re.fullmatch(PATTERN, text):
                raise ValueError
            bounds(text)
        except ValueError:
            raise Refused(f"{shown(text)} is not a day, month or year", ["2020-11-10", "2020-11", "2020"]) from None
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{PATTERN}$"}
