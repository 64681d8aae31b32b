"""Corrections: what an editor changed after the package was first published, and which records it concerns."""

import re
from collections.abc import Iterator

from seed import records
from seed.draft import Draft
from seed.explain import Where

NUMBERED = re.compile(r"(.*?)(\d+)")
MOST = 10_000  # records in a range


def corrections(draft: Draft) -> None:
    for correction, where in draft.rows("corrections", records.Correction):
        named: dict[tuple[str, str], None] = {}
        for at, corrected in enumerate(correction.records):
            for id in _ids(draft, corrected, where, "records", at):
                named[corrected.kind, id] = None
        rows = [{"record_kind": kind, "record": id} for kind, id in named]
        draft.stage("correction", where, correction.__dict__ | {"records": rows})


def _ids(draft: Draft, corrected: records.Corrected, where: Where, *loc: int | str) -> Iterator[str]:
    """The ids of the records, existing or not; of a whole kind, those that exist."""
    kind = corrected.kind
    if corrected.id is not None:
        ids = [corrected.id]
    elif corrected.first is None or corrected.last is None:
        ids = [draft.id] if kind == "document" else list(draft.ids[kind])
    elif (ids := _between(corrected.first, corrected.last)) == []:
        ends = f"{corrected.first} to {corrected.last}"
        message = f"{ends} is no range; write two ids that differ only in their number, with as many digits"
        draft.fault(message, where, *loc)
    for id in ids:
        if kind == "document" and id != draft.id:
            draft.fault(f"document {id} is not this package's; write {draft.id}", where, *loc)
        elif kind != "document" and not draft.is_own(kind, id, where, *loc):
            return
        yield id


def _between(first: str, last: str) -> list[str]:
    """The ids whose number lies between those of the two, written with as many digits; none where that is no range."""
    lower, upper = NUMBERED.fullmatch(first), NUMBERED.fullmatch(last)
    if lower is None or upper is None or lower[1] != upper[1] or len(lower[2]) != len(upper[2]):
        return []
    numbers = range(int(lower[2]), int(upper[2]) + 1)
    return [f"{lower[1]}{number:0{len(lower[2])}}" for number in numbers] if len(numbers) <= MOST else []
