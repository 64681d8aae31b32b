"""Which characters are one: for the words of the index and of questions, and for quotations.

Words (`words`) and quotations (`folding`) both derive from these sets. So two characters that are one to search are one
to resolve, to type-ahead and to forgiveness.
"""

import re
import unicodedata

# Characters without width: soft hyphen, joiners, direction marks, byte order mark, variation selectors.
IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c"
    "\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufe00\ufe01"
    "\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\ufeff"
)
APOSTROPHES = "'’‘‛ʼʻʽʹ՚＇′`´ꞌ׳"
DOUBLE_MARKS = '"“”„‟″‶〝〞〟＂«»‹›「」『』《》〈〉｢｣❝❞❮❯״'
QUOTATION_MARKS = APOSTROPHES + "‚❛❜" + DOUBLE_MARKS
DASHES = "-‐‑‒–—―−﹘﹣－⁃"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LIGATURES = {
    **{"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "Ĳ": "IJ", "ĳ": "ij", "ŉ": "'n"},
    **{"ﬓ": "մն", "ﬔ": "մե", "ﬕ": "մի", "ﬖ": "վն", "ﬗ": "մխ"},
}

# Pairs of marks that enclose a phrase; within a pair of brackets, several marks are alike.
PHRASE_MARKS = (
    *(('"“”„‟″〝〞〟＂', '"“”„‟″〝〞〟＂'), ("«»", "«»"), ("‹›", "‹›"), ("❝❞", "❝❞")),
    *(("「", "」"), ("『", "』"), ("《", "》"), ("〈", "〉"), ("｢", "｣")),
)

# Signs above and below letters that do not matter, and the Arabic stroke that only lengthens a word.
ACCENTS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u093c\u09bc\u0a3c\u0abc\u0b3c\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
# Signs that Python does not count among letters though words are written with them: vowels of the scripts of India and
# South-East Asia, the voicing of kana.
VOWEL_SIGNS = (
    "\u0900-\u0903\u093a\u093b\u093e-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09be-\u09cd\u09d7\u09e2\u09e3"
    "\u0a01-\u0a03\u0a3e-\u0a51\u0a70\u0a71\u0a75\u0a81-\u0a83\u0abe-\u0acd\u0ae2\u0ae3\u0b01-\u0b03\u0b3e-\u0b57"
    "\u0b62\u0b63\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3e-\u0c56\u0c62\u0c63\u0c81-\u0c83\u0cbc\u0cbe-\u0cd6"
    "\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d62\u0d63\u0d81-\u0d83\u0dca-\u0ddf\u0df2\u0df3"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f18\u0f19\u0f35\u0f37\u0f39\u0f71-\u0f84"
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d"
    "\u17b6-\u17d3\u17dd\u3099\u309a\uff9e\uff9f"
)
# Scripts that write no spaces between words: Thai, Lao, Burmese, Khmer, Han, kana.
SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u109a-\u109f\u1780-\u17b3\u17b6-\u17d3"
    "\u17d7\u17dc\u17dd\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)

_ACCENTS = re.compile(f"[{ACCENTS}]+")
_IGNORED = re.compile(f"[{IGNORED}]")


def replaced(text: str, characters: str, by: str) -> str:
    """Several times as fast as str.translate where few of the characters occur."""
    for character in characters:
        text = text.replace(character, by)
    return text


def without_ignored(text: str) -> str:
    return text if text.isascii() else _IGNORED.sub("", text)


def visible(text: str) -> tuple[str, list[int] | None]:
    """The text without characters that have no width, and where each of the others stands; None for everywhere."""
    if text.isascii() or not _IGNORED.search(text):
        return text, None
    places = [place for place, character in enumerate(text) if character not in IGNORED]
    return "".join(text[place] for place in places), places


def without_case(text: str) -> str:
    """Case-folded; Turkish and Azerbaijani i with and without a dot are one, and so are և, եւ and եվ in Armenian.

    Ligatures stay as they are: they are no matter of case.
    """
    if not text.isascii() and any(ligature in text for ligature in LIGATURES):
        return _NO_LIGATURE.sub(lambda match: without_case(match[0]), text)
    text = text.casefold()
    if text.isascii():
        return text
    text = text.replace("ı", "i")
    if "եվ" in text:
        text = text.replace("եվ", "եւ")
    while "i\u0307" in text:
        text = text.replace("i\u0307", "i")
    for letter, as_folded in (("\u03ca", "\u03b9\u0308"), ("\u03cb", "\u03c5\u0308")):  # as ΐ and ΰ fold
        if letter in text:
            text = text.replace(letter, as_folded)
    return text


def without_accents(text: str) -> str:
    """Accents and forms of presentation removed: full width, ligatures, the parts of a letter in either form."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


_NO_LIGATURE = re.compile(f"[^{''.join(LIGATURES)}]+")
