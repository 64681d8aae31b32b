"""The format of the text index: a hash of what it is built from.

An index of another format is never opened. So nobody has to remember to change a number beside a change of the code.
"""

import unicodedata
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from api.search.entries import statements

# Modules that decide what is written.
SOURCES = ("building", "characters", "entries", "folding", "schema", "wording", "words")


@cache
def index_format() -> str:
    """Twelve hexadecimal digits. They cover the declared fields, the code, Unicode's tables and tantivy's version."""
    parts = [version("tantivy"), unicodedata.unidata_version, *statements()]
    parts += [Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8") for name in SOURCES]
    return sha256("\0".join(parts).encode()).hexdigest()[:12]
