"""Actors and places: who and what the text names, and how often."""

import json

from seed import records
from seed.anchor import holds, occurrences
from seed.examined import Examined
from seed.explain import Where, nearest


def actors(doc: Examined) -> None:
    stated: list[tuple[records.Actor, Where]] = []
    for actor, where in doc.package.rows("actors", records.Actor):
        _named(doc, "actor", actor, where)
        if actor.id == records.AUTHOR:
            message = "no actor may be called author; that word means whoever wrote the document"
            doc.faults.append(where.fault(message, "id"))
        if actor.id in doc.actors:
            doc.faults.append(where.fault(f"actor id {actor.id} is already taken in this file; keep one", "id"))
        doc.actors[actor.id] = actor
        stated.append((actor, where))
    for actor, where in stated:
        if actor.of == actor.id:
            doc.faults.append(
                where.fault(f"actor {actor.id} belongs to itself; name the body it belongs to, or none", "of")
            )
        elif actor.of is not None and actor.of not in doc.actors and doc.missing("actor", actor.of):
            hint = nearest(actor.of, doc.actors)
            doc.faults.append(where.fault(f"there is no actor {actor.of} in this package{hint}", "of"))
        mentions = occurrences(doc.text, actor.names)
        names = json.dumps(actor.names, ensure_ascii=False)
        row = (actor.id, actor.name, actor.category.value, actor.of, doc.id, names, mentions, doc.at(where))
        doc.shard.add("actor", row)
        doc.count("actors", actor.model_dump_json())


def places(doc: Examined) -> None:
    for place, where in doc.package.rows("places", records.Place):
        _named(doc, "place", place, where)
        if place.id in doc.places:
            doc.faults.append(where.fault(f"place id {place.id} is already taken in this file; keep one", "id"))
        doc.places[place.id] = place
        mentions = occurrences(doc.text, place.names)
        names = json.dumps(place.names, ensure_ascii=False)
        row = (place.id, place.name, place.category.value, doc.id, names, mentions, doc.at(where))
        doc.shard.add("place", row)
        doc.count("places", place.model_dump_json())


def _named(doc: Examined, kind: str, named: records.Actor | records.Place, where: Where) -> None:
    for at, name in enumerate(named.names):
        if name in named.names[:at]:
            doc.faults.append(where.fault(f"{kind} {named.id} lists the name “{name}” twice; keep one", "names", at))
        if not holds(doc.text, name):
            message = f"{kind} {named.id}: the name “{name}” does not occur in the text; list the forms that it uses"
            doc.warnings.append(where.fault(message, "names", at))
