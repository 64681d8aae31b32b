"""Reading a package: every record with the line that it, and each of its keys, was written on.

JSON Lines are read one at a time and never held.
"""

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.model.kinds import KINDS
from seed import records
from seed.explain import Loc, Where, explain, nearest
from seed.faults import Fault
from seed.tree import Node, Unreadable, plain, tree

DOCUMENT = "document.yaml"
INSIDE = ("document", "section", "position")  # stated in document.yaml, and inside obstacles
LISTS = tuple(kind.plural for name, kind in KINDS.items() if name not in INSIDE)
FILES = (DOCUMENT, *(f"{name}.{form}" for name in LISTS for form in ("yaml", "jsonl")))
REPORTED = 1_000_000  # bytes read between two reports of progress
Model = TypeVar("Model", bound=BaseModel)


class Package:
    """A folder; what cannot be read goes to `faults` and is left out."""

    def __init__(self, folder: Path, faults: list[Fault], advance: Callable[[int], None]) -> None:
        self.folder = folder
        self.faults = faults
        self._advance = advance
        self._reported = 0
        self.files: dict[str, Path] = {}
        self.unread: dict[str, set[str]] = {name: set() for name in LISTS}  # ids of records that have faults
        for path in sorted(folder.iterdir()):
            if path.suffix in (".yaml", ".yml", ".jsonl") and path.name not in FILES:
                self._fault(path, 0, f"is no file of a package{nearest(path.name, FILES)}")
            elif path.name in FILES and path.stem in self.files:
                self._fault(path, 0, f"stands beside {self.files[path.stem].name}; keep one of the two")
            elif path.name in FILES:
                self.files[path.stem] = path

    def finish(self) -> None:
        """Reports the progress that was not reported while reading."""
        self._advance(size(self.folder) - self._reported)

    def document(self) -> tuple[records.Document, Where] | None:
        path = self.folder / DOCUMENT
        if "document" not in self.files:
            self._fault(path, 0, "is missing; a package states its document there")
        elif (node := self._tree(path)) is not None:
            return next(self._checked(records.Document, "document", [node], path), None)
        return None

    def source(self, name: str) -> bytes | None:
        """The bytes of the source, or None where there is no such file."""
        path = self.folder / name
        return path.read_bytes() if Path(name).name == name and path.is_file() else None

    def rows(self, name: str, model: type[Model]) -> Iterator[tuple[Model, Where]]:
        """The well-formed records of a list."""
        path = self.files.get(name)
        if path is None:
            return
        if path.suffix == ".jsonl":
            yield from self._lines(model, name, path)
        elif (node := self._tree(path)) is not None and node.kind == "list":
            yield from self._checked(model, name, node.inside, path)
        elif node is not None and (node.kind, node.value) != ("scalar", None):
            message = f"is a {node.kind} where a list of records is expected; begin each record with `- `"
            self._fault(path, node.line, message)

    def _fault(self, path: Path, line: int, message: str) -> None:
        self.faults.append(Fault(str(path), line, message))

    def _tree(self, path: Path) -> Node | None:
        try:
            node = tree(path.read_bytes())
        except Unreadable as error:
            self._fault(path, error.line, str(error))
            return None
        if node is None and path.name == DOCUMENT:
            self._fault(path, 0, "is empty; a package states its document there")
        return node

    def _checked(
        self, model: type[Model], name: str, nodes: Iterable[Node], path: Path
    ) -> Iterator[tuple[Model, Where]]:
        for node in nodes:
            lines: dict[Loc, int] = {}
            where = Where(str(path), node.line, lines)
            value = None
            try:
                value = plain(node, (), lines)
                yield model.model_validate(value), where
            except Unreadable as error:
                self._fault(path, error.line, str(error))
            except ValidationError as error:
                self._explain(error, model, name, where, value)

    def _lines(self, model: type[Model], name: str, path: Path) -> Iterator[tuple[Model, Where]]:
        file, inner, validate = str(path), dict[Loc, int](), model.model_validate_json
        unreported = 0
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                unreported += len(line)
                if unreported > REPORTED:
                    self._advance(unreported)
                    self._reported += unreported
                    unreported = 0
                try:
                    record = validate(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)
                except ValidationError as error:
                    if line.strip():
                        value = None
                        with suppress(ValueError, RecursionError):
                            value = json.loads(line)
                        self._explain(error, model, name, Where(file, number, inner), value)
                else:
                    yield record, Where(file, number, inner)

    def _explain(self, error: ValidationError, model: type[BaseModel], name: str, where: Where, value: Any) -> None:
        self.faults.extend(explain(error, model, name, where))
        if isinstance(value, dict) and isinstance(value.get("id"), str) and name in self.unread:
            self.unread[name].add(value["id"])


def size(folder: Path) -> int:
    """Bytes to be read from a package; the measure of progress."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.suffix in (".yaml", ".jsonl"))


def packages(paths: Iterable[Path], faults: list[Fault]) -> list[Path]:
    """The packages that the paths are, or hold in the folders directly inside them."""
    folders: dict[Path, None] = {}
    for path in paths:
        inside = [path] if _is_package(path) else [p for p in sorted(path.iterdir()) if p.is_dir() and _is_package(p)]
        if not inside:
            faults.append(Fault(str(path), 0, f"holds no package: there is no {DOCUMENT} in it or in its folders"))
        folders.update(dict.fromkeys(inside))
    return list(folders)


def _is_package(folder: Path) -> bool:
    return any((folder / name).is_file() for name in FILES)
