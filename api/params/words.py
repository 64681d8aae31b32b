"""`q`: the words that are searched, and where they stand in a record."""

from typing import Annotated, Any, Self

from pydantic import MISSING, AfterValidator, Field, model_validator

from api.params.base import Params
from api.params.fields import Flag, Words, invalid
from api.search.question import TooCostly
from api.search.syntax import parse

MOST_Q = 2000  # characters


def _affordable(value: Any) -> Any:
    try:
        parse(value)
    except TooCostly as error:
        raise invalid(str(error).removeprefix("q "), slug="too-costly") from None
    return value


SearchWords = Annotated[Words, AfterValidator(_affordable)]


class QParams(Params):
    q: Annotated[
        SearchWords | MISSING,
        Field(
            max_length=MOST_Q,
            description='Any of these words, best first; `"a phrase"`, `-without`, `pre*`.',
            examples=["peace treaty"],
        ),
    ] = MISSING


class HighlightParams(QParams):
    highlight: Annotated[Flag, Field(description="Adds the ranges that match `q`.")] = False

    @model_validator(mode="after")
    def _of_words(self) -> Self:
        if self.highlight and self.q is MISSING:
            raise invalid("highlight needs q", parameter="highlight")
        return self
