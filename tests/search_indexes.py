"""Text indexes for tests: one of many made-up records, and one of a few claims whose words matter."""

from typing import Any

from sqlalchemy import Engine

from api import search
from api.model.kinds import KINDS
from api.model.selection import Condition, Days, Selection
from api.search import Index, Question
from tests.search_rows import Rows, engine, fill, sourced

ALL = tuple(sorted(KINDS))


def filled(rows: Rows) -> Engine:
    database = engine()
    with database.begin() as connection:
        fill(connection, rows)
    return database


def indexed(rows: Rows) -> Index:
    with filled(rows).connect() as connection:
        return search.build_in_memory(connection)


def of_claims(*statements: str) -> Index:
    """An index of one document whose claims have these statements; their sequences count from 1."""
    claims = [
        {
            **{"id": f"d.c{n}", "document": "d", "section": "d.s", "ordinal": n, "statement": statement},
            **{"type": "factual", "mode": "asserted", "hedged": False, "has_quantity": False, **sourced("", n)},
        }
        for n, statement in enumerate(statements, start=1)
    ]
    section = {**{"id": "d.s", "document": "d", "ordinal": 1, "title": "", "title_origin": "editorial"}, "end": 1}
    return indexed({"document": [{"id": "d", "label": ""}], "section": [section], "claim": claims})


def matching(index: Index, q: str, **more: Any) -> set[int]:
    """Sequences of the claims that match `q`."""
    answer = index.ask(Question(("claim",), q, **more))
    assert answer.total == len(answer.hits)
    return {hit.sequence for hit in answer.hits}


def selected(ids: tuple[str, ...] = (), days: Days | None = None, **filters: tuple[str, ...]) -> Selection:
    """`actor=…` are any of the values, `actor_all=…` all of them, `actor_not=…` none; `from_` is the filter `from`."""
    conditions: dict[str, Condition] = {}
    for key, values in filters.items():
        name, _, operator = key.partition("__")
        part = {"": "any", "all": "all", "not": "excluded"}[operator]
        previous = conditions.get(name, Condition())
        conditions[name] = Condition(
            **({"any": previous.any, "all": previous.all, "excluded": previous.excluded} | {part: values})
        )
    return Selection(ids, conditions, days)
