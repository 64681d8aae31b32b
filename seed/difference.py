"""What changed between two packages, or between what is loaded and a package: record by record, field by field."""

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, NamedTuple

from seed.check import Outcome
from seed.faults import Fault, Refused
from seed.generations import Store, readable
from seed.load import Steps, retain
from seed.package import packages, size
from seed.readers import read
from seed.stage import scratch
from seed.staged import STAGED, Staged

# Follows from what is compared, or from the text itself.
DERIVED = {
    *("document", "end", "utf16_start", "utf16_end", "prefix", "suffix", "text", "paragraphs", "speaker_actor"),
    *("counts", "digest", "longest_span", "text_length", "utf16_length", "hedged", "has_quantity", "year"),
}


SIGNS = {"added": "+", "removed": "-", "changed": "~"}


class Change(NamedTuple):
    change: Literal["added", "removed", "changed"]
    kind: str
    id: str
    old: dict[str, Any]  # every field where the record is added or removed, otherwise those that changed
    new: dict[str, Any]


class Difference(NamedTuple):
    changes: list[Change]
    faults: list[Fault]  # of the packages; records that cannot be read are left out


def compare(store: Store, old: Path | None, new: Path, steps: Steps) -> Difference:
    """Compares packages, or folders of packages; without an old one, the documents of the same id that are loaded."""
    with tempfile.TemporaryDirectory(prefix="sic-diff-") as folder:
        outcomes, after = _read(new, Path(folder) / "new", steps)
        faults = [fault for outcome in outcomes for fault in outcome.faults]
        if old is None:
            loaded, stated = set(readable(store.opener()).documents), {outcome.document or "" for outcome in outcomes}
            before = retain(store, Path(folder), loaded & stated, loaded - stated)
        else:
            earlier, before = _read(old, Path(folder) / "old", steps)
            faults += [fault for outcome in earlier for fault in outcome.faults]
        with closing(scratch(":memory:")) as connection:
            for name, path in (("old", before), ("new", after)):
                connection.execute(f"ATTACH ? AS {name}", (str(path),))
            return Difference(list(_changes(connection)), sorted(set(faults)))


def _read(path: Path, folder: Path, steps: Steps) -> tuple[list[Outcome], Path]:
    """As far as the packages can be read; what a check finds in them is no obstacle."""
    faults: list[Fault] = []
    folder.mkdir()
    folders = packages([path], faults)
    outcomes, [shard] = read(folders, folder, steps.reading(sum(map(size, folders))), processes=1)
    for outcome in outcomes:
        if not outcome.digest:
            faults += outcome.faults
    if faults:
        raise Refused(faults)
    return outcomes, shard


def _changes(connection: sqlite3.Connection) -> Iterator[Change]:
    same = 'SELECT o."id" FROM old.document o JOIN new.document n ON n."id" = o."id" AND n.text_sha256 = o.text_sha256'
    same_text = {id for (id,) in connection.execute(same)}
    for staged in STAGED.values():
        fields = [name for name in staged.fields if name not in DERIVED]
        key = "id" if "id" in fields else "start"
        document = "id" if staged.name == "document" else "document"
        columns = ", ".join(f'{side}."{name}"' for side in ("o", "n") for name in fields)
        differ = " OR ".join(f'o."{name}" IS NOT n."{name}"' for name in fields)
        rows = connection.execute(
            f'SELECT coalesce(n."{document}", o."{document}"), {columns} FROM old."{staged.name}" o'
            f' FULL JOIN new."{staged.name}" n ON n."{key}" = o."{key}" AND n."{document}" = o."{document}"'
            f' WHERE {differ} ORDER BY 1, coalesce(n."{key}", o."{key}")'
        )
        for document_id, *values in rows:
            old, new = (_record(staged, fields, side) for side in (values[: len(fields)], values[len(fields) :]))
            if old[key] is None or new[key] is None:
                record, change = (new, "added") if old[key] is None else (old, "removed")
                yield _change(change, staged, document_id, key, record, old, new)
                continue
            differing = {name for name in fields if old[name] != new[name]}
            if document_id not in same_text or "quote" in differing:
                differing -= {"start"}
            if differing:
                pair = ({name: side[name] for name in fields if name in differing} for side in (old, new))
                yield _change("changed", staged, document_id, key, new, *pair)


def _change(
    change: Any,
    staged: Staged,
    document: str,
    key: str,
    record: dict[str, Any],
    old: dict[str, Any],
    new: dict[str, Any],
) -> Change:
    id = record["id"] if key == "id" else f"{document} at {record['start']}"
    return Change(change, staged.name, id, {} if change == "added" else old, {} if change == "removed" else new)


def _record(staged: Staged, fields: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    record = dict(zip(fields, row, strict=True))
    for name in staged.json:
        if record.get(name) is not None:
            record[name] = _plain(json.loads(record[name]))
    return record


def _plain(value: Any) -> Any:
    """Passages as their quotes, and corrected records as a kind and an id."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        if "quote" in value[0]:
            return [passage["quote"] for passage in value]
        if "record_kind" in value[0]:
            return [f"{record['record_kind']} {record['record']}" for record in value]
    return value


def as_json(difference: Difference) -> str:
    changes = [change._asdict() for change in difference.changes]
    return json.dumps({"changes": changes, "counts": counts(difference)}, ensure_ascii=False, indent=1)


def as_text(difference: Difference) -> Iterator[str]:
    for change in difference.changes:
        yield f"{SIGNS[change.change]} {change.kind} {change.id}"
        for name in change.old | change.new:
            for sign, side in (("-", change.old), ("+", change.new)):
                if side.get(name) not in (None, [], {}):
                    value = side[name] if isinstance(side[name], str) else json.dumps(side[name], ensure_ascii=False)
                    yield f"    {sign} {name}: {value}"
    yield ", ".join(f"{count} {change}" for change, count in counts(difference).items())


def counts(difference: Difference) -> dict[str, int]:
    return {name: sum(change.change == name for change in difference.changes) for name in SIGNS}
