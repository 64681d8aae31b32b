"""Dates in queries: a day, a month or a year. Each value stands for its whole span."""

import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import MISSING, BeforeValidator, Field, model_validator

from api.params.base import Params
from api.params.fields import invalid, shown

PATTERN = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
EXAMPLES = ("2020-11-10", "2020-11", "2020")


def bounds(text: str) -> tuple[str, str]:
    """First and last day (ISO 8601) of a day, year-month or year. Raises ValueError."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        day = date(*parts).isoformat()
        return day, day
    year, month = parts[0], parts[1] if len(parts) == 2 else None
    last = monthrange(year, month or 12)[1]
    return date(year, month or 1, 1).isoformat(), date(year, month or 12, last).isoformat()


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            if not re.fullmatch(PATTERN, value):
                raise ValueError(value)
            bounds(value)
        except ValueError:
            raise invalid(f"{shown(value)} is not a day, month or year", allowed=EXAMPLES) from None
    return value


Day = Annotated[str, Field(pattern=f"^{PATTERN}$"), BeforeValidator(_day)]


class PeriodParams(Params):
    """The days that a period is compared with. An error where the first is after the last."""

    date_from: Day | MISSING = Field(MISSING, description="From this day, month or year on, its whole span.")
    date_to: Day | MISSING = Field(MISSING, description="Up to this day, month or year.")
    date_match: Literal["possible", "certain"] = Field(
        "possible", description="possible: the period overlaps the dates; certain: it lies within them."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.date_from, self.date_to
        if first is not MISSING and last is not MISSING and bounds(first)[0] > bounds(last)[1]:
            raise invalid("date_from is after date_to", parameter="date_from")
        return self
