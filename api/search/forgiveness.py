"""Words of a question that occur nowhere are read as what was probably meant; each correction is reported.

In order: a phrase that occurs nowhere beside other words is read as its words; an unfinished last word is read as the
beginning of words; a misspelt word is read as the commonest word one edit away. Nothing else is guessed.
"""

from dataclasses import replace

from api.model.kinds import KINDS
from api.search.lexicon import Lexicon
from api.search.matching import Reading, Records
from api.search.syntax import Expression, parse, telling_words
from api.search.words import stem

SHORTEST_FORGIVEN = 5  # letters
MOST_FORGIVEN = 16  # words of a question; a text with more unknown words is of another language


def read(q: str | None, records: Records, lexicon: Lexicon) -> Reading:
    """Raises TooCostly."""
    if q is None:
        return Reading()
    expression = parse(q)
    corrected = [
        *_phrases_as_words(expression, records),
        *_last_word_as_prefix(expression, records),
        *_misspelt_words(expression, records, lexicon),
    ]
    return Reading(expression, corrected)


def _phrases_as_words(expression: Expression, records: Records) -> list[tuple[str, str]]:
    if not (expression.words or expression.prefixes):
        return []
    absent = [phrase for phrase in expression.phrases if not _occurs_in_a_row(phrase.stems, records)]
    for phrase in absent:
        expression.phrases.remove(phrase)
        words = [*expression.words, *(telling_words(list(phrase.words)) or phrase.words)]
        expression.words = sorted(words, key=lambda word: word.place)
    return [(phrase.written, phrase.written[1:-1].strip()) for phrase in absent]


def _last_word_as_prefix(expression: Expression, records: Records) -> list[tuple[str, str]]:
    last = expression.unfinished
    if last is None or _occurs(last.stem, records):
        return []
    if not any(records.beginning_with(kind, last.word, 1) for kind in KINDS):
        return []
    expression.words.remove(last)
    expression.prefixes.append(last.word)
    return [(last.token, f"{last.word}*")]


def _misspelt_words(expression: Expression, records: Records, lexicon: Lexicon) -> list[tuple[str, str]]:
    forgivable = [word for word in expression.words if len(word.word) >= SHORTEST_FORGIVEN and word.word.isalpha()]
    unknown = {word.word: word for word in forgivable if not _occurs(word.stem, records)}
    near = {word: lexicon.nearest(word) for word in list(unknown)[:MOST_FORGIVEN]}
    meant = {word: other for word, other in near.items() if other is not None}
    for at, word in enumerate(expression.words):
        if other := meant.get(word.word):
            expression.words[at] = replace(word, stem=stem(other), word=other)
    return [(unknown[word].token, other) for word, other in meant.items()]


def _occurs(stem: str, records: Records) -> bool:
    return any(records.frequency(kind, stem) for kind in KINDS)


def _occurs_in_a_row(stems: tuple[str, ...], records: Records) -> bool:
    if len(stems) == 1:
        return _occurs(stems[0], records)
    return any(records.together(kind, tuple(enumerate(stems))) for kind in KINDS)
