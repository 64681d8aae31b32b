"""YAML as a tree whose nodes know their lines. Every scalar is text; the field gives it meaning."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import yaml

from seed.explain import Loc

NULLS = ("", "null", "~")
DEEPEST = 20  # levels; a record has five


class Node(NamedTuple):
    """A scalar's text or null, or what is inside; of a mapping, keys and values in turn."""

    kind: Literal["scalar", "list", "mapping"]
    line: int
    value: str | None
    inside: list["Node"]


class Unreadable(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def tree(raw: bytes) -> Node | None:
    """The one document of a file, or None where it is empty. Raises Unreadable."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(raw.count(b"\n", 0, error.start) + 1, "is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        raise Unreadable(text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character; remove it")
    try:
        return _root(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}; quote words that hold `: `, `#` or begin with a sign"
        raise Unreadable(mark.line + 1 if mark else 0, message) from None
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise Unreadable(line, f"is not YAML: {error.reason}; remove the character") from None


def _root(events: Iterable[yaml.Event]) -> Node | None:
    """Without recursion: libyaml's own composer overflows the stack."""
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
                raise Unreadable(line, "repeats a node by an alias (*); write it out")
            case yaml.DocumentStartEvent() if root is not None:
                raise Unreadable(line, "is more than one YAML document; remove the `---`")
            case _:
                continue
        if parents:
            parents[-1].inside.append(node)
        else:
            root = node
        if node.kind != "scalar":
            parents.append(node)
            if len(parents) > DEEPEST:
                raise Unreadable(line, "is nested too deeply; records are a few levels deep")
    return root


def plain(node: Node, loc: Loc, lines: dict[Loc, int]) -> Any:
    """The node as plain values; the line of every place in it goes to `lines`. Raises Unreadable."""
    lines.setdefault(loc, node.line)
    if node.kind == "scalar":
        return node.value
    if node.kind == "list":
        return [plain(item, (*loc, at), lines) for at, item in enumerate(node.inside)]
    values: dict[str, Any] = {}
    for key, value in zip(node.inside[::2], node.inside[1::2], strict=True):
        if key.kind != "scalar" or key.value is None:
            raise Unreadable(key.line, "has a key that is not a word")
        if key.value in values:
            raise Unreadable(key.line, f"has the key `{key.value}` twice; keep one")
        lines[(*loc, key.value)] = key.line
        values[key.value] = plain(value, (*loc, key.value), lines)
    return values
