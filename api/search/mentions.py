"""Where a text names something: surface forms at word boundaries.

The loader counts mentions with it and the API serves them, so that the two agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge


def mentions(text: str, names: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, int, list[str]]]:
    """Spans of code points in order, each with the ids that bear the name.

    `names` holds the surface forms of each id. At each place the leftmost form takes precedence, then the longest.
    """
    bearers: dict[str, list[str]] = {}
    for id, forms in names.items():
        for form in dict.fromkeys(forms):
            bearers.setdefault(form, []).append(id)
    end = 0
    for start, length, form in merge(*(_occurrences(text, form) for form in bearers)):
        if start >= end:
            end = start - length
            yield start, end, bearers[form]


def _occurrences(text: str, form: str) -> Iterator[tuple[int, int, str]]:
    """Start, negative length and form: of two at one start, the longer sorts first."""
    start = text.find(form)
    while start >= 0:
        if bounded(text, start, start + len(form)):
            yield start, -len(form), form
        start = text.find(form, start + 1)


def bounded(text: str, start: int, end: int) -> bool:
    """Whether the span cuts no word at either end."""
    opens = start == 0 or not (_in_word(text[start - 1]) and _in_word(text[start]))
    return opens and (end == len(text) or not (_in_word(text[end - 1]) and _in_word(text[end])))


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
