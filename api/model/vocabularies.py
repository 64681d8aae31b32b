"""The closed vocabularies of the content model, each value with its definition.

`/v1/vocabularies` serves the definitions. A member's name is its value, so that a database row, a JSON response
and Python use one word.
"""

import re
from enum import StrEnum
from typing import Self


def snake_case(name: str) -> str:
    """The name of a class as a table or a vocabulary is called: `ClaimType` is claim_type."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


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
    predictive = "predictive", "A future or possible outcome, even with a cause named."
    purposive = "purposive", "What an act is meant to bring about."
    prescriptive = "prescriptive", "What should or must be done, and necessity without an addressee."


class ClaimMode(Term):
    asserted = "asserted", "In the voice of whoever wrote the document."
    reported = "reported", "The text says that somebody holds it."
    quoted = "quoted", "The speaker's own words, in quotation marks."


class EventCategory(Term):
    war = "war", "A war as a whole, its outbreak, end, toll, victory or defeat."
    ceasefire = "ceasefire", "An agreement to stop fighting, or its breakdown."
    displacement = "displacement", "People leaving or driven from where they lived."
    exchange = "exchange", "Something handed over both ways: prisoners, drafts, territory."
    statement = "statement", "Somebody says or declares something."
    report = "report", "A body publishes findings."
    negotiation = "negotiation", "Talks, proposals, insistence and refusals about an agreement."
    military = "military", "A military act, deployment, build-up or decline."
    territory = "territory", "A state, border or land made, claimed, taken or lost."
    politics = "politics", "Power within a state: elections, consolidation, opposition."
    policy = "policy", "A measure taken, asked for or planned."
    law = "law", "A judgement, a treaty in force, a constitution."
    crime = "crime", "An act that the text calls a crime, or its prosecution."
    economy = "economy", "Trade, infrastructure, wealth and aid."
    relations = "relations", "Ties between states."
    disaster = "disaster", "A natural or technical disaster."
    science = "science", "Research, a discovery, a technology."
    culture = "culture", "Arts, education, heritage, religion, sport."
    society = "society", "What people at large visibly do or undergo."
    other = "other", "None of the others, or the text leaves open what kind of happening it was."


class EventStatus(Term):
    occurred = "occurred", "A finished act, even if its result lasts."
    ongoing = "ongoing", "Still true in the author's present, or begun and not said to have ended."
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
    purpose = "purpose", "From an act to what it is meant to bring about; nothing says that it came about."
    qualifies = "qualifies", "From the qualifier to what it limits."


class RelationBasis(Term):
    stated = "stated", "Words of the text show the relation."
    inferred = "inferred", "An editor's reading."


class RecordKind(Term):
    """The kinds of record that a correction may name."""

    document = "document", "A document: what it is and what its text states about itself."
    section = "section", "A stretch of whole paragraphs of the text."
    claim = "claim", "One proposition, with who the document attributes it to."
    event = "event", "Something that an outsider could have observed, or could observe if it came about."
    obstacle = "obstacle", "A hindrance that the document numbers."
    position = "position", "What one actor wants, offers, accepts, opposes or refuses about an obstacle."
    actor = "actor", "Somebody who acts or is spoken of: a state, a person, an organisation, a group."
    place = "place", "Where the text locates something."
    relation = "relation", "How one claim bears on another."


VOCABULARIES = {snake_case(vocabulary.__name__): vocabulary for vocabulary in Term.__subclasses__()}
