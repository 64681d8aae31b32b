"""Interface strings and assets, read once when the application starts, and how values are written on pages."""

import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

WEB = Path(str(files("api.web")))
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

# Everything that a page says in its own words: one file, so that it can be translated.
STRINGS: dict[str, Any] = tomllib.loads((WEB / "strings.toml").read_text(encoding="utf-8"))


@cache
def assets() -> dict[str, bytes]:
    """Content of every style sheet, module and picture, by its name."""
    folders = (WEB / "assets", WEB / "swagger-ui")
    paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in MEDIA_TYPES]
    return {path.name: path.read_bytes() for path in paths}


@cache
def digest() -> str:
    """Names one state of all assets. Modules import one another by relative paths, so they share it."""
    return sha256(b"".join(name.encode() + content for name, content in assets().items())).hexdigest()[:12]


@cache
def release() -> str:
    """Changes with templates, strings and assets: an entity tag of a page depends on it."""
    templates = sorted((WEB / "templates").iterdir())
    parts = [(WEB / "strings.toml").read_bytes(), *(path.read_bytes() for path in templates)]
    return sha256(digest().encode() + b"".join(parts)).hexdigest()[:12]


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 claim`, `242 claims`."""
    one, many = STRINGS["nouns"][noun]
    return f"{number:,} {one if number == 1 else many}"


def in_words(value: Any) -> str:
    """A value of a vocabulary as a reader says it."""
    text = str(getattr(value, "value", value))
    words: str = STRINGS["values"].get(text, text.replace("_", " "))
    return words


def sentence(text: str) -> str:
    """A detail of a problem as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def with_code(text: str) -> Markup:
    """A description of the contract, in which backticks mark code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def marked(record: dict[str, Any], field: str, text: str) -> Markup:
    """A string of a record with the ranges that match the query."""
    parts, at = [], 0
    for each in sorted(record.get("highlights", ()), key=lambda each: int(each["start"])):
        if each["field"] == field and each["start"] >= at:
            parts += [
                escape(text[at : each["start"]]),
                Markup("<mark>{}</mark>").format(text[each["start"] : each["end"]]),
            ]
            at = each["end"]
    return Markup("").join([*parts, escape(text[at:])])
