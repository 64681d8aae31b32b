"""Sections tile the text: leaves begin at paragraphs and end where the next begins, parents span their children."""

from collections.abc import Callable

from seed.anchor import Anchors
from seed.explain import nearest
from seed.records import Section
from seed.text import Span

Report = Callable[..., None]  # of a fault: place in the list, what is wrong and what would be right, key


def tiles(stated: list[Section], anchors: Anchors, paragraphs: list[Span], report: Report) -> list[Span] | None:
    """The span of each section, or None if the sections have faults."""
    faults = 0

    def fault(at: int, message: str, *key: str) -> None:
        nonlocal faults
        faults += 1
        report(at, message, *key)

    _check_parents(stated, fault)
    starts = _starts(stated, anchors, {first for first, _ in paragraphs}, fault)
    return None if faults else _spans(stated, starts, len(anchors.text))


def _check_parents(stated: list[Section], fault: Report) -> None:
    """A parent stands before its children, and they stand together."""
    ids = [section.id for section in stated]
    around: list[str] = []  # the section above and all that it is inside of
    for at, section in enumerate(stated):
        if section.parent is None:
            around.clear()
        elif section.parent in around:
            del around[around.index(section.parent) + 1 :]
        elif section.parent == section.id:
            fault(at, f"section {section.id} is inside itself; name another parent, or none", "parent")
        elif section.parent not in ids:
            hint = nearest(section.parent, ids)
            fault(at, f"there is no section {section.parent} in this document{hint}", "parent")
        elif section.parent in ids[at:]:
            message = f"section {section.id} stands before its parent {section.parent}; move the parent up"
            fault(at, message, "parent")
        else:
            message = (
                f"section {section.parent} overlaps one that is not inside it; keep the sections of a parent together"
            )
            fault(ids.index(section.parent), message)
        around.append(section.id)


def _starts(stated: list[Section], anchors: Anchors, openings: set[int], fault: Report) -> dict[str, int]:
    """Where each leaf begins."""
    parents = {section.parent for section in stated}
    starts: dict[str, int] = {}
    last, is_first = -1, True
    for at, section in enumerate(stated):
        begins = section.begins
        if section.id in parents:
            if begins is not None:
                fault(at, f"section {section.id} has sections inside it and `begins`; drop `begins`", "begins")
            continue
        if begins is None:
            fault(at, f"section {section.id} lacks `begins`; give the opening words of its first paragraph")
            continue
        span, message = anchors.find(begins), None
        if isinstance(span, str):
            more = span.replace("add `prefix` or `suffix` to tell which is meant", "give more words")
            message = f"`begins`: {more}"
        elif span[0] not in openings:
            message = f"`begins`: “{begins}” is not at the start of a paragraph; a section holds whole ones"
        elif span[0] == last:
            message = f"section {section.id} overlaps the one before: both begin at “{begins}”; give one other words"
        elif span[0] < last:
            message = f"section {section.id} begins before the one above it; put sections in the order of the text"
        else:
            if is_first and span[0] > 0:
                message = f"there is a gap: the text before “{begins}” is in no section; the first begins with the text"
            starts[section.id] = last = span[0]
        is_first = False
        if message:
            fault(at, message, "begins")
    return starts


def _spans(stated: list[Section], starts: dict[str, int], length: int) -> list[Span]:
    """From the last to the first: a leaf ends where the next begins, a parent where its last child ends."""
    spans: dict[str, Span] = {}
    ends: dict[str | None, int] = {}
    start = length
    for section in reversed(stated):
        end = ends.get(section.id, start)
        start = starts.get(section.id, start)
        spans[section.id] = (start, end)
        ends.setdefault(section.parent, end)
    return [spans[section.id] for section in stated]
