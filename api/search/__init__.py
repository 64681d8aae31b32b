"""The text index: a pure function of the snapshot, built from the tables, queried in process.

It holds no content of its own, only where content stands: hits are (`kind`, `sequence`), rows come from the database.
"""

from api.search.building import IndexTooLarge
from api.search.entries import entries
from api.search.highlight import Terms
from api.search.index import Answer, Index
from api.search.question import Question, TooCostly, TooMany
from api.search.store import IndexDamaged, IndexMissing, build, build_in_memory, ensure, open_index

__all__ = [
    "Answer",
    "Index",
    "IndexDamaged",
    "IndexMissing",
    "IndexTooLarge",
    "Question",
    "Terms",
    "TooCostly",
    "TooMany",
    "build",
    "build_in_memory",
    "ensure",
    "entries",
    "open_index",
]
