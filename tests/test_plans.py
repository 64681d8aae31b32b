"""No filter and no sort of a list reads a whole table: SQLite finds the page by an index, however much there is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, create_engine, select, text

from api.accepts import Flag, OneOf, Reference, Whole
from api.cursors import KEYSET, order
from api.includes import _numbered
from api.listing import ListQuestions
from api.questions import declared
from api.records import KINDS, Others, Reader
from api.resources import actors, claims, documents, events, obstacles, places, positions, relations, sections
from api.spans import Text, overlapping
from tests.benchmarks.corpus import write
from tests.server import loaded

Listing = tuple[type[ListQuestions], Callable[[Any], Select[Any]]]

LISTS: dict[str, Listing] = {
    "actor": (actors.ActorQuestions, actors.actors),
    "claim": (claims.ClaimQuestions, claims.claims),
    "document": (documents.DocumentQuestions, documents.documents),
    "event": (events.EventQuestions, events.events),
    "obstacle": (obstacles.ObstacleQuestions, obstacles.obstacles),
    "place": (places.PlaceQuestions, places.places),
    "position": (positions.PositionQuestions, positions.positions),
    "relation": (relations.RelationQuestions, relations.relations),
    "section": (sections.SectionQuestions, sections.sections),
}
NO_FILTERS = {
    "snapshot",
    "limit",
    "cursor",
    "offset",
    "q",
    "sort",
    "include",
    "facets",
    "format",
    "fields",
    "highlight",
}
DATES = {"date_from", "date_to", "date_match"}  # one of them is a range that may hold all events: paged in order


def filters() -> Iterator[Any]:
    for kind, (model, _) in LISTS.items():
        for name in declared(model).keys() - NO_FILTERS - DATES:
            yield pytest.param(kind, name, id=f"{kind} {name}")


def sorts() -> Iterator[Any]:
    for kind in LISTS:
        for name in KEYSET:
            yield pytest.param(kind, name, id=f"{kind} {name}")
            yield pytest.param(kind, f"-{name}", id=f"{kind} -{name}")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    folder: Path = tmp_path_factory.mktemp("plans")
    write(folder / "packages", 2_000, 20, seed=1)
    url = loaded(folder, folder / "packages")["SIC_DATABASE_URL"]
    engine = create_engine(url)
    with engine.connect() as connected:
        yield connected
    engine.dispose()


def plan(connection: Connection, statement: Any, **values: Any) -> list[str]:
    compiled = statement.compile(connection, compile_kwargs={"render_postcompile": True})
    given = tuple((compiled.params | values)[name] for name in compiled.positiontup)
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given)]


def whole_tables(steps: list[str]) -> list[str]:
    """Steps that read all of a table; what a statement made itself, in parentheses or unnamed, is small."""
    return [
        step
        for step in steps
        if step.startswith("SCAN") and not step.startswith(("SCAN (", "SCAN anon", "SCAN json_each", "SCAN CONSTANT"))
    ]


@pytest.mark.parametrize(("kind", "name"), list(filters()))
def test_a_page_behind_one_filter_is_found_by_an_index(connection: Connection, kind: str, name: str) -> None:
    model, make = LISTS[kind]
    accepts = declared(model)[name].accepts
    value = {Flag: "true", Whole: "1"}.get(type(accepts)) or "x"
    if isinstance(accepts, OneOf):
        value = accepts.values[0]
    assert isinstance(accepts, Flag | Whole | OneOf | Reference)
    asked = model.model_validate({name: (value,) if declared(model)[name].many else value})
    column, _ = order(KINDS[kind], None)
    steps = plan(connection, make(asked).where(column > 5).order_by(column).limit(21))
    assert not whole_tables(steps), steps


@pytest.mark.parametrize(("kind", "sort"), list(sorts()))
def test_a_page_of_a_sorted_list_is_read_in_the_order_of_an_index(connection: Connection, kind: str, sort: str) -> None:
    model, make = LISTS[kind]
    column, falling = order(KINDS[kind], sort)
    page = make(model()).where(column < 9 if falling else column > 5).order_by(column.desc() if falling else column)
    steps = plan(connection, page.limit(21))
    assert not whole_tables(steps), steps
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind.name, name)
        for kind in KINDS.values()
        for name, found in kind.includes.items()
        if isinstance(found, Others)
    ],
)
def test_what_is_included_is_found_by_an_index(connection: Connection, kind: str, name: str) -> None:
    steps = plan(connection, _numbered(kind, name), ids="[]")
    assert not whole_tables(steps), steps


def test_what_rests_on_a_span_is_found_by_an_index(connection: Connection) -> None:
    found = overlapping(Text(Reader(connection, ""), "d00000"), 100, 200)
    steps = plan(connection, select(found.c.kind, found.c.sequence).order_by(found.c.start).limit(20))
    assert not whole_tables(steps), steps


def test_the_content_is_analysed(connection: Connection) -> None:
    assert connection.execute(text("SELECT count(*) FROM sqlite_stat1")).scalar_one() > 20
