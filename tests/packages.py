"""A small package that says something of every kind, and variants of it."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

SOURCE = """\
Alpha lives in Beta Town. In 1994, Alpha met about 20 people, says Gamma. It may rain, and it may snow.

1. Roads: Gamma wants roads. Alpha refuses.

The end came late. Nobody knew 😀 why.
"""

FILES = {
    "document.yaml": """\
id: base
label: A small text
language: en
source: {file: source.txt, sha256: SHA256}
note: Made up.
topics:
  - {id: home, label: Home, definition: Where people live.}
  - {id: roads, label: Roads, definition: What people travel on.}
sections:
  - {id: base.s1, title: The beginning, title_origin: editorial}
  - {id: base.s2, title: People, title_origin: editorial, begins: Alpha lives, parent: base.s1}
  - {id: base.s3, title: Roads, title_origin: source, begins: "1. Roads", parent: base.s1}
  - {id: base.s4, title: The end, title_origin: editorial, begins: The end came}
unrecorded:
  - {quote: The end came late, reason: It ends the text.}
  - {quote: Nobody knew, reason: It says nothing.}
provenance: {title: The small text, published: "1995"}
""",
    "actors.yaml": """\
- id: alpha
  name: Alpha
  category: person
  names: [Alpha]
- id: gamma
  name: Gamma
  category: person
  of: alpha
  names: [Gamma]
""",
    "places.yaml": """\
- id: beta-town
  name: Beta Town
  category: settlement
  names: [Beta Town, Beta]
""",
    "claims.yaml": """\
- id: base.c1
  quote: Alpha lives in Beta Town
  statement: Alpha lives in Beta Town.
  type: factual
  actors: [alpha]
  places: [beta-town]
  topics: [home]
- id: base.c2
  quote: Alpha met about 20 people
  statement: Alpha met about twenty people in 1994.
  type: factual
  mode: reported
  speaker: gamma
  actors: [alpha, gamma]
  quantities:
    - {text: about 20, value: 20, approximate: true, unit: people, of: people}
- id: base.c3
  quote: It may rain
  statement: It may rain.
  type: predictive
  hedge_cue: may
- id: base.c4
  quote: Alpha refuses
  statement: Alpha refuses.
  type: factual
  speaker:
""",
    "events.yaml": """\
- id: base.e1
  name: A meeting
  category: relations
  status: occurred
  quote: Alpha met about 20 people
  mentions:
    - quote: says Gamma
  date: {text: "1994", edtf: 1994, basis: stated}
  actors: [alpha, gamma]
  places: [beta-town]
  claims: [base.c2]
  speakers: [gamma, null]
""",
    "obstacles.yaml": """\
- id: base.o1
  number: 1
  title: Roads
  summary: Whether there are roads.
  actors: [gamma, alpha]
  positions:
    - id: base.o1-gamma
      actor: gamma
      statement: Gamma wants roads.
      quote: Gamma wants roads
    - id: base.o1-alpha
      actor: alpha
      statement: Alpha refuses them.
      quote: Alpha refuses
""",
    "relations.yaml": """\
- id: base.r1
  from: base.c3
  to: base.c1
  type: qualifies
  basis: inferred
- id: base.r2
  from: base.c2
  to: base.c1
  type: supports
  basis: stated
  quote: says
""",
    "corrections.yaml": """\
- id: base.k1
  date: 2026-11-25
  records:
    - {kind: claim, id: base.c2}
    - {kind: event, from: base.e1, to: base.e3}
    - {kind: place}
  what: The meeting is a claim of Gamma, and there are two events fewer.
  why: The text says who told of it.
""",
}


def package(
    folder: Path,
    *changes: tuple[str, str, str],
    name: str = "base",
    source: bytes = SOURCE.encode(),
    files: Mapping[str, str | bytes | None] | None = None,
) -> Path:
    """Writes the package with the document's id `name`; a change is (file, what it says, what it shall say).

    `files` replaces whole files, or leaves them out where None.
    """
    texts: dict[str, str | bytes | None] = dict(FILES)
    for file, old, new in changes:
        said = texts[file]
        assert isinstance(said, str)
        assert old in said, f"{file} does not say {old!r}"
        texts[file] = said.replace(old, new)
    folder.mkdir(parents=True)
    (folder / "source.txt").write_bytes(source)
    for file, said in (texts | dict(files or {})).items():
        if isinstance(said, str):
            said = said.replace("base.", f"{name}.").replace("id: base\n", f"id: {name}\n")
            said = said.replace("SHA256", sha256(source).hexdigest()).encode()
        if said is not None:
            (folder / file).write_bytes(said)
    return folder
