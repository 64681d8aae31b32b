"""The closed vocabularies of the content model, each value with its definition.

A member's docstring-like second element is what `/v1/vocabularies` says; names and values agree, so a
database row, a JSON answer and Python speak of one word.
"""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A value of a closed vocabulary that carries its definition."""

    definition: str

    def __new__(cls, value: str, definition: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.definition = definition
        return member


class TitleOrigin(Term):
    source = "source", "The words are the document's own."
    editorial = "editorial", "An editor added the title; the text has none."


class ClaimType(Term):
    factual = "factual", "What is or was the case; observable even with a loaded word struck out."
    causal = "causal", "Two separately describable states, linked by a verb or connective of cause."
    evaluative = "evaluative", "The judgement is the point, or nothing observable is left without it."
    predictive = "predictive", "A future or possible outcome, even with a cause named; purposes too."
    prescriptive = "prescriptive", "What should or must be done, and necessity without an addressee."


class ClaimMode(Term):
    asserted = "asserted", "In the voice of whoever wrote the document."
    reported = "reported", "The text says that somebody holds it."
    quoted = "quoted", "The speaker's own words, in quotation marks."


class EventCategory(Term):
    war = "war", "A war, its outbreak or its end."
    ceasefire = "ceasefire", "An agreement to stop fighting, or its breakdown."
    displacement = "displacement", "People leaving or driven from where they lived."
    exchange = "exchange", "Something handed over both ways: prisoners, drafts, territory."
    statement = "statement", "Somebody says or declares something."
    report = "report", "A body publishes findings."
    negotiation = "negotiation", "Talks, proposals, insistence and refusals about an agreement."
    military = "military", "A military act, deployment, build-up or decline."
    territory = "territory", "A state, border or land made, claimed, taken or lost."
    politics = "politics", "Power within a state: elections, consolidation, public opinion."
    policy = "policy", "A measure taken, asked for or planned."
    economy = "economy", "Trade, infrastructure, wealth and aid."
    relations = "relations", "Ties between states."


class EventStatus(Term):
    occurred = "occurred", "A finished act, even if its result lasts."
    ongoing = "ongoing", "Still true in the author's present."
    anticipated = "anticipated", "It will or must happen, says the text."
    proposed = "proposed", "Somebody, the author included, wants it."
    hypothetical = "hypothetical", "It could or may happen, or only if something else does."


class DateBasis(Term):
    stated = "stated", "A calendar date in that sentence governs the event."
    inferred = "inferred", "An editor's reading, one step from this text alone."
    none = "none", "The text gives no date."


class ActorCategory(Term):
    state = "state", "A state."
    person = "person", "A person."
    organisation = "organisation", "A government, institution or other organised body."
    group = "group", "People named together: a community, a diaspora, a profession."


class PlaceCategory(Term):
    state = "state", "A state, as a place."
    region = "region", "A region, within or across states."
    settlement = "settlement", "A city, town or village."
    feature = "feature", "A border, road, project route or natural feature."


class RelationType(Term):
    supports = "supports", "From the evidence to what it supports."
    contradicts = "contradicts", "Both cannot be true, or one denies what the other rests on."
    contrasts = "contrasts", "Set against each other; both can be true."
    causes = "causes", "From the cause to the effect."
    qualifies = "qualifies", "From the qualifier to what it limits."


class RelationBasis(Term):
    stated = "stated", "Words of the text show the relation."
    inferred = "inferred", "An editor's reading."


VOCABULARIES: dict[str, type[Term]] = {
    "title_origin": TitleOrigin,
    "claim_type": ClaimType,
    "claim_mode": ClaimMode,
    "event_category": EventCategory,
    "event_status": EventStatus,
    "date_basis": DateBasis,
    "actor_category": ActorCategory,
    "place_category": PlaceCategory,
    "relation_type": RelationType,
    "relation_basis": RelationBasis,
}
