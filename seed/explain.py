"""What is wrong with a record as it was written, in our own words: where, what, and what would be right."""

import difflib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from seed import records
from seed.faults import Fault, short

NESTED: dict[str, type[BaseModel]] = {
    "source": records.Source,
    "provenance": records.Provenance,
    "topics": records.Topic,
    "sections": records.Section,
    "unrecorded": records.Unrecorded,
    "quantities": records.Quantity,
    "date": records.Date,
    "mentions": records.Quoted,
    "positions": records.Position,
    "records": records.Corrected,
}
FORMS = {
    "id": "begins with a-z or 0-9 and goes on with up to 63 of a-z 0-9 . _ -",
    "document": "begins with a-z or 0-9 and goes on with up to 47 of a-z 0-9 _ -",
    "language": "is a BCP 47 tag, e.g. en or hy-AM",
    "sha256": "is 64 hexadecimal digits, as sha256sum prints them",
}
Loc = tuple[int | str, ...]


class Where(NamedTuple):
    """Where a record stands: its file and first line, and the lines of the keys inside it."""

    file: str
    line: int
    inner: dict[Loc, int]

    def fault(self, message: str, *loc: int | str) -> Fault:
        while loc and loc not in self.inner:
            loc = loc[:-1]
        return Fault(self.file, self.inner.get(loc, self.line), message)


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of a message about a wrong name: the nearest of the names, or a few of them."""
    names = sorted(names)
    if len(names) > 2000:
        return ""
    if close := difflib.get_close_matches(name, names, n=1):
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(names[:20])}{' …' if len(names) > 20 else ''}" if names else "; there are none"


def explain(error: ValidationError, model: type[BaseModel], kind: str, where: Where) -> Iterator[Fault]:
    """Each fault of a record in our own words: what is wrong and what would be right."""
    for fault in error.errors(include_url=False):
        loc, value = fault["loc"], fault["input"]
        owner: type[BaseModel] = model
        for step in loc[:-1]:
            owner = NESTED.get(str(step), owner)
        fields = [field.alias or name for name, field in owner.model_fields.items()]
        name = ".".join(str(step) for step in loc) or kind
        key = str(loc[-1]) if loc else ""
        shown = short(repr(value))
        form = "document" if (kind, loc) == ("document", ("id",)) else key
        match fault["type"]:
            case "missing":
                message = f"lacks `{name}`"
            case "extra_forbidden":
                message = f"has an unknown key `{name}`{nearest(key, fields)}"
            case "enum":
                terms = [term.strip(" '") for term in fault["ctx"]["expected"].replace(" or ", ", ").split(",")]
                close = difflib.get_close_matches(str(value), terms, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                message = f"`{name}`: {shown} is none of {', '.join(terms)}{hint}"
            case "string_pattern_mismatch":
                message = f"`{name}`: {shown} is not well formed; it {FORMS.get(form, FORMS['id'])}"
            case "string_type" | "string_unicode":
                message = f"`{name}`: {shown} is not text; write it as a quoted string"
            case "list_type":
                message = f"`{name}`: {shown} is not a list; write [a, b]"
            case "model_type" | "model_attributes_type":
                message = f"`{name}`: {shown} is not a mapping; write `key: value` pairs"
            case "too_short":
                message = f"`{name}` is empty; give at least one"
            case "json_invalid":
                message = f"is not JSON: {fault['msg'].removeprefix('Invalid JSON: ')}; write one record a line"
            case "value_error":
                message = f"`{name}` {fault['ctx']['error']}"
            case _:
                message = f"`{name}`: {shown}: {fault['msg']}"
        yield where.fault(message, *loc)
