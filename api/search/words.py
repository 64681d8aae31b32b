"""How strings become terms: the one place where text and questions are read alike.

A *token* is a stretch of a string as written ("Armenia’s", "U.S.", "700,000"), a *word* what is left of it
when case, accents, apostrophes and separators are gone ("armenia", "us", "700000"), a *stem* the word without
its English ending ("armenian" for "armenians"). A token may hold several words ("O’Brien") or none.
"""

import re
import unicodedata
from collections.abc import Iterator

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

LONGEST = 100  # code points of a word that count
REMEMBERED = 1 << 18  # tokens

# Marks that Python does not count among letters, though words are written with them.
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u200c\u200d\u20d0-\u20f0\ufe20-\ufe2f"
)
APOSTROPHES = "'’ʼ‘＇"
_LETTER = f"[\\w{_MARKS}]"
_TOKEN = re.compile(
    rf"[^\W\d_]{{2,}}+(?![\d{_MARKS}{APOSTROPHES}])"  # nearly all of them
    rf"|[^\W\d_](?:\.[^\W\d_])+(?!{_LETTER})\.?(?:[{APOSTROPHES}][sS](?!{_LETTER}))?"  # U.S., e.g., U.S.’s
    rf"|\d+(?:[.,]\d+)+(?!{_LETTER})"  # 700,000 and 0.05
    rf"|{_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)*"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+\.\d+")
_ENDING = re.compile(r"'(?:s|re|ve|ll|d|m)$")
_PARTS = re.compile(r"\d+\.\d+|[^\W_]+")

# Words of a question that say nothing about what is asked for: articles, pronouns, auxiliaries, particles.
STOP_WORDS = frozenset(
    """
    a about also am an and any are arent as at be been being but by can cant could couldnt did didnt do does doesnt
    doing dont for from had hadnt has hasnt have havent having he her hers herself him himself his how i if in into is
    isnt it its itself just me my myself no nor not of on or our ours ourselves she should shouldnt so some such than
    that the their theirs them themselves then there these they this those to too us very was wasnt we were werent
    what when where which while who whom whose why will with wont would wouldnt you your yours
    """.split()  # noqa: SIM905
)


def _analyzer(*filters: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.raw())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


_ascii = _analyzer(Filter.ascii_fold(), Filter.lowercase())
_english = _analyzer(Filter.stemmer("english"))


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Each token with its start and end in `text`, in code points."""
    for match in _TOKEN.finditer(text.replace("_", " ")):
        yield match[0], match.start(), match.end()


def token_list(text: str) -> list[str]:
    return _TOKEN.findall(text.replace("_", " "))


def words(token: str) -> str:
    """The words of a token, separated by spaces."""
    return read(token)[0]


def stems(token: str) -> str:
    """The stems of a token, separated by spaces."""
    return read(token)[1]


def stem(word: str) -> str:
    return str(_english.analyze(word)[0])


def is_stop_word(token: str, word: str) -> bool:
    """Whether a word of a question is left out of it. "US" and "WHO" in capitals, and "U.S.", are names."""
    return word in STOP_WORDS and "." not in token and not (len(token) > 1 and token.isupper())


def _words(token: str) -> str:
    if token.isascii():
        folded = token.lower()
        if token.isalpha():
            return folded[:LONGEST]
    else:
        bare = (c for c in unicodedata.normalize("NFKD", token.casefold()) if not _ignored(c))
        folded = unicodedata.normalize("NFC", "".join(bare)).translate(_STRAIGHT)
        folded = " ".join(_ascii.analyze(folded))
    if "'" in folded:
        folded = _ENDING.sub("", folded).replace("n't", "nt")
    if folded[:1].isdigit():
        if _THOUSANDS.fullmatch(folded):
            folded = folded.replace(",", "")
        elif not _DECIMAL.fullmatch(folded):
            folded = folded.replace(".", " ")
    else:
        folded = folded.replace(".", "")
    return " ".join(part[:LONGEST] for part in _PARTS.findall(folded))


_STRAIGHT = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def _ignored(character: str) -> bool:
    return unicodedata.combining(character) != 0 or unicodedata.category(character) == "Cf"


class _Read(dict[str, tuple[str, str]]):
    """A token's words and its stems. Words are few and said often: each token is read once."""

    def __missing__(self, token: str) -> tuple[str, str]:
        found = _words(token)
        both = found, " ".join(map(stem, found.split()))
        if len(token) <= LONGEST:
            if len(self) >= REMEMBERED:
                self.clear()
            self[token] = both
        return both


read = _Read().__getitem__  # each separated by spaces


class _Said(dict[str, str]):
    """What a stretch between white space says, punctuation and all: no token goes beyond one."""

    def __init__(self, part: int) -> None:
        super().__init__()
        self._part = part

    def __missing__(self, stretch: str) -> str:
        said = " ".join(filter(None, (read(token)[self._part] for token in token_list(stretch))))
        if len(stretch) <= LONGEST:
            if len(self) >= REMEMBERED:
                self.clear()
            self[stretch] = said
        return said


said_words, said_stems = _Said(0).__getitem__, _Said(1).__getitem__
