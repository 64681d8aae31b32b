"""EDTF dates (ISO 8601-2:2019, levels 0 and 1) and the days that bound them."""

import calendar
import re
from datetime import date
from functools import lru_cache

DAY = r"\d{4}(-\d\d(-\d\d)?)?"
LEVELS_0_AND_1 = re.compile(
    r"\d{4}-2[1-4][?~%]?"
    rf"|(?P<date>{DAY})[?~%]?"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d(:\d\d)?)?"
    r"|(\d{3}X|\d\dXX|\d{4}-XX(-XX)?|\d{4}-\d\d-XX)[?~%]?"
    rf"|(?P<first>\.\.|{DAY}[?~%]?|)/(?P<last>\.\.|{DAY}[?~%]?|)",
    re.ASCII,
)


@lru_cache(maxsize=10_000)
def bounds(edtf: str) -> tuple[str | None, str | None]:
    """The first and last day that the expression allows; an open or unknown end is None.

    Years run from 0001 to 9999. Seasons are the northern meteorological ones, a winter the one that begins in its
    year. Raises ValueError with what is wrong and what would be right.
    """
    matched = LEVELS_0_AND_1.fullmatch(edtf)
    if matched is None:
        raise ValueError(
            f"{edtf!r} is not EDTF of level 0 or 1; write e.g. 1994, 1994-05, 1994-05-12, 1994~, 199X, 1991/.."
        )
    if matched["first"] is not None:
        ends = matched["first"], matched["last"]
        if not any(end and end != ".." for end in ends):
            raise ValueError(f"{edtf!r} has neither end; give one, or `basis: none`")
        earliest, latest = (bounds(end)[at] if end and end != ".." else None for at, end in enumerate(ends))
        if earliest and latest and earliest > latest:
            raise ValueError(f"{edtf!r} ends before it begins; write the earlier date first")
        return earliest, latest
    try:
        return _plain(matched["date"]) if matched["date"] else _read(edtf.rstrip("?~%"))
    except ValueError as error:
        raise ValueError(f"{edtf!r} is not a date of the calendar in the years 0001 to 9999") from error


def _plain(edtf: str) -> tuple[str, str]:
    """A year, month or day; the library takes 10 ms for each, which a million records cannot afford."""
    parts = [int(part) for part in edtf.split("-")]
    first = date(*[*parts, 1, 1][:3])
    last = first.replace(month=parts[1] if len(parts) > 1 else 12)
    last = last.replace(day=parts[2] if len(parts) > 2 else calendar.monthrange(last.year, last.month)[1])
    return first.isoformat(), last.isoformat()


def _read(edtf: str) -> tuple[str, str]:
    """Seasons, times and unspecified digits as the library reads them, but that it ends a winter with its December."""
    from edtf import EDTFParseException, Season, parse_edtf

    try:
        parsed = parse_edtf(edtf)
    except EDTFParseException as error:
        raise ValueError(str(error)) from error
    first, last = (date(*day[:3]) for day in (parsed.lower_strict(), parsed.upper_strict()))
    if isinstance(parsed, Season) and first.month == 12 and first.year < 9999:
        last = date(first.year + 1, 2, calendar.monthrange(first.year + 1, 2)[1])
    return first.isoformat(), last.isoformat()
