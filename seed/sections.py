"""Sections tile the text: leaves begin at paragraphs and end where the next begins, parents span their children."""

from collections.abc import Callable

from seed.anchor import Anchors
from seed.explain import nearest
from seed.records import Section
from seed.text import Span

Tell = Callable[..., None]  # tell(place in the list, what is wrong and what would be right, key)


def tiles(given: list[Section], anchors: Anchors, paragraphs: list[Span], tell: Tell) -> list[Span] | None:
    """The span of each section, or None where they have faults, which are told."""
    faults = 0

    def fault(at: int, message: str, *key: str) -> None:
        nonlocal faults
        faults += 1
        tell(at, message, *key)

    parents = {section.id: section.parent for section in given}
    _check_parents(given, parents, fault)
    starts = _starts(given, set(parents.values()), anchors, {first for first, _ in paragraphs}, fault)
    if faults:
        return None
    spans = _spans(given, starts, len(anchors.text))
    for at, section in enumerate(given):
        start, end = spans[section.id]
        inside = (name for name, first in starts.items() if start <= first < end)
        if section.id not in starts and not all(_is_within(name, section.id, parents) for name in inside):
            fault(
                at, f"section {section.id} overlaps one that is not inside it; keep the sections of a parent together"
            )
        elif at and start < spans[given[at - 1].id][0]:
            fault(at, f"section {section.id} begins before the one above it; put sections in the order of the text")
    return None if faults else [spans[section.id] for section in given]


def _check_parents(given: list[Section], parents: dict[str, str | None], fault: Tell) -> None:
    above: set[str] = set()
    for at, section in enumerate(given):
        above.add(section.id)
        if section.parent is None:
            continue
        if section.parent not in parents:
            hint = nearest(section.parent, parents)
            fault(at, f"there is no section {section.parent} in this document{hint}", "parent")
        elif _is_circular(section.id, parents):
            fault(at, f"section {section.id} is inside itself; break the cycle of parents", "parent")
        elif section.parent not in above:
            message = f"section {section.id} stands before its parent {section.parent}; move the parent up"
            fault(at, message, "parent")


def _starts(
    given: list[Section], parents: set[str | None], anchors: Anchors, openings: set[int], fault: Tell
) -> dict[str, int]:
    """Where each leaf begins."""
    starts: dict[str, int] = {}
    last = first = -1
    for at, section in enumerate(given):
        begins = section.begins
        if section.id in parents:
            if begins is not None:
                fault(at, f"section {section.id} has sections inside it and `begins`; drop `begins`", "begins")
            continue
        if begins is None:
            fault(at, f"section {section.id} lacks `begins`; give the opening words of its first paragraph")
            continue
        first, is_first = at, first < 0
        span = anchors.find(begins)
        if isinstance(span, str):
            more = span.replace("add `prefix` or `suffix` to tell which is meant", "give more words")
            fault(at, f"`begins`: {more}", "begins")
        elif span[0] not in openings:
            message = f"`begins`: “{begins}” is not at the start of a paragraph; a section holds whole ones"
            fault(at, message, "begins")
        elif span[0] == last:
            message = (
                f"section {section.id} overlaps the one before: both begin at “{begins}”; give one of them other words"
            )
            fault(at, message, "begins")
        elif span[0] < last:
            message = f"section {section.id} begins before the one above it; put sections in the order of the text"
            fault(at, message, "begins")
        else:
            if is_first and span[0] > 0:
                message = f"there is a gap: the text before “{begins}” is in no section; the first begins with the text"
                fault(at, message, "begins")
            starts[section.id] = last = span[0]
    return starts


def _is_circular(name: str, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    at = parents.get(name)
    while at is not None and at not in seen:
        if at == name:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def _is_within(name: str, ancestor: str, parents: dict[str, str | None]) -> bool:
    at: str | None = name
    while at is not None and at != ancestor:
        at = parents[at]
    return at is not None


def _spans(given: list[Section], starts: dict[str, int], length: int) -> dict[str, Span]:
    order = sorted(starts.values())
    ends = dict(zip(order, [*order[1:], length], strict=True))
    spans = {name: (start, ends[start]) for name, start in starts.items()}
    children: dict[str | None, list[Span]] = {}
    for section in reversed(given):
        if section.id not in spans:
            inside = children[section.id]
            spans[section.id] = min(start for start, _ in inside), max(end for _, end in inside)
        children.setdefault(section.parent, []).append(spans[section.id])
    return spans
