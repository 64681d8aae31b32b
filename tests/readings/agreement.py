"""How far two packages of one document agree: `python -m tests.readings.agreement DIR_A DIR_B [--differences]`.

Two records overlap where their quotes, or the mentions of an event, have words in common. A record has a counterpart if
a record of the same kind in the other package overlaps it. Fields are compared on one-to-one matches: the largest
overlap (words in common, over the words of both) first. A relation has a counterpart if a relation in the other package
joins the claims that match its two ends, in either direction. `--differences` lists the records behind the counts.
"""

import sys
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from seed.anchor import Anchors
from seed.text import canonical

Record = dict[str, Any]
Pairs = list[tuple[Record, Record]]
Fields = dict[str, Callable[[Record], Any]]

SOURCE = Path(__file__).parents[2] / "seed" / "karabakh" / "source.txt"
DEFAULTS: Record = {
    "mode": "asserted",
    "speaker": "author",
    "hedge_cue": None,
    "date": {},
    "speakers": [],
    "claims": [],
}
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
        passages = [record, *(record.get("mentions") or [])] if record.get("quote") else []
        spans = [self._span(record["id"], passage) for passage in passages]
        return record | {"words": frozenset(at for start, end in spans for at in range(start, end))}

    def _span(self, id: str, passage: Record) -> tuple[int, int]:
        found = self._anchors.find(passage["quote"], passage.get("prefix"), passage.get("suffix"))
        if isinstance(found, str):
            raise SystemExit(f"{id}: {found}")
        return found


def overlap(one: Record, other: Record) -> float:
    shared = len(one["words"] & other["words"])
    return shared / len(one["words"] | other["words"]) if shared else 0.0


def matches(ones: list[Record], others: list[Record]) -> Pairs:
    candidates = [(value, one, other) for one in ones for other in others if (value := overlap(one, other))]
    taken: set[tuple[int, str]] = set()
    pairs = []
    for _, one, other in sorted(candidates, key=lambda candidate: -candidate[0]):
        if (0, one["id"]) not in taken and (1, other["id"]) not in taken:
            taken |= {(0, one["id"]), (1, other["id"])}
            pairs.append((one, other))
    return pairs


def share(part: int, whole: int) -> str:
    return f"{part:4} of {whole:4}  {part / whole:6.1%}" if whole else f"{part:4} of {whole:4}"


class Comparison:
    """Prints counts, and with `lists` the records behind them."""

    def __init__(self, a: Reading, b: Reading, lists: bool) -> None:
        self.a, self.b, self.lists = a, b, lists
        self.claims = matches(a.claims, b.claims)
        self.claim_in_a = {other["id"]: one["id"] for one, other in self.claims}

    def print(self) -> None:
        a, b = self.a, self.b
        said: Fields = {name: itemgetter(name) for name in ("speaker", "type", "mode")}
        said["hedged"] = lambda claim: claim["hedge_cue"] is not None
        self._records("claims", a.claims, b.claims, said)
        happened: Fields = {name: itemgetter(name) for name in ("category", "status")}
        happened |= {"date": dated, "speakers": lambda event: set(event["speakers"])}
        self._records("events", a.events, b.events, happened)
        self._relations()
        self._records("positions", a.positions, b.positions, {"obstacle": lambda record: record["id"].split("-")[0]})

    def _records(self, kind: str, ones: list[Record], others: list[Record], fields: Fields) -> None:
        pairs = matches(ones, others)
        for name, mine, theirs in (("A", ones, others), ("B", others, ones)):
            alone = [record for record in mine if not any(overlap(record, other) for other in theirs)]
            self._print(f"{kind} of {name} with a counterpart", len(mine) - len(alone), len(mine), map(label, alone))
        single = {id(record) for record in (*ones, *others)} - {id(record) for pair in pairs for record in pair}
        left = (label(record) for record in (*ones, *others) if id(record) in single)
        self._print(f"{kind} matched one to one", len(pairs), max(len(ones), len(others)), left)
        for name, value in fields.items():
            differing = [(one, other) for one, other in pairs if value(one) != value(other)]
            lines = (f"{label(one)}: {value(one)} | {label(other)}: {value(other)}" for one, other in differing)
            self._print(f"  same {name}", len(pairs) - len(differing), len(pairs), lines)

    def _relations(self) -> None:
        matched = [
            relation | {end: self.claim_in_a.get(relation[end], f"unmatched {relation[end]}") for end in ("from", "to")}
            for relation in self.b.relations
        ]
        ours, theirs = (
            {frozenset((relation["from"], relation["to"])): relation for relation in relations}
            for relations in (self.a.relations, matched)
        )
        both = [pair for pair in ours if pair in theirs]
        for name, mine, others in (("A", ours, theirs), ("B", theirs, ours)):
            alone = (related(mine[pair]) for pair in mine if pair not in others)
            self._print(f"relations of {name} with a counterpart", len(both), len(mine), alone)
        for name, field in {"type": "type", "basis": "basis", "direction": "from"}.items():
            differing = [pair for pair in both if ours[pair][field] != theirs[pair][field]]
            lines = (f"{related(ours[pair])} | {related(theirs[pair])}" for pair in differing)
            self._print(f"  same {name}", len(both) - len(differing), len(both), lines)

    def _print(self, name: str, part: int, whole: int, lines: Iterator[str]) -> None:
        print(name.ljust(40), share(part, whole))
        if self.lists:
            for line in lines:
                print(f"      {line}")


def label(record: Record) -> str:
    return f"{record['id']} “{record.get('name') or record['quote']}”"


def related(relation: Record) -> str:
    words = f" “{relation['quote']}”" if relation.get("quote") else ""
    return f"{relation['id']} {relation['from']} {relation['type']} {relation['to']}{words}"


def dated(event: Record) -> str | None:
    edtf: str | None = event["date"].get("edtf")
    return None if edtf in NULLS else edtf


def main(first: Path, second: Path, lists: bool) -> None:
    anchors = Anchors(canonical(SOURCE.read_bytes()), [])
    Comparison(Reading(first, anchors), Reading(second, anchors), lists).print()


if __name__ == "__main__":
    folders = [argument for argument in sys.argv[1:] if argument != "--differences"]
    if len(folders) != 2:
        raise SystemExit(__doc__)
    main(Path(folders[0]), Path(folders[1]), "--differences" in sys.argv)
