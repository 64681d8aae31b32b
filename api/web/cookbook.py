"""The cookbook as pieces that a template sets: headings, sentences, commands and their answers."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

COOKBOOK = Path(__file__).parent.parent.parent / "docs" / "cookbook.md"
HEADING = re.compile(r"^## (?:(\d+)\. )?(.*)$")
INLINE = re.compile(r"`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*([^*]+)\*\*|\*([^*]+)\*")
PATH = re.compile(r"localhost:8000(/v1/(?:counts/)?([a-z]+))")


@dataclass
class Piece:
    """`kind` is `text`, `command`, `answer` or `code`."""

    kind: str
    content: Markup | str


@dataclass
class Recipe:
    number: str
    title: Markup
    pieces: list[Piece] = field(default_factory=list)
    tag: str = ""  # part of the reference that its request belongs to

    @property
    def id(self) -> str:
        words = re.findall(r"[a-z0-9]+", str(self.title).lower())
        return "-".join([self.number, *words[:6]]).strip("-")


@cache
def recipes() -> list[Recipe]:
    """None where the cookbook was not shipped."""
    if not COOKBOOK.exists():
        return []
    made: list[Recipe] = []
    before = ""
    for language, block in _blocks(COOKBOOK.read_text(encoding="utf-8")):
        if heading := HEADING.match(block) if language is None else None:
            made.append(Recipe(heading[1] or "", _inline(heading[2])))
        elif made and language is None:
            made[-1].pieces.append(Piece("text", _inline(" ".join(block.split("\n")))))
        elif made:
            kind = "command" if language == "sh" else "answer" if before == "sh" else "code"
            made[-1].pieces.append(Piece(kind, block))
            if kind == "command" and not made[-1].tag and (path := PATH.search(block)):
                made[-1].tag = path[2]
        before = language or ""
    return made


def _blocks(text: str) -> list[tuple[str | None, str]]:
    """(language, content) of fenced blocks; (None, content) of paragraphs and headings."""
    blocks: list[tuple[str | None, str]] = []
    for place, part in enumerate(re.split(r"^```", text, flags=re.MULTILINE)):
        if place % 2:
            language, _, content = part.partition("\n")
            blocks.append((language.strip(), content.rstrip("\n")))
        else:
            blocks += [(None, each.strip()) for each in re.split(r"\n\s*\n", part) if each.strip()]
    return blocks


def _inline(text: str) -> Markup:
    parts, at = [], 0
    for match in INLINE.finditer(text):
        parts.append(escape(text[at : match.start()]))
        code, words, target, strong, emphasis = match.groups()
        if code:
            parts.append(Markup("<code>{}</code>").format(code))
        elif words:
            outside = target.startswith(("https://", "http://"))
            parts.append(Markup('<a href="{}">{}</a>').format(target, words) if outside else escape(words))
        else:
            parts.append(Markup("<b>{}</b>").format(strong) if strong else Markup("<i>{}</i>").format(emphasis))
        at = match.end()
    return Markup("").join([*parts, escape(text[at:])])
