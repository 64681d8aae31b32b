"""The rules of the annotation guide (seed/README.md) that code can check: advice for annotators, not faults.

The rules on words are for English.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from seed.anchor import holds
from seed.explain import Where
from seed.faults import Fault

IN_QUOTATION_MARKS = re.compile('“[^”]*”|"[^"]*"|‘[^’]*’(?!\\w)')
UNRESOLVED = re.compile(
    r"\b(this|these|those(?!(?: \w+)? (?:who|whose|of|that)\b)|the (?:former|latter)|the (?:first|second) war"
    r"|both (?!\S+ and )\w+s)\b",
    re.IGNORECASE,
)
PURPOSE = re.compile(
    r"(?:in order |so as )?to\b|so that\b|for\b.{1,80}?\bto\b|(?:intending|intended|aiming|aimed|seeking)\b"
    r"|with the (?:aim|goal|intention|purpose)\b",
    re.IGNORECASE,
)
VERDICTS = ("contradicts", "qualifies")  # relations that may join an author's verdict to the report it is within


ONE_PASSAGE = 0.5  # of the words of two quotes, as many are shared where they are of one passage


class Kept(NamedTuple):
    """A staged record: its columns by name, and where it is written."""

    fields: dict[str, Any]
    where: Where
    loc: tuple[int | str, ...]

    def advise(self, message: str, key: str) -> Fault:
        return self.where.fault(f"{self.fields['id']}: {message}", *self.loc, key)


def advice(records: dict[str, list[Kept]], language: str) -> Iterator[Fault]:
    claims = {claim.fields["id"]: claim for claim in records["claim"]}
    is_english = language.split("-")[0] == "en"
    if is_english:
        yield from _unresolved(chain(records["claim"], records["position"]))
    yield from _unused_names(records, claims)
    for event in records["event"]:
        if not event.fields["actors"] and not event.fields["places"]:
            yield event.advise("the event has neither an actor nor a place", "name")
        yield from _differing_actors(event, claims)
    for relation in records["relation"]:
        ends = claims.get(relation.fields["from_claim"]), claims.get(relation.fields["to_claim"])
        if ends[0] is not None and ends[1] is not None:
            yield from _relation(relation, ends[0], ends[1], is_english)


def _unresolved(records: Iterator[Kept]) -> Iterator[Fault]:
    for record in records:
        if word := UNRESOLVED.search(IN_QUOTATION_MARKS.sub("", record.fields["statement"])):
            yield record.advise(f"the statement does not stand alone: what is “{word[0]}”?", "statement")


def _unused_names(records: dict[str, list[Kept]], claims: dict[str, Kept]) -> Iterator[Fault]:
    statements = "\n".join(record.fields["statement"] for record in chain(records["claim"], records["position"]))
    for named in chain(records["actor"], records["place"]):
        if not holds(statements, named.fields["name"]):
            yield named.advise(f"no statement uses the name “{named.fields['name']}”", "name")
    for event in records["event"]:
        name = event.fields["name"]
        statements = "\n".join(claims[id].fields["statement"] for id in event.fields["claims"] if id in claims)
        is_proper = " " in name and all(word[0].isupper() for word in name.split())
        if is_proper and not holds(statements, name):
            yield event.advise(f"no statement of its claims uses the name “{name}”", "name")


def _differing_actors(event: Kept, claims: dict[str, Kept]) -> Iterator[Fault]:
    for claim in (claims[id] for id in event.fields["claims"] if id in claims):
        if _shared(claim, event) >= ONE_PASSAGE:
            ours, theirs = set(event.fields["actors"]), set(claim.fields["actors"])
            if differing := sorted(ours ^ theirs):
                sides = ", ".join(f"{id} only in the {'event' if id in ours else 'claim'}" for id in differing)
                yield event.advise(f"the event and {claim.fields['id']} are of one passage, but {sides}", "actors")


def _relation(relation: Kept, start: Kept, end: Kept, is_english: bool) -> Iterator[Fault]:
    type = relation.fields["type"]
    is_verdict = type in VERDICTS and start.fields["mode"] != end.fields["mode"]
    if (_contains(start, end) or _contains(end, start)) and not is_verdict:
        ids = f"{start.fields['id']} and {end.fields['id']}"
        yield relation.advise(f"the quote of one of {ids} lies within the other's; that is no relation", "from")
    if is_english and type == "causes" and (opening := PURPOSE.match(end.fields["quote"])):
        message = f"the effect opens with “{opening[0]}”, which marks a purpose; write `type: purpose`"
        yield relation.advise(message, "type")


def _shared(one: Kept, other: Kept) -> float:
    starts, ends = ([record.fields[name] for record in (one, other)] for name in ("start", "end"))
    return float((min(ends) - max(starts)) / (max(ends) - min(starts)))


def _contains(outer: Kept, inner: Kept) -> bool:
    one, other = outer.fields, inner.fields
    return bool(one["start"] <= other["start"] and other["end"] <= one["end"])
