"""Reading a package: every record with the line that it, and each of its keys, was written on.

In YAML every scalar is text; the field gives it meaning. JSON Lines are read one at a time and never held.
"""

import codecs
import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from seed import records
from seed.faults import Fault

DOCUMENT = "document.yaml"
LISTS = ("actors", "places", "obstacles", "claims", "events", "relations")
TELL = 1_000_000  # bytes read between two words of progress
NULLS = ("", "null", "~")
NESTED: dict[str, type[BaseModel]] = {
    "source": records.Source,
    "topics": records.Topic,
    "sections": records.Section,
    "unrecorded": records.Unrecorded,
    "quantities": records.Quantity,
    "date": records.Date,
    "mentions": records.Quoted,
    "positions": records.Position,
}
FORMS = {
    "id": "begins with a-z or 0-9 and goes on with up to 63 of a-z 0-9 . _ -",
    "language": "is a BCP 47 tag, e.g. en or hy-AM",
    "sha256": "is 64 hexadecimal digits, as sha256sum prints them",
}
Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[int | str, ...]


class Where(NamedTuple):
    """Where a record stands: its file and first line, and the lines of the keys inside it."""

    file: str
    line: int
    inner: dict[Loc, int]

    def fault(self, message: str, *loc: int | str) -> Fault:
        while loc and loc not in self.inner:
            loc = loc[:-1]
        return Fault(self.file, self.inner.get(loc, self.line), message)


class Package:
    """A folder; what cannot be read goes to `faults` and is left out."""

    def __init__(self, folder: Path, faults: list[Fault], advance: Callable[[int], None]) -> None:
        self.folder = folder
        self.faults = faults
        self._advance = advance
        self._told = 0
        self.files: dict[str, Path] = {}
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
        read = list(_checked(records.Document, "document", [node], self.files["document"], self.faults))
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
        if isinstance(node, yaml.SequenceNode):
            yield from _checked(model, kind, node.value, path, self.faults)
        elif node is not None and not _is_null(node):
            message = "is a mapping where a list of records is expected; begin each record with `- `"
            self.faults.append(Fault(str(path), node.start_mark.line + 1, message))

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


def nearest(given: str, known: Iterable[str]) -> str:
    """What would be right: the closest known name, or a few of them."""
    names = sorted(known)
    if len(names) > 2000:
        return ""
    if close := difflib.get_close_matches(given, names, n=1):
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(names[:20])}{' …' if len(names) > 20 else ''}" if names else "; there are none"


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


def _compose(path: Path, faults: list[Fault]) -> yaml.Node | None:
    text = _read_text(path, faults)
    if text is None:
        return None
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}; quote words that hold `: `, `#` or begin with a sign"
        faults.append(Fault(str(path), mark.line + 1 if mark else 0, message))
        return None
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        faults.append(Fault(str(path), line, f"is not YAML: {error.reason}; remove the character"))
        return None
    except RecursionError:
        faults.append(Fault(str(path), 0, "is nested too deeply; records are a few levels deep"))
        return None
    if node is None and path.name == DOCUMENT:
        faults.append(Fault(str(path), 0, "is empty; a package states its document there"))
    return node


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in NULLS


class _Unreadable(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _plain(node: yaml.Node, loc: Loc, lines: dict[Loc, int], seen: set[int]) -> Any:
    line = lines.setdefault(loc, node.start_mark.line + 1)
    if id(node) in seen:
        raise _Unreadable(line, "repeats a node by an alias (*); write it out")
    seen.add(id(node))
    if len(loc) > 20:
        raise _Unreadable(line, "is nested too deeply; records are a few levels deep")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*loc, at), lines, seen) for at, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _Unreadable(line, "has a key that is not a word")
            if key.value in values:
                raise _Unreadable(line, f"has the key `{key.value}` twice; keep one")
            lines[(*loc, key.value)] = line
            values[key.value] = _plain(value, (*loc, key.value), lines, seen)
        return values
    return None if _is_null(node) else node.value


def _checked(
    model: type[Model], kind: str, nodes: Iterable[yaml.Node], path: Path, faults: list[Fault]
) -> Iterator[tuple[Model, Where]]:
    for node in nodes:
        lines: dict[Loc, int] = {}
        where = Where(str(path), node.start_mark.line + 1, lines)
        try:
            value = _plain(node, (), lines, set())
            record = model.model_validate(value)
        except _Unreadable as error:
            faults.append(Fault(where.file, error.line, str(error)))
        except ValidationError as error:
            faults.extend(explain(error, model, kind, where))
        else:
            yield record, where


def explain(error: ValidationError, model: type[BaseModel], kind: str, where: Where) -> Iterator[Fault]:
    """Each fault of a record in our own words: what is wrong and what would be right."""
    for fault in error.errors(include_url=False):
        loc, given = fault["loc"], fault["input"]
        owner: type[BaseModel] = model
        for step in loc[:-1]:
            owner = NESTED.get(str(step), owner)
        fields = [field.alias or name for name, field in owner.model_fields.items()]
        name = ".".join(str(step) for step in loc) or kind
        key = str(loc[-1]) if loc else ""
        match fault["type"]:
            case "missing":
                message = f"lacks `{name}`"
            case "extra_forbidden":
                message = f"has an unknown key `{name}`{nearest(key, fields)}"
            case "enum":
                terms = [term.strip(" '") for term in fault["ctx"]["expected"].replace(" or ", ", ").split(",")]
                close = difflib.get_close_matches(str(given), terms, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                message = f"`{name}`: {_short(given)} is none of {', '.join(terms)}{hint}"
            case "string_pattern_mismatch":
                message = f"`{name}`: {_short(given)} is not well formed; it {FORMS.get(key, FORMS['id'])}"
            case "string_type" | "string_unicode":
                message = f"`{name}`: {_short(given)} is not text; write it as a quoted string"
            case "list_type":
                message = f"`{name}`: {_short(given)} is not a list; write [a, b]"
            case "model_type" | "model_attributes_type":
                message = f"`{name}`: {_short(given)} is not a mapping; write `key: value` pairs"
            case "too_short":
                message = f"`{name}` is empty; give at least one"
            case "json_invalid":
                message = f"is not JSON: {fault['msg'].removeprefix('Invalid JSON: ')}; write one record a line"
            case "value_error":
                message = f"`{name}` {fault['ctx']['error']}"
            case _:
                message = f"`{name}`: {_short(given)}: {fault['msg']}"
        yield where.fault(message, *loc)


def _short(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 60 else words[:59] + "…"
