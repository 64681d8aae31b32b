"""One package, checked against itself and its text, and staged record by record."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from seed import records
from seed.draft import COUNTED, Draft
from seed.explain import Where
from seed.faults import Fault
from seed.guide import advice
from seed.kinds import claims, corrections, document, events, named, obstacles, relations
from seed.package import DOCUMENT, Package
from seed.stage import Shard
from seed.text import canonical

# In this order: each check needs the ids of those before it.
CHECKS = (
    document.topics,
    document.sections,
    named.actors,
    named.places,
    obstacles.obstacles,
    claims.claims,
    events.events,
    relations.relations,
    corrections.corrections,
    document.sentences,
    document.document,
)


class Outcome(NamedTuple):
    """The result of checking one package. `accounted` is the number of sentences with a record or a reason."""

    folder: str
    document: str | None
    digest: str
    counts: dict[str, int]
    accounted: int
    faults: list[Fault]
    warnings: list[Fault]
    advice: list[Fault]


def examine(folder: Path, shard: Shard, advance: Callable[[int], None], advises: bool) -> Outcome:
    """Reads, checks and stages a package; its rows count only where no package has a fault."""
    faults: list[Fault] = []
    package = Package(folder, faults, advance)
    stated = package.document()
    draft = None
    if stated is not None and (text := _text(package, *stated)) is not None:
        draft = Draft(package, shard, *stated, text, advises)
        for check in CHECKS:
            check(draft)
    package.finish()
    if draft is None:
        id, counts = stated[0].id if stated else None, dict.fromkeys(COUNTED.values(), 0)
        return Outcome(str(folder), id, "", counts, 0, faults, [], [])
    digest = draft.digest.hexdigest()
    hints = [] if draft.kept is None else list(advice(draft.kept, draft.document.language))
    return Outcome(str(folder), draft.id, digest, draft.counts, sum(draft.accounted), faults, draft.warnings, hints)


def _text(package: Package, document: records.Document, where: Where) -> str | None:
    """The canonical text, or None and a fault."""

    def fault(message: str, *loc: str) -> None:
        package.faults.append(where.fault(message, "source", *loc))

    name = document.source.file
    raw = package.source(name)
    if raw is None:
        fault(f"there is no file {name} in {package.folder}; name the source, which stands beside {DOCUMENT}", "file")
        return None
    actual = sha256(raw).hexdigest()
    if actual != document.source.sha256:
        fault(
            f"sha256 of {name} is {actual}, not {document.source.sha256}; restore the source or state its sum", "sha256"
        )
    file = str(package.folder / name)
    try:
        text = canonical(raw)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        package.faults.append(Fault(file, line, "is not UTF-8; convert it, and state the sha256 of the result"))
        return None
    if not text:
        package.faults.append(Fault(file, 0, "is empty; a document has words"))
        return None
    if "\0" in text:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        package.faults.append(Fault(file, line, "holds a NUL character; a text has none"))
        return None
    return text
