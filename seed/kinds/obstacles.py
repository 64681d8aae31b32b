"""Obstacles, each a numbered paragraph, and the positions on them."""

from seed import records
from seed.draft import Draft
from seed.explain import Where
from seed.faults import short
from seed.text import Span


def obstacles(draft: Draft) -> None:
    numbers: dict[int, str] = {}
    for obstacle, where in draft.rows("obstacles", records.Obstacle):
        draft.refer_all("actor", obstacle.actors, where, "actors")
        if (other := numbers.setdefault(obstacle.number, obstacle.id)) != obstacle.id:
            draft.fault(f"number {obstacle.number} is already that of {other}", where, "number")
        opening = f"{obstacle.number}. {obstacle.title}:"
        if (span := _paragraph(draft, obstacle, opening, where)) is None:
            continue
        draft.quantities(obstacle.quantities, draft.text[slice(*span)], where)
        text = draft.text[span[0] + len(opening) : span[1]].strip()
        draft.stage("obstacle", where, obstacle.__dict__ | draft.passage(span) | {"text": text})
        draft.obstacles.append((span, obstacle.id))
        _positions(draft, obstacle, span, where)


def _paragraph(draft: Draft, obstacle: records.Obstacle, opening: str, where: Where) -> Span | None:
    spans = [span for span in draft.paragraphs if draft.text.startswith(opening, span[0])]
    if len(spans) == 1:
        return spans[0]
    numbered = [span for span in draft.paragraphs if draft.text.startswith(f"{obstacle.number}. ", span[0])]
    hint = f"; the text has “{short(draft.text[slice(*numbered[0])])}”" if numbered else ""
    times = f"{len(spans)} paragraphs begin" if spans else "no paragraph begins"
    draft.fault(f"{times} “{opening}”{hint}", where, "title")
    return None


def _positions(draft: Draft, obstacle: records.Obstacle, paragraph: Span, where: Where) -> None:
    holders: dict[str, str] = {}
    for at, position in enumerate(obstacle.positions):
        loc = ("positions", at)
        draft.own_id("position", position.id, where, *loc, "id")
        draft.refer("actor", position.actor, where, *loc, "actor")
        if (other := holders.setdefault(position.actor, position.id)) != position.id:
            message = f"{position.actor} already has the position {other} on {obstacle.id}; join the two"
            draft.fault(message, where, *loc, "actor")
        if (span := draft.locate(position, where, *loc)) is None:
            continue
        if not (paragraph[0] <= span[0] and span[1] <= paragraph[1]):
            message = f"“{short(position.quote)}” is outside the paragraph of {obstacle.id}; quote from inside it"
            draft.fault(message, where, *loc, "quote")
        draft.stage("position", where, position.__dict__ | draft.rest(span) | {"obstacle": obstacle.id}, *loc)
