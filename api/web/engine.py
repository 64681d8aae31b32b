"""The template engine of the pages. It is imported with the first page: it takes as long as a tenth of all routes."""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.web.environment import STRINGS, WEB, counted, in_words, marked, sentence, with_code


class Templates(Environment):
    """A key of a dict comes before a method of dict: `t.lists.clear` is a string."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def templates() -> Environment:
    environment = Templates(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": STRINGS, "counted": counted}
    environment.filters |= {"in_words": in_words, "marked": marked, "sentence": sentence, "with_code": with_code}
    return environment
