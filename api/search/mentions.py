"""Where a text names somebody or something."""

import re
from collections.abc import Iterator, Mapping, Sequence


def mentions(text: str, names: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, int, list[str]]]:
    """(start, end, ids) of each mention, in order and without overlap; offsets are code points.

    `names` maps a name to the ids that bear it. At each place the leftmost name counts, then the longest. A name is no
    part of a longer word.
    """
    if not names:
        return
    pattern = re.compile("|".join(map(_bounded, sorted(names, key=lambda name: (-len(name), name)))))
    for match in pattern.finditer(text):
        yield match.start(), match.end(), list(names[match[0]])


def _bounded(name: str) -> str:
    """The name as a pattern; `\\w` is a letter or a digit on both sides of an edge."""
    before = r"(?<!\w)" if re.match(r"\w", name) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", name) else ""
    return before + re.escape(name) + after
