"""The text index: a pure function of the snapshot, built from the tables, asked in process.

It holds no content of its own, only where to find it: hits are (`kind`, `sequence`), and rows come from the database.
"""

from api.search.building import IndexTooLarge
from api.search.entries import entries
from api.search.highlight import Highlight, Terms
from api.search.index import Answer, Hit, Index
from api.search.question import Question
from api.search.schema import FORMAT, KINDS
from api.search.store import IndexDamaged, IndexMissing, build, build_in_memory, ensure, open_index
from api.search.suggest import Suggestion
from api.search.wording import Wording, wording

__all__ = [
    "FORMAT",
    "KINDS",
    "Answer",
    "Highlight",
    "Hit",
    "Index",
    "IndexDamaged",
    "IndexMissing",
    "IndexTooLarge",
    "Question",
    "Suggestion",
    "Terms",
    "Wording",
    "build",
    "build_in_memory",
    "ensure",
    "entries",
    "open_index",
    "wording",
]
