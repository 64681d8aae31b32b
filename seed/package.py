"""Reading a package: every record with the line that it, and each of its keys, was written on.

In YAML every scalar is text; the field gives it meaning. JSON Lines are read one at a time and never held.
"""

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from seed import records
from seed.explain import Loc, Where, explain, nearest
from seed.faults import Fault

DOCUMENT = "document.yaml"
LISTS = ("actors", "places", "obstacles", "claims", "events", "relations", "corrections")
TELL = 1_000_000  # bytes read between two words of progress
NULLS = ("", "null", "~")
DEEPEST = 20  # levels of YAML; a record has five
Model = TypeVar("Model", bound=BaseModel)


class Node(NamedTuple):
    """A piece of YAML: a scalar's text or null, or what is inside; of a mapping, keys and values in turn."""

    kind: Literal["scalar", "list", "mapping"]
    line: int
    value: str | None
    inside: list["Node"]


class Package:
    """A folder; what cannot be read goes to `faults` and is left out."""

    def __init__(self, folder: Path, faults: list[Fault], advance: Callable[[int], None]) -> None:
        self.folder = folder
        self.faults = faults
        self._advance = advance
        self._told = 0
        self.files: dict[str, Path] = {}
        self.unread: dict[str, set[str]] = {kind: set() for kind in LISTS}  # ids of records that have faults
        known = [DOCUMENT, *(f"{kind}.{form}" for kind in LISTS for form in ("yaml", "jsonl"))]
        for path in sorted(folder.iterdir()):
            if path.suffix in (".yaml", ".yml", ".jsonl") and path.name not in known:
                faults.append(Fault(str(path), 0, f"is no file of a package{nearest(path.name, known)}"))
            elif path.name in known and path.stem in self.files:
                faults.append(Fault(str(path), 0, f"stands beside {self.files[path.stem].name}; keep one of the two"))
            elif path.name in known:
                self.files[path.stem] = path

    def finish(self) -> None:
        """Tells the progress that was not told while reading."""
        self._advance(size(self.folder) - self._told)

    def document(self) -> tuple[records.Document, Where] | None:
        if "document" not in self.files:
            self.faults.append(Fault(str(self.folder / DOCUMENT), 0, "is missing; a package states its document there"))
            return None
        node = _compose(self.files["document"], self.faults)
        if node is None:
            return None
        read = list(_checked(records.Document, "document", [node], self.files["document"], self.faults, set()))
        return read[0] if read else None

    def source(self, name: str) -> bytes | None:
        """The bytes of the source, or None where there is no such file."""
        path = self.folder / name
        if Path(name).name != name or not path.is_file():
            return None
        return path.read_bytes()

    def rows(self, kind: str, model: type[Model]) -> Iterator[tuple[Model, Where]]:
        path = self.files.get(kind)
        if path is None:
            return
        if path.suffix == ".jsonl":
            yield from self._lines(model, kind, path)
            return
        node = _compose(path, self.faults)
        if node is not None and node.kind == "list":
            yield from _checked(model, kind, node.inside, path, self.faults, self.unread[kind])
        elif node is not None and (node.kind, node.value) != ("scalar", None):
            message = f"is a {node.kind} where a list of records is expected; begin each record with `- `"
            self.faults.append(Fault(str(path), node.line, message))

    def _lines(self, model: type[Model], kind: str, path: Path) -> Iterator[tuple[Model, Where]]:
        file = str(path)
        inner: dict[Loc, int] = {}
        validate = model.model_validate_json
        untold = 0
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                untold += len(line)
                if untold > TELL:
                    self._advance(untold)
                    self._told += untold
                    untold = 0
                try:
                    record = validate(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)
                except ValidationError as error:
                    if line.strip():
                        self.faults.extend(explain(error, model, kind, Where(file, number, inner)))
                        self.unread[kind].update(_ids(line))
                else:
                    yield record, Where(file, number, inner)


def size(folder: Path) -> int:
    """Bytes to be read from a package; the measure of progress."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.suffix in (".yaml", ".jsonl"))


def packages(paths: Iterable[Path], faults: list[Fault]) -> list[Path]:
    """The packages that the paths are, or hold in the folders directly inside them."""
    found: dict[Path, None] = {}
    marks = (DOCUMENT, *(f"{kind}.{form}" for kind in LISTS for form in ("yaml", "jsonl")))

    def is_package(folder: Path) -> bool:
        return any((folder / mark).is_file() for mark in marks)

    for path in paths:
        inside = [path] if is_package(path) else [p for p in sorted(path.iterdir()) if p.is_dir() and is_package(p)]
        if not inside:
            faults.append(Fault(str(path), 0, f"holds no package: there is no {DOCUMENT} in it or in its folders"))
        found.update(dict.fromkeys(inside))
    return list(found)


def _read_text(path: Path, faults: list[Fault]) -> str | None:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(str(path), raw.count(b"\n", 0, error.start) + 1, "is not UTF-8; save the file as UTF-8"))
        return None
    if "\0" in text:
        faults.append(Fault(str(path), text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character; remove it"))
        return None
    return text


class _Unreadable(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _compose(path: Path, faults: list[Fault]) -> Node | None:
    text = _read_text(path, faults)
    if text is None:
        return None
    try:
        node = _tree(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}; quote words that hold `: `, `#` or begin with a sign"
        faults.append(Fault(str(path), mark.line + 1 if mark else 0, message))
        return None
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        faults.append(Fault(str(path), line, f"is not YAML: {error.reason}; remove the character"))
        return None
    except _Unreadable as error:
        faults.append(Fault(str(path), error.line, str(error)))
        return None
    if node is None and path.name == DOCUMENT:
        faults.append(Fault(str(path), 0, "is empty; a package states its document there"))
    return node


def _tree(events: Iterable[yaml.Event]) -> Node | None:
    """The one document that the events are, without recursion: libyaml's own composer overflows the stack."""
    root: Node | None = None
    parents: list[Node] = []
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        match event:
            case yaml.CollectionEndEvent():
                parents.pop()
                continue
            case yaml.ScalarEvent():
                is_null = not event.style and event.value in NULLS
                node = Node("scalar", line, None if is_null else event.value, [])
            case yaml.SequenceStartEvent():
                node = Node("list", line, None, [])
            case yaml.MappingStartEvent():
                node = Node("mapping", line, None, [])
            case yaml.AliasEvent():
                raise _Unreadable(line, "repeats a node by an alias (*); write it out")
            case yaml.DocumentStartEvent() if root is not None:
                raise _Unreadable(line, "is more than one YAML document; remove the `---`")
            case _:
                continue
        if parents:
            parents[-1].inside.append(node)
        else:
            root = node
        if node.kind != "scalar":
            parents.append(node)
            if len(parents) > DEEPEST:
                raise _Unreadable(line, "is nested too deeply; records are a few levels deep")
    return root


def _plain(node: Node, loc: Loc, lines: dict[Loc, int]) -> Any:
    """The node as plain values; the line of every place in it goes to `lines`."""
    lines.setdefault(loc, node.line)
    if node.kind == "scalar":
        return node.value
    if node.kind == "list":
        return [_plain(item, (*loc, at), lines) for at, item in enumerate(node.inside)]
    values: dict[str, Any] = {}
    for key, value in zip(node.inside[::2], node.inside[1::2], strict=True):
        if key.kind != "scalar" or key.value is None:
            raise _Unreadable(key.line, "has a key that is not a word")
        if key.value in values:
            raise _Unreadable(key.line, f"has the key `{key.value}` twice; keep one")
        lines[(*loc, key.value)] = key.line
        values[key.value] = _plain(value, (*loc, key.value), lines)
    return values


def _checked(
    model: type[Model], kind: str, nodes: Iterable[Node], path: Path, faults: list[Fault], unread: set[str]
) -> Iterator[tuple[Model, Where]]:
    for node in nodes:
        lines: dict[Loc, int] = {}
        where = Where(str(path), node.line, lines)
        try:
            value = _plain(node, (), lines)
            record = model.model_validate(value)
        except _Unreadable as error:
            faults.append(Fault(where.file, error.line, str(error)))
        except ValidationError as error:
            faults.extend(explain(error, model, kind, where))
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                unread.add(value["id"])
        else:
            yield record, where


def _ids(line: bytes) -> list[str]:
    """The id of a record that is not well formed, if it has one."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return []
    name = value.get("id") if isinstance(value, dict) else None
    return [name] if isinstance(name, str) else []
