"""What a package may say: one closed model for each kind of record, as a writer spells it."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from api.model.vocabularies import (
    ActorCategory,
    ClaimMode,
    ClaimType,
    DateBasis,
    EventCategory,
    EventStatus,
    PlaceCategory,
    RelationBasis,
    RelationType,
    TitleOrigin,
)

AUTHOR = "author"
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _printable(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank; leave the key out, or give words")
    if "\0" in value:
        raise ValueError("holds a NUL character; remove it")
    return value


def _truth(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{value!r} is not true or false")


def _number(value: Any) -> Any:
    """Numbers are exact: an integer stays one, and what JSON cannot carry is refused."""
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise ValueError(f"{value!r} is not a number; write digits, e.g. 700000")
    try:
        return int(str(value))
    except ValueError:
        number = float(value)
    if number in (float("inf"), float("-inf")):
        raise ValueError("is too large a number")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


Words = Annotated[str, AfterValidator(_printable)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}\z")]
Truth = Annotated[bool, BeforeValidator(_truth)]
Number = Annotated[int | float, BeforeValidator(_number)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}(-[A-Za-z0-9]{1,8})*\z")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Said):
    file: Words
    sha256: Sha256


class Topic(Said):
    id: Id
    label: Words
    definition: Words


class Section(Said):
    id: Id
    title: Words
    title_origin: TitleOrigin
    begins: Words | None = None
    parent: Id | None = None


class Unrecorded(Said):
    quote: Words
    prefix: Words | None = None
    suffix: Words | None = None
    reason: Words


class Document(Said):
    id: Id
    label: Words
    language: Language
    source: Source
    title: Words | None = None
    author: Words | None = None
    rights: Words | None = None
    note: Words | None = None
    topics: list[Topic] = Field(default_factory=list)
    sections: list[Section] = Field(default_factory=list)
    unrecorded: list[Unrecorded] = Field(default_factory=list)


class Actor(Said):
    id: Id
    name: Words
    category: ActorCategory
    of: Id | None = None
    names: list[Words] = Field(min_length=1)


class Place(Said):
    id: Id
    name: Words
    category: PlaceCategory
    names: list[Words] = Field(min_length=1)


class Quantity(Said):
    text: Words
    value: Number | None = None
    min: Number | None = None
    max: Number | None = None
    min_exclusive: Truth = False
    approximate: Truth = False
    unit: Words | None = None
    of: Words | None = None

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if self.value is not None and (self.min is not None or self.max is not None):
            raise ValueError("has a value and a bound; give either `value`, or `min` and/or `max`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"has min {self.min} above max {self.max}; the lower bound is `min`")
        if self.min_exclusive and self.min is None:
            raise ValueError("has min_exclusive without min; give the bound that is excluded")
        return self


class Quoted(Said):
    """Rests on words: they occur once, or are told apart by the words just before and after."""

    quote: Words
    prefix: Words | None = None
    suffix: Words | None = None


class Claim(Quoted):
    id: Id
    statement: Words
    type: ClaimType
    mode: ClaimMode = ClaimMode.asserted
    speaker: Id | None = AUTHOR
    hedge_cue: Words | None = None
    actors: list[Id] = Field(default_factory=list)
    places: list[Id] = Field(default_factory=list)
    topics: list[Id] = Field(default_factory=list)
    quantities: list[Quantity] = Field(default_factory=list)
    note: Words | None = None


class Date(Said):
    text: Words | None = None
    edtf: Words | None = None
    basis: DateBasis = DateBasis.none
    earliest: Words | None = None
    latest: Words | None = None

    @model_validator(mode="after")
    def _rests_on_a_basis(self) -> Self:
        if self.basis is DateBasis.none and self.edtf is not None:
            raise ValueError(
                f"has edtf {self.edtf} and basis none; say `basis: stated` or `inferred`, or drop the edtf"
            )
        if self.basis is not DateBasis.none and self.edtf is None:
            raise ValueError(f"has basis {self.basis} and no edtf; give the date, or `basis: none`")
        return self


class Event(Quoted):
    id: Id
    name: Words
    category: EventCategory
    status: EventStatus
    mentions: list[Quoted] = Field(default_factory=list)
    date: Date = Field(default_factory=Date)
    actors: list[Id] = Field(default_factory=list)
    places: list[Id] = Field(default_factory=list)
    note: Words | None = None


class Position(Quoted):
    id: Id
    actor: Id
    statement: Words
    note: Words | None = None


class Obstacle(Said):
    id: Id
    number: Annotated[int, BeforeValidator(_number), Field(ge=0, lt=2**31)]
    title: Words
    summary: Words
    actors: list[Id] = Field(default_factory=list)
    quantities: list[Quantity] = Field(default_factory=list)
    positions: list[Position] = Field(default_factory=list)


class Relation(Said):
    id: Id
    from_: Id = Field(alias="from")
    to: Id
    type: RelationType
    basis: RelationBasis
    quote: Words | None = None
    prefix: Words | None = None
    suffix: Words | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _shows_its_words(self) -> Self:
        if self.basis is RelationBasis.stated and self.quote is None:
            raise ValueError("is stated and has no quote; quote the words that show it, or say `basis: inferred`")
        if self.basis is RelationBasis.inferred and (self.quote or self.prefix or self.suffix):
            raise ValueError("is inferred and has a quote; an inferred relation has none")
        if self.from_ == self.to:
            raise ValueError(f"goes from {self.to} to itself; its ends differ")
        return self


Record = Actor | Place | Claim | Event | Obstacle | Relation
