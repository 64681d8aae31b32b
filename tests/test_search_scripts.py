"""One folding for every script: each text is found by each spelling, and the spelling in the text is highlighted."""

import pytest

from api.search import Question
from tests.search_indexes import matching, of_claims

SHY, ZWSP, ZWNJ, BOM, LRM = "\u00ad", "\u200b", "\u200c", "\ufeff", "\u200e"

# script, text, questions that find it, what of the text is highlighted
CASES = [
    (
        "Latin with marks",
        "A naïve café in Münster",
        ("naive cafe", "NAÏVE CAFE\u0301", "nai\u0308ve café"),
        ["naïve", "café"],
    ),
    ("Latin, decomposed", "na\u0308ive Cafe\u0301", ("naive", "näive"), ["na\u0308ive"]),
    ("Latin, sharp s", "Die Straße nach Jerewan", ("strasse", "STRASSE", "Straße"), ["Straße"]),
    ("Latin, ligature", "the oﬃce of ﬁnance", ("office finance", "oﬃce FINANCE"), ["oﬃce", "ﬁnance"]),
    ("Latin, full width", "ＡＢＣ peace", ("abc", "ＡＢＣ"), ["ＡＢＣ"]),
    (
        "Azerbaijani",
        "İlham Əliyev ışıq",
        ("ilham əliyev", "İLHAM ƏLİYEV", "Ilham Aliyev", "ı̇lham aliyev"),
        ["İlham", "Əliyev"],
    ),
    ("Turkish dotless i", "Sarıkamış IĞDIR", ("sarikamis iğdir", "SARIKAMIŞ ığdır"), ["Sarıkamış", "IĞDIR"]),
    ("Cyrillic", "Тихо, Нагорный Карабах ещё", ("нагорныи карабах", "НАГОРНЫЙ КАРАБАХ"), ["Нагорный", "Карабах"]),
    ("Armenian", "Արցախ և Հայաստան", ("ԱՐՑԱԽ հայաստան", "արցախ ՀԱՅԱՍՏԱՆ"), ["Արցախ", "Հայաստան"]),
    ("Armenian ligature", "Երևան", ("ԵՐԵՎԱՆ", "երեւան", "ԵՐԵՒԱՆ", "Երևան"), ["Երևան"]),
    ("Greek", "Ο Σίσυφος", ("σισυφοσ", "ΣΊΣΥΦΟΣ", "Σίσυφος"), ["Σίσυφος"]),
    ("Arabic", "مُحَمَّد في القُدس", ("محمد", "مُحمد", "محـــمد"), ["مُحَمَّد"]),
    ("Hebrew", "שָׁלוֹם לכולם", ("שלום", "שָׁלוֹם"), ["שָׁלוֹם"]),
    ("Devanagari", "यह क्षेत्र है", ("क्षेत्र",), ["क्षेत्र"]),
    ("Devanagari, composed and not", "सड़क पर", ("सड़क", "सड\u093cक"), ["सड\u093cक"]),
    ("Han", "亚美尼亚和阿塞拜疆签署了和平条约。", ("阿塞拜疆", "塞拜疆", "拜疆"), None),
    ("Han, a character", "阿塞拜疆", ("疆", "拜"), None),
    ("Hiragana and katakana", "アルメニアとアゼルバイジャンのへいわ", ("アゼルバイジャン", "ｱｾﾞﾙﾊﾞｲｼﾞｬﾝ", "へいわ"), None),
    ("Hangul", "아르메니아 평화 협정", ("평화", "평화"), ["평화"]),
    ("Thai", "สนธิสัญญาสันติภาพกับประเทศเพื่อนบ้าน", ("สันติภาพ", "ประเทศ"), None),
    ("Khmer", "កិច្ចព្រមព្រៀងសន្តិភាព", ("សន្តិភាព",), None),
    ("soft hyphens", f"Kara{SHY}bakh wound", ("Karabakh", f"Ka{SHY}ra{ZWSP}bakh"), [f"Kara{SHY}bakh"]),
    ("without width", f"{BOM}Kara{ZWSP}bakh{LRM} wound", ("karabakh", f"{LRM}karabakh{ZWNJ}"), [f"Kara{ZWSP}bakh"]),
    ("initials", "The U.S. venue and the U. S. court", ("US", "U.S.", "U. S.", "u. s."), ["U.S.", "U. S."]),
    ("apostrophes", "O’Brien and Karabakhʼs wound", ("o'brien", "OʼBRIEN", "O＇Brien"), ["O’Brien"]),
    ("emoji", "Peace ✌️ now", ("peace",), ["Peace"]),
]
OTHER = "Nothing of the kind stands here; кот, γάτα, 猫だ, แมว, 고양이, बिल्ली."


@pytest.mark.parametrize(
    ("text", "questions", "highlighted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_text_is_found_and_highlighted_in_every_spelling(
    text: str, questions: tuple[str, ...], highlighted: list[str] | None
) -> None:
    index = of_claims(text, OTHER)
    for q in questions:
        assert matching(index, q) == {1}, q
        terms = index.ask(Question(("claim",), q)).terms
        ranges = [text[each["start"] : each["end"]] for each in index.highlight(terms, {"text": text})]
        assert ranges
        if highlighted is not None:
            assert ranges == highlighted, q


@pytest.mark.parametrize(
    ("text", "q", "highlighted"),
    [
        ("亚美尼亚和阿塞拜疆签署了和平条约。", "阿塞拜疆", ["阿塞拜疆"]),
        ("亚美尼亚和阿塞拜疆签署了和平条约。", "「和平条约」", ["和平条约"]),
        ("阿塞拜疆", "疆", ["疆"]),
        ("アルメニアとアゼルバイジャン", "アゼルバイジャン", ["アゼルバイジャン"]),
        ("สันติภาพ", "สันติ", ["สันติ"]),
    ],
)
def test_characters_of_scripts_without_spaces_are_highlighted(text: str, q: str, highlighted: list[str]) -> None:
    index = of_claims(text)
    terms = index.ask(Question(("claim",), q)).terms
    assert [text[each["start"] : each["end"]] for each in index.highlight(terms, {"text": text})] == highlighted


MARKS = (
    '"{}"',
    "“{}”",
    "„{}“",
    "«{}»",
    "»{}«",
    "‹{}›",
    "「{}」",
    "『{}』",
    "《{}》",
    "〈{}〉",
    "〝{}〟",
    "‘{}’",
    "＂{}＂",
    "”{}”",
)


@pytest.mark.parametrize("marks", MARKS)
def test_quotation_marks_of_every_script_open_a_phrase(marks: str) -> None:
    index = of_claims("a peace treaty", "a treaty of peace", "the treaty, peace", "don’t soldiers’ peace")
    assert matching(index, marks.format("peace treaty")) == {1}
    assert matching(index, "-" + marks.format("peace treaty")) == {2, 3, 4}
    assert matching(index, f"nothing {marks.format('treaty of peace')}") == {2}


def test_apostrophes_open_no_phrase() -> None:
    index = of_claims("soldiers’ border", "don’t", "border soldiers")
    assert matching(index, "soldiers’ border") == {1, 3}
    assert matching(index, "don’t") == {2}


def test_scripts_without_spaces_beside_others() -> None:
    index = of_claims("AI人工智能 2024年", "人工", "AI")
    assert matching(index, "AI") == {1, 3}
    assert matching(index, "人工") == {1, 2}
    assert matching(index, "2024") == {1}


@pytest.mark.parametrize(
    ("misspelt", "word"), [("İstanbuul", "istanbul"), ("Ерева́нн", "ереван"), ("Հայաստաան", "հայաստան")]
)
def test_forgiveness_folds_alike(misspelt: str, word: str) -> None:
    index = of_claims("İstanbul Ереван Հայաստան")
    assert index.ask(Question(("claim",), misspelt)).corrected == [(misspelt, word)]


@pytest.mark.parametrize(("typed", "word"), [("İST", "istanbul"), ("ерев", "ереван"), ("ԵՐԵՎ", "երեւան")])
def test_type_ahead_folds_alike(typed: str, word: str) -> None:
    index = of_claims("İstanbul Ереван Երևան")
    assert any(each["text"].endswith(word) for each in index.suggest(typed)), index.suggest(typed)
