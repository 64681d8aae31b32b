"""What a package may say: one closed model for each kind of record, as a writer spells it."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.model.vocabularies import (
    ActorCategory,
    ClaimMode,
    ClaimType,
    DateBasis,
    EventCategory,
    EventStatus,
    PlaceCategory,
    RecordKind,
    RelationBasis,
    RelationType,
    TitleOrigin,
)
from seed.fields import AUTHOR, Day, DocumentId, Id, Language, Number, OwnId, Sha256, Truth, Words, number


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)


class Quoted(Closed):
    """Rests on words that occur once, or once between the words just before and after."""

    quote: Words
    prefix: Words | None = None
    suffix: Words | None = None


class Source(Closed):
    file: Words
    sha256: Sha256


class Provenance(Closed):
    """What an editor knows about the origin of the text."""

    title: Words | None = None
    author: Words | None = None
    publisher: Words | None = None
    url: Words | None = None
    published: Words | None = None
    retrieved: Words | None = None
    licence: Words | None = None


class Topic(Closed):
    id: OwnId
    label: Words
    definition: Words


class Section(Closed):
    id: Id
    title: Words
    title_origin: TitleOrigin
    begins: Words | None = None
    parent: Id | None = None


class Unrecorded(Quoted):
    reason: Words


class Document(Closed):
    id: DocumentId
    label: Words
    language: Language
    source: Source
    title: Words | None = None
    author: Words | None = None
    rights: Words | None = None
    provenance: Provenance = Provenance()
    note: Words | None = None
    topics: list[Topic] = []
    sections: list[Section] = []
    unrecorded: list[Unrecorded] = []


class Place(Closed):
    id: OwnId
    name: Words
    category: PlaceCategory
    names: list[Words] = Field(min_length=1)


class Actor(Closed):
    id: OwnId
    name: Words
    category: ActorCategory
    of: Id | None = None
    names: list[Words] = Field(min_length=1)


class Quantity(Closed):
    text: Words
    value: Number | None = None
    min: Number | None = None
    max: Number | None = None
    min_exclusive: Truth = False
    max_exclusive: Truth = False
    approximate: Truth = False
    unit: Words | None = None
    of: Words | None = None

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if self.value is not None and (self.min is not None or self.max is not None):
            raise ValueError("has a value and a bound; give either `value`, or `min` and/or `max`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"has min {self.min} above max {self.max}; the lower bound is `min`")
        for bound, exclusive in (("min", self.min_exclusive), ("max", self.max_exclusive)):
            if exclusive and getattr(self, bound) is None:
                raise ValueError(f"has {bound}_exclusive without {bound}; give the bound that is excluded")
        return self


class Claim(Quoted):
    id: Id
    statement: Words
    type: ClaimType
    mode: ClaimMode = ClaimMode.asserted
    speaker: Id | None = AUTHOR
    hedge_cue: Words | None = None
    actors: list[Id] = []
    places: list[Id] = []
    topics: list[Id] = []
    quantities: list[Quantity] = []
    note: Words | None = None


class Date(Closed):
    text: Words | None = None
    edtf: Words | None = None
    basis: DateBasis = DateBasis.none
    earliest: Words | None = None
    latest: Words | None = None

    @model_validator(mode="after")
    def _rests_on_a_basis(self) -> Self:
        if self.basis == DateBasis.none and self.edtf is not None:
            raise ValueError(
                f"has edtf {self.edtf} and basis none; say `basis: stated` or `inferred`, or drop the edtf"
            )
        if self.basis != DateBasis.none and self.edtf is None:
            raise ValueError(f"has basis {self.basis} and no edtf; give the date, or `basis: none`")
        return self


class Event(Quoted):
    """That it has at least one claim is checked with the claims; a package of release 1.0 can be read, and compared."""

    id: Id
    name: Words
    category: EventCategory
    status: EventStatus
    mentions: list[Quoted] = []
    date: Date = Date()
    claims: list[Id] = []
    speakers: list[Id | None] = Field(default=[AUTHOR], min_length=1)
    actors: list[Id] = []
    places: list[Id] = []
    note: Words | None = None


class Position(Quoted):
    id: Id
    actor: Id
    statement: Words
    note: Words | None = None


class Obstacle(Closed):
    id: Id
    number: Annotated[int, BeforeValidator(number), Field(ge=0, lt=2**31)]
    title: Words
    summary: Words
    actors: list[Id] = []
    quantities: list[Quantity] = []
    positions: list[Position] = []


class Relation(Closed):
    id: Id
    from_claim: Id = Field(alias="from")
    to_claim: Id = Field(alias="to")
    type: RelationType
    basis: RelationBasis
    quote: Words | None = None
    prefix: Words | None = None
    suffix: Words | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _shows_its_words(self) -> Self:
        if self.basis == RelationBasis.stated and self.quote is None:
            raise ValueError("is stated and has no quote; quote the words that show it, or say `basis: inferred`")
        if self.basis == RelationBasis.inferred and (self.quote or self.prefix or self.suffix):
            raise ValueError("is inferred and has a quote; an inferred relation has none")
        if self.from_claim == self.to_claim:
            raise ValueError(f"goes from {self.to_claim} to itself; its ends differ")
        return self


class Corrected(Closed):
    """One record, the records between two ids, or every record of a kind."""

    kind: RecordKind
    id: Id | None = None
    first: Id | None = Field(default=None, alias="from")
    last: Id | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _names_one_or_a_range(self) -> Self:
        if (self.first is None) != (self.last is None) or (self.id is not None and self.first is not None):
            raise ValueError("names neither one record nor a range; give `id`, or `from` and `to`, or the kind alone")
        return self


class Correction(Closed):
    id: Id
    date: Day
    records: list[Corrected] = Field(min_length=1)
    what: Words
    why: Words
