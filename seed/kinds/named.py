"""Actors and places: who and what the text names, and how often."""

from collections import Counter

from api.search.mentions import mentions
from seed import records
from seed.anchor import holds
from seed.draft import Draft


def actors(draft: Draft) -> None:
    _named(draft, "actor", records.Actor)


def places(draft: Draft) -> None:
    _named(draft, "place", records.Place)


def _named(draft: Draft, kind: str, model: type[records.Actor | records.Place]) -> None:
    stated = list(draft.rows(f"{kind}s", model))
    bearers = (ids for _, _, ids in mentions(draft.text, {record.id: record.names for record, _ in stated}))
    counts = Counter(id for ids in bearers for id in ids)
    for record, where in stated:
        if isinstance(record, records.Actor) and record.of is not None:
            draft.refer("actor", record.of, where, "of")
            if record.of == record.id:
                message = f"actor {record.id} belongs to itself; name the body it belongs to, or none"
                draft.fault(message, where, "of")
        for at, name in enumerate(record.names):
            if name in record.names[:at]:
                message = f"{kind} {record.id} lists the name “{name}” twice; keep one"
                draft.fault(message, where, "names", at)
            if not holds(draft.text, name):
                message = (
                    f"{kind} {record.id}: the name “{name}” does not occur in the text; list the forms that it uses"
                )
                draft.warnings.append(where.fault(message, "names", at))
        draft.stage(kind, where, record.__dict__ | {"mention_count": counts[record.id]})
