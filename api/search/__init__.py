"""The text index: a pure function of the snapshot, built from the tables, queried in process.

It holds no content of its own, only where content stands: hits are (`kind`, `sequence`), rows come from the database.
"""

from api.search.building import IndexTooLarge, IndexUnwritten
from api.search.entries import entries
from api.search.fingerprint import index_format
from api.search.highlight import Highlight, Terms
from api.search.index import Answer, Hit, Index
from api.search.lexicon import Suggestion
from api.search.question import Question, TooCostly, TooMany
from api.search.store import IndexDamaged, IndexMissing, build, build_in_memory, ensure, open_index
from api.search.wording import Wording, wording

__all__ = [
    "Answer",
    "Highlight",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexMissing",
    "IndexTooLarge",
    "IndexUnwritten",
    "Question",
    "Suggestion",
    "Terms",
    "TooCostly",
    "TooMany",
    "Wording",
    "build",
    "build_in_memory",
    "ensure",
    "entries",
    "index_format",
    "open_index",
    "wording",
]
