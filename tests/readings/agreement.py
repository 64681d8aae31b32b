"""How far two packages of one document agree, by overlapping spans: `python -m tests.readings.agreement DIR_A DIR_B`.

A record has a counterpart where a record of its kind in the other package rests on overlapping words. For events it is
also printed with the mentions counted among those words. What a pair says is compared on one-to-one matches, the
largest overlap (words shared, over all words of both) first. A relation has both ends in common with another where the
claims at its ends overlap the claims at the other's ends, whichever way round.
"""

import sys
from collections.abc import Callable
from itertools import product
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from seed.anchor import Anchors
from seed.text import Span, canonical

Record = dict[str, Any]
Pairs = list[tuple[Record, Record]]
Fields = dict[str, Callable[[Record], Any]]

SOURCE = Path(__file__).parents[2] / "seed" / "karabakh" / "source.txt"
DEFAULTS: Record = {"mode": "asserted", "speaker": "author", "speakers": ["author"], "hedge_cue": None, "date": {}}
NULLS = ("", "null", "~")


class Reading:
    def __init__(self, folder: Path, anchors: Anchors) -> None:
        self._anchors = anchors
        self.claims, self.events, self.relations = (
            self._read(folder / f"{kind}.yaml") for kind in ("claims", "events", "relations")
        )
        self._claims = {claim["id"]: claim for claim in self.claims}
        obstacles = self._read(folder / "obstacles.yaml")
        self.positions = [
            self._anchored(position) for obstacle in obstacles for position in obstacle.get("positions") or []
        ]

    def claim(self, id: str) -> Record:
        return self._claims[id]

    def _read(self, path: Path) -> list[Record]:
        with path.open(encoding="utf-8") as file:
            records: list[Record] = yaml.load(file, Loader=yaml.BaseLoader) or []
        return [self._anchored(record) for record in records]

    def _anchored(self, record: Record) -> Record:
        record = DEFAULTS | {key: None if value in NULLS else value for key, value in record.items()}
        quoted = [record, *record.get("mentions", ())] if record.get("quote") else []
        return record | {"spans": [self._span(record["id"], passage) for passage in quoted]}

    def _span(self, id: str, passage: Record) -> Span:
        found = self._anchors.find(passage["quote"], passage.get("prefix"), passage.get("suffix"))
        if isinstance(found, str):
            raise SystemExit(f"{id}: {found}")
        return found


def overlap(one: Record, other: Record) -> float:
    """Of the quotes: words shared, over all words of both."""
    (start, end), (first, last) = one["spans"][0], other["spans"][0]
    shared = min(end, last) - max(start, first)
    return shared / (max(end, last) - min(start, first)) if shared > 0 else 0.0


def meet(one: Record, other: Record) -> bool:
    """Whether a quote or mention of the one overlaps a quote or mention of the other."""
    return any(start < last and first < end for (start, end), (first, last) in product(one["spans"], other["spans"]))


def matches(ones: list[Record], others: list[Record]) -> Pairs:
    candidates = [(overlap(one, other), one, other) for one in ones for other in others if overlap(one, other)]
    taken: set[tuple[int, str]] = set()
    pairs = []
    for _, one, other in sorted(candidates, key=lambda found: -found[0]):
        if (0, one["id"]) not in taken and (1, other["id"]) not in taken:
            taken |= {(0, one["id"]), (1, other["id"])}
            pairs.append((one, other))
    return pairs


def share(part: int, whole: int) -> str:
    return f"{part:4} of {whole:4}  {part / whole:6.1%}" if whole else f"{part:4} of {whole:4}"


def tell(kind: str, ones: list[Record], others: list[Record], fields: Fields) -> None:
    pairs = matches(ones, others)
    for name, mine, theirs in (("A", ones, others), ("B", others, ones)):
        covered = sum(any(overlap(record, other) for other in theirs) for record in mine)
        print(f"{kind} of {name} with a counterpart".ljust(40), share(covered, len(mine)))
        if kind == "events":
            met = sum(any(meet(record, other) for other in theirs) for record in mine)
            print("  with mentions".ljust(40), share(met, len(mine)))
    print(f"{kind} matched one to one".ljust(40), share(len(pairs), max(len(ones), len(others))))
    for name, value in fields.items():
        print(f"  same {name}".ljust(40), share(sum(value(one) == value(other) for one, other in pairs), len(pairs)))


def tell_relations(a: Reading, b: Reading) -> None:
    common = [(one, other) for one in a.relations for other in b.relations if _share_ends(a, b, one, other)]
    for name, relations, side in (("A", a.relations, 0), ("B", b.relations, 1)):
        ids = {pair[side]["id"] for pair in common}
        print(f"relations of {name} with both ends in common".ljust(40), share(len(ids), len(relations)))
    alike = {one["id"] for one, other in common if one["type"] == other["type"]}
    print("  same type".ljust(40), share(len(alike), len({one["id"] for one, _ in common})))


def _share_ends(a: Reading, b: Reading, one: Record, other: Record) -> bool:
    start, end = (a.claim(one[key]) for key in ("from", "to"))
    first, last = (b.claim(other[key]) for key in ("from", "to"))
    ways = ((start, first, end, last), (start, last, end, first))
    return any(overlap(p, q) > 0 and overlap(r, s) > 0 for p, q, r, s in ways)


def dated(event: Record) -> str | None:
    edtf: str | None = event["date"].get("edtf")
    return None if edtf in NULLS else edtf


def main(first: Path, second: Path) -> None:
    anchors = Anchors(canonical(SOURCE.read_bytes()), [])
    a, b = Reading(first, anchors), Reading(second, anchors)
    said = {name: itemgetter(name) for name in ("speaker", "type", "mode")}
    tell("claims", a.claims, b.claims, said | {"hedged": lambda claim: claim["hedge_cue"] is not None})
    happened: Fields = {name: itemgetter(name) for name in ("category", "status")}
    happened |= {"speakers": lambda event: {None if each in NULLS else each for each in event["speakers"]}}
    tell("events", a.events, b.events, happened | {"date": dated})
    tell_relations(a, b)
    tell("positions", a.positions, b.positions, {"obstacle": lambda record: record["id"].split("-")[0]})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
