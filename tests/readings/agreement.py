"""How far two packages of one document agree, by overlapping spans: `python -m tests.readings.agreement DIR_A DIR_B`.

A record has a counterpart where a record of its kind in the other package rests on overlapping words. What a pair
says is compared on one-to-one matches, the largest overlap (words shared, over all words of both) first.
"""

import sys
from collections.abc import Callable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from seed.anchor import Anchors
from seed.text import canonical

Record = dict[str, Any]
Pairs = list[tuple[Record, Record]]

SOURCE = Path(__file__).parents[2] / "seed" / "karabakh" / "source.txt"
DEFAULTS: Record = {"mode": "asserted", "speaker": "author", "hedge_cue": None, "date": {}}
NULLS = ("", "null", "~")


class Reading:
    def __init__(self, folder: Path, anchors: Anchors) -> None:
        self._anchors = anchors
        self.claims, self.events, self.relations = (
            self._read(folder / f"{kind}.yaml") for kind in ("claims", "events", "relations")
        )
        obstacles = self._read(folder / "obstacles.yaml")
        self.positions = [
            self._anchored(position) for obstacle in obstacles for position in obstacle.get("positions") or []
        ]

    def _read(self, path: Path) -> list[Record]:
        with path.open(encoding="utf-8") as file:
            records: list[Record] = yaml.load(file, Loader=yaml.BaseLoader) or []
        return [self._anchored(record) for record in records]

    def _anchored(self, record: Record) -> Record:
        record = DEFAULTS | {key: None if value in NULLS else value for key, value in record.items()}
        if not record.get("quote"):
            return record
        found = self._anchors.find(record["quote"], record.get("prefix"), record.get("suffix"))
        if isinstance(found, str):
            raise SystemExit(f"{record['id']}: {found}")
        return record | {"span": found}


def overlap(one: Record, other: Record) -> float:
    (start, end), (first, last) = one["span"], other["span"]
    shared = min(end, last) - max(start, first)
    return shared / (max(end, last) - min(start, first)) if shared > 0 else 0.0


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


def tell(kind: str, ones: list[Record], others: list[Record], fields: Mapping[str, Callable[[Record], Any]]) -> Pairs:
    pairs = matches(ones, others)
    for name, mine, theirs in (("A", ones, others), ("B", others, ones)):
        covered = sum(any(overlap(record, other) for other in theirs) for record in mine)
        print(f"{kind} of {name} with a counterpart".ljust(40), share(covered, len(mine)))
    print(f"{kind} matched one to one".ljust(40), share(len(pairs), max(len(ones), len(others))))
    for name, value in fields.items():
        print(f"  same {name}".ljust(40), share(sum(value(one) == value(other) for one, other in pairs), len(pairs)))
    return pairs


def tell_relations(a: Reading, b: Reading, claims: Pairs) -> None:
    matched = {other["id"]: one["id"] for one, other in claims}
    ours = {frozenset((relation["from"], relation["to"])): relation["type"] for relation in a.relations}
    theirs = {
        frozenset(matched.get(relation[end], f"unmatched {relation[end]}") for end in ("from", "to")): relation["type"]
        for relation in b.relations
    }
    both = ours.keys() & theirs.keys()
    print("relations of A with a counterpart".ljust(40), share(len(both), len(ours)))
    print("relations of B with a counterpart".ljust(40), share(len(both), len(theirs)))
    print("  same type".ljust(40), share(sum(ours[pair] == theirs[pair] for pair in both), len(both)))


def dated(event: Record) -> str | None:
    edtf: str | None = event["date"].get("edtf")
    return None if edtf in NULLS else edtf


def main(first: Path, second: Path) -> None:
    anchors = Anchors(canonical(SOURCE.read_bytes()), [])
    a, b = Reading(first, anchors), Reading(second, anchors)
    said = {name: itemgetter(name) for name in ("speaker", "type", "mode")}
    claims = tell("claims", a.claims, b.claims, said | {"hedged": lambda claim: claim["hedge_cue"] is not None})
    happened = {name: itemgetter(name) for name in ("category", "status")}
    tell("events", a.events, b.events, happened | {"date": dated})
    tell_relations(a, b, claims)
    tell("positions", a.positions, b.positions, {"obstacle": lambda record: record["id"].split("-")[0]})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
