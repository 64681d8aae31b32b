"""What FastAPI cannot see in a query string: repeated single values, invalid UTF-8, NUL in names."""

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel

from api.params.base import is_list, parameters
from api.problems import Fault


def raw_faults(query: bytes, model: type[BaseModel]) -> Iterator[Fault]:
    """Faults of a raw query string (application/x-www-form-urlencoded) that parsing hides."""
    declared = parameters(model)
    counts: dict[str, int] = {}
    for part in query.split(b"&"):
        if not part:
            continue
        name, value = (unquote_to_bytes(side) for side in part.replace(b"+", b" ").partition(b"=")[::2])
        parameter = name.decode(errors="backslashreplace")
        try:
            value.decode()
        except UnicodeDecodeError:
            yield Fault("invalid-value", parameter, f"the value of {parameter} is not UTF-8")
        if parameter in declared and not is_list(model, parameter):
            counts[parameter] = counts.get(parameter, 0) + 1
    for parameter, count in counts.items():
        if count > 1:
            detail = f"{parameter} takes one value; the query has {count}"
            yield Fault("repeated-parameter", parameter, detail)
