"""A second document for tests, with everything that the article lacks.

Characters beyond U+FFFF, a BOM, CR LF, a decomposed letter, cells that a spreadsheet would run, markup, more values of
a facet than are shown, more of an included list than is shown, open dates, ties, and claims that nobody is named for.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

ID = "astral"
STARS = 130
TOPICS = ["stars", *(f"t{number:03}" for number in range(1, STARS + 1))]  # the last is more than a facet shows
VISITED = [f"star-{number}" for number in range(91, 131)]  # more than are included
CELLS = ["=1+1", "+cmd", "-x", "@sum", "-7", 'say "no", then', "two\nlines", "<script>alert(1)</script>", "  spaced  "]
CELLS.append("one\u2028two\u2029three\x85four")
DATES: list[tuple[str, str | None, str]] = [
    ("1999", "1999", "stated"),
    ("2001", "2001", "stated"),
    ("early 2001", "2001", "inferred"),
    ("February 2001", "2001-02", "stated"),
    ("3 February 2001", "2001-02-03", "stated"),
    ("since 2001", "2001/..", "stated"),
    ("until 1999", "../1999", "stated"),
    ("the nineties", "199X", "inferred"),
    ("1998 to 2002", "1998/2002", "stated"),
    ("some day", None, "none"),
    ("one night", None, "none"),
]


def star(number: int) -> str:
    return f"Star number {number} is 𝒻ar 😀"


def fall(words: str) -> str:
    return f"A star 🌠 fell in {words}"


def source() -> bytes:
    paragraphs = [
        "𝔄stral <figures> gleam,\r\nthe star gazers re-\r\nport in cafe\u0301s.",
        *(f"{star(number)}." for number in range(1, STARS + 1)),
        *(f"{fall(words)}." for words, _, _ in DATES),
        "7. Wide 🜁 Characters: Fire 🜂 and the star gazers may disagree over 7 stones.",
    ]
    return b"\xef\xbb\xbf" + "\r\n\r\n".join(paragraphs).encode() + b"\r\n"


def claims() -> Iterable[dict[str, Any]]:
    for number in range(1, STARS + 1):
        yield {
            "id": f"{ID}.c{number:03}",
            "quote": star(number),
            "statement": f"Star {number} is far.",
            "type": ("factual", "causal", "evaluative", "predictive")[number % 4],
            "mode": "reported" if number % 5 == 0 else "asserted",
            "speaker": (None, "star-gazers")[number % 2] if number % 5 == 0 else "author",
            "actors": ["fire", "star-gazers"] if number % 7 == 0 else [],
            "places": ["sky"],
            "topics": [f"t{number:03}", "stars"],
            "quantities": [{"text": str(number), "value": number}] if number % 3 == 0 else [],
            "note": CELLS[number - 1] if number <= len(CELLS) else None,
        }
    yield {  # on the same words as the first
        "id": f"{ID}.c000",
        "quote": star(1),
        "statement": "Star 1 smiles.",
        "type": "factual",
        "places": [*VISITED, "sky"],
        "topics": ["stars"],
        "quantities": [{"text": "1", "min": 0.5, "max": 1.5, "approximate": True, "unit": "stars"}],
    }
    yield {
        "id": f"{ID}.c200",
        "quote": "Fire 🜂 and the star gazers may disagree",
        "statement": "Fire and the star gazers may disagree.",
        "type": "predictive",
        "hedge_cue": "may",
        "actors": ["fire", "star-gazers"],
        "topics": ["stars"],
    }
    for number, (words, _, _) in enumerate(DATES, 1):
        yield {
            "id": f"{ID}.c3{number:02}",
            "quote": fall(words),
            "statement": f"A star fell in {words}.",
            "type": "factual",
            "places": ["sky"] if number % 2 else [],
            "topics": ["stars"] if number % 3 else [],
        }
    yield {
        "id": f"{ID}.c400",
        "quote": fall(DATES[0][0]),
        "statement": "One star fell.",
        "type": "factual",
        "places": ["sky"],
        "topics": ["stars"],
        "quantities": [{"text": "A", "value": 1, "unit": "stars"}],
    }


def write(folder: Path) -> Path:
    """The package, written into a folder of its own."""
    package = folder / ID
    package.mkdir()
    text = source()
    (package / "source.txt").write_bytes(text)
    _yaml(
        package / "document.yaml",
        {
            "id": ID,
            "label": "Stars, for tests",
            "language": "en",
            "title": "𝔄stral <figures>",
            "source": {"file": "source.txt", "sha256": sha256(text).hexdigest()},
            "topics": [{"id": id, "label": id, "definition": f"On {id}."} for id in TOPICS],
            "sections": [
                {"id": f"{ID}.s1", "title": "B", "title_origin": "editorial", "begins": "𝔄stral"},
                {"id": f"{ID}.s2", "title": "A", "title_origin": "editorial"},
                {
                    "id": f"{ID}.s3",
                    "title": "B",
                    "title_origin": "editorial",
                    "begins": "Star number 1 is",
                    "parent": f"{ID}.s2",
                },
                {
                    "id": f"{ID}.s4",
                    "title": "Wide 🜁 Characters",
                    "title_origin": "source",
                    "begins": "7. Wide",
                    "parent": f"{ID}.s2",
                },
            ],
        },
    )
    _yaml(
        package / "actors.yaml",
        [
            {"id": "fire", "name": "Fire", "category": "group", "names": ["Fire 🜂"]},
            {"id": "star-gazers", "name": "Fire", "category": "group", "of": "fire", "names": ["star gazers"]},
        ],
    )
    _yaml(
        package / "places.yaml",
        [
            {"id": "sky", "name": "Star", "category": "feature", "names": ["Star", "star"]},
            *(
                {"id": id, "name": name, "category": "feature", "names": [name]}
                for id, name in zip(VISITED, map("Star number {}".format, range(91, 131)), strict=True)
            ),
        ],
    )
    (package / "claims.jsonl").write_text("".join(json.dumps(claim) + "\n" for claim in claims()), encoding="utf-8")
    _yaml(
        package / "events.yaml",
        [
            {
                "id": f"{ID}.e{number:02}",
                "name": f"A star fell, {words}",
                "category": "report" if number % 2 else "war",
                "status": "occurred",
                "quote": fall(words),
                "mentions": [{"quote": "the star gazers re-port"}] if number == 1 else [],
                "date": {"text": None if edtf is None else words, "edtf": edtf, "basis": basis},
                "actors": ["star-gazers"] if number % 2 else [],
                "places": ["sky"],
                "claims": [f"{ID}.c3{number:02}", *([f"{ID}.c400"] if number == 1 else [])],
                "speakers": (["author"], ["star-gazers", None], [None])[number % 3],
            }
            for number, (words, edtf, basis) in enumerate(DATES, 1)
        ],
    )
    _yaml(
        package / "obstacles.yaml",
        [
            {
                "id": f"{ID}.o7",
                "number": 7,
                "title": "Wide 🜁 Characters",
                "summary": "They disagree.",
                "actors": ["fire", "star-gazers"],
                "quantities": [{"text": "7", "value": 7, "unit": "stones", "of": "stones"}],
                "positions": [
                    {
                        "id": f"{ID}.o7-fire",
                        "actor": "fire",
                        "statement": "Fire disagrees.",
                        "quote": "Fire 🜂 and the star gazers may disagree",
                    }
                ],
            }
        ],
    )
    _yaml(
        package / "relations.yaml",
        [
            {
                "id": f"{ID}.r{number:02}",
                "from": f"{ID}.c001",
                "to": f"{ID}.c{number:03}",
                "type": "contrasts",
                "basis": "inferred",
            }
            for number in range(2, 32)
        ]
        + [
            {
                "id": f"{ID}.r99",
                "from": f"{ID}.c200",
                "to": f"{ID}.c001",
                "type": "qualifies",
                "basis": "stated",
                "quote": "may disagree",
            }
        ],
    )
    return package


def _yaml(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
