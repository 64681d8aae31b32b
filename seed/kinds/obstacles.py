"""Obstacles, each a numbered paragraph, and the positions on them."""

from seed import records
from seed.examined import CONTEXT, Examined, listed, short
from seed.explain import Where, nearest
from seed.text import Span


def obstacles(doc: Examined) -> None:
    numbers: dict[int, str] = {}
    for obstacle, where in doc.package.rows("obstacles", records.Obstacle):
        doc.new("obstacle", obstacle.id, where, "id")
        doc.known("actor", obstacle.actors, doc.actors, where, "actors")
        if (other := numbers.setdefault(obstacle.number, obstacle.id)) != obstacle.id:
            doc.faults.append(where.fault(f"number {obstacle.number} is already that of {other}", "number"))
        opening = f"{obstacle.number}. {obstacle.title}:"
        spans = [span for span in doc.paragraphs if doc.text.startswith(opening, span[0])]
        if len(spans) != 1:
            begun = [span for span in doc.paragraphs if doc.text.startswith(f"{obstacle.number}. ", span[0])]
            hint = f"; the text has “{short(doc.text[slice(*begun[0])])}”" if begun else ""
            times = f"{len(spans)} paragraphs begin" if spans else "no paragraph begins"
            doc.faults.append(where.fault(f"{times} “{opening}”{hint}", "title"))
            continue
        start, end = spans[0]
        row = doc.shard.number()
        quantities = doc.quantities(obstacle.quantities, doc.text[start:end], where)
        body = doc.text[start + len(opening) : end].strip()
        anchored = doc.anchors.anchored((start, end))
        doc.longest = max(doc.longest, end - start)
        doc.shard.add(
            "obstacle",
            (
                row,
                obstacle.id,
                doc.id,
                *anchored,
                obstacle.number,
                obstacle.title,
                body,
                obstacle.summary,
                quantities,
                listed(obstacle.actors),
                doc.at(where),
            ),
        )
        doc.obstacles.append((start, end, obstacle.id))
        doc.count("obstacles", obstacle.model_dump_json(exclude={"positions"}))
        _positions(doc, obstacle, (start, end), where)


def _positions(doc: Examined, obstacle: records.Obstacle, paragraph: Span, where: Where) -> None:
    taken: dict[str, str] = {}
    for at, position in enumerate(obstacle.positions):
        loc = ("positions", at)
        doc.new("position", position.id, where, *loc, "id")
        if position.actor not in doc.actors and doc.missing("actor", position.actor):
            hint = nearest(position.actor, doc.actors)
            doc.faults.append(where.fault(f"there is no actor {position.actor} in this package{hint}", *loc, "actor"))
        elif (other := taken.setdefault(position.actor, position.id)) != position.id:
            message = f"{position.actor} already has the position {other} on {obstacle.id}; join the two"
            doc.faults.append(where.fault(message, *loc, "actor"))
        if (span := doc.find(position, where, *loc)) is None:
            continue
        if not (paragraph[0] <= span[0] and span[1] <= paragraph[1]):
            message = f"“{short(position.quote)}” is outside the paragraph of {obstacle.id}; quote from inside it"
            doc.faults.append(where.fault(message, *loc, "quote"))
        said = (obstacle.id, position.actor, position.statement, position.note)
        row = (doc.shard.number(), position.id, doc.id, *doc.rest(span), *said, doc.at(where, *loc))
        doc.shard.add("position", row)
        doc.count("positions", f"{obstacle.id} {position.model_dump_json(exclude=CONTEXT)} {span}")
