"""What a release may not do to openapi.json: /v1 only grows. New paths, parameters and keys may come; none goes, none
gets narrower for who asks or wider for who reads.

    python -m tests.compatibility RELEASED CURRENT

Lists every break and exits 1 if there is one. (breakwatch and schemawatch overlook a removed parameter, a removed enum
value and a lowered maximum.)
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
TIGHTER: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), lambda old, new: new > old),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), lambda old, new: new < old),
    **dict.fromkeys(("pattern", "format"), lambda old, new: new != old),
}


class Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self._open: set[tuple[str, str, bool]] = set()

    def breaks(self) -> Iterator[str]:
        for path, old in self.old["paths"].items():
            new = self.new["paths"].get(path)
            if new is None:
                yield f"{path}: the path is gone"
                continue
            for method in METHODS:
                if method in old:
                    yield from self._operation(f"{method.upper()} {path}", old[method], new.get(method))

    def _operation(self, where: str, old: Json, new: Json | None) -> Iterator[str]:
        if new is None:
            yield f"{where}: the operation is gone"
            return
        if old.get("operationId") != new.get("operationId"):
            yield f"{where}: its id was {old.get('operationId')}, is {new.get('operationId')}"
        olds, news = self._parameters(self.old, old), self._parameters(self.new, new)
        for (place, name), parameter in olds.items():
            yield from self._parameter(f"{where}: {place} parameter {name}", parameter, news.get((place, name)))
        for (place, name), parameter in news.items():
            if (place, name) not in olds and parameter.get("required"):
                yield f"{where}: {place} parameter {name} is new and required"
        for status, answer in old["responses"].items():
            yield from self._answer(f"{where}: answer {status}", answer, new["responses"].get(status))

    def _parameters(self, document: Json, operation: Json) -> dict[tuple[str, str], Json]:
        found = (resolved(document, parameter)[1] for parameter in operation.get("parameters", ()))
        return {(parameter["in"], parameter["name"]): parameter for parameter in found}

    def _parameter(self, where: str, old: Json, new: Json | None) -> Iterator[str]:
        if new is None:
            yield f"{where} is gone"
            return
        if new.get("required") and not old.get("required"):
            yield f"{where} is required now"
        for key in ("style", "explode"):
            if old.get(key) != new.get(key):
                yield f"{where}: {key} was {old.get(key)}, is {new.get(key)}"
        yield from self._schema(where, old.get("schema", {}), new.get("schema", {}), asked=True)

    def _answer(self, where: str, old: Json, new: Json | None) -> Iterator[str]:
        if new is None:
            yield f"{where} is gone"
            return
        old, new = resolved(self.old, old)[1], resolved(self.new, new)[1]
        for name in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            yield f"{where}: header {name} is gone"
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"{where}: {media_type} is gone"
            else:
                schema = new["content"][media_type].get("schema", {})
                yield from self._schema(f"{where}, {media_type}", content.get("schema", {}), schema, asked=False)

    def _schema(self, where: str, old: Json, new: Json, *, asked: bool) -> Iterator[str]:
        """What was taken is still taken (asked); what is given was given before (answered)."""
        names = resolved(self.old, old)[0], resolved(self.new, new)[0], asked
        if names in self._open:
            return
        if all(names[:2]):
            self._open.add(names)
        olds, news = list(alternatives(self.old, old)), list(alternatives(self.new, new))
        for kept in olds if asked else news:
            others = news if asked else olds
            pairs = [(kept, other) if asked else (other, kept) for other in others]
            found = [list(self._one(where, *pair, asked=asked)) for pair in pairs]
            if [] not in found:
                alike = [breaks for breaks, other in zip(found, others, strict=True) if kind(other) == kind(kept)]
                yield from min(alike, key=len, default=[f"{where}: {kind(kept)} {'no longer' if asked else 'newly'}"])
        self._open.discard(names)

    def _one(self, where: str, old: Json, new: Json, *, asked: bool) -> Iterator[str]:
        if kind(old) != kind(new):
            yield f"{where}: was {kind(old)}, is {kind(new)}"
            return
        if asked:
            yield from narrower(where, old, new)
        for name, schema in old.get("properties", {}).items():
            if name not in new.get("properties", {}):
                yield f"{where}: {name} is gone"
                continue
            if not asked and name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{where}: {name} is not always there now"
            yield from self._schema(f"{where}.{name}", schema, new["properties"][name], asked=asked)
        if "items" in old:
            yield from self._schema(f"{where}[]", old["items"], new.get("items", {}), asked=asked)


def narrower(where: str, old: Json, new: Json) -> Iterator[str]:
    """Ways in which a schema takes less than it did."""
    olds, news = values(old), values(new)
    if news is not None and (olds is None or olds - news):
        yield f"{where}: no longer takes {', '.join(sorted(map(str, olds - news))) if olds else 'every value'}"
    for key, tighter in TIGHTER.items():
        if key in new and (key not in old or tighter(old[key], new[key])):
            yield f"{where}: {key} was {old.get(key)}, is {new[key]}"


def values(schema: Json) -> set[Any] | None:
    return {schema["const"]} if "const" in schema else set(schema["enum"]) if "enum" in schema else None


def kind(schema: Json) -> str:
    told = schema.get("type")
    return told if isinstance(told, str) else "anything"


def resolved(document: Json, schema: Json) -> tuple[str, Json]:
    """A schema (or parameter, or response) without `$ref`, and the last name it was referred to by."""
    name = ""
    while "$ref" in schema:
        name = schema["$ref"]
        schema = document
        for step in name.removeprefix("#/").split("/"):
            schema = schema[step.replace("~1", "/").replace("~0", "~")]
    return name, schema


def alternatives(document: Json, schema: Json) -> Iterator[Json]:
    """The schemas of which one has to fit: anyOf, oneOf and lists of types taken apart."""
    schema = resolved(document, schema)[1]
    if branches := schema.get("anyOf") or schema.get("oneOf"):
        for branch in branches:
            yield from alternatives(document, branch)
    elif isinstance(schema.get("type"), list):
        for name in schema["type"]:
            yield schema | {"type": name}
    else:
        yield schema


def breaks(old: Json, new: Json) -> list[str]:
    return list(Comparison(old, new).breaks())


def main(released: str, current: str) -> int:
    found = breaks(*(json.loads(Path(name).read_text()) for name in (released, current)))
    print("\n".join(found) or f"{current} breaks nothing that {released} promised")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
