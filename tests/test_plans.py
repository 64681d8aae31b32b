"""No filter and no sort of a list reads a whole table: an index finds the page, however much there is.

PostgreSQL reads a small table whole because that is cheaper, so it is asked with that made costly: what then still
reads one has no index that would do.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from api.params.accepts import Flag, OneOf, Reference, Whole
from api.params.questions import declared
from api.records.cursors import KEYSET, order
from sqlalchemy import Connection, Select, create_engine, select, text

from api.records.includes import _numbered
from api.records.lists import ListQuestions
from api.records.shapes import KINDS, Others, Reader
from api.records.spans import Text, overlapping
from api.resources import actors, claims, documents, events, obstacles, places, positions, relations, sections
from tests.benchmarks.corpus import write
from tests.databases import published
from tests.postgres import postgres
from tests.server import filled, loaded

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
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("plans") / "packages"
    write(folder, 2_000, 20, seed=1)
    return folder


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def connection(
    request: pytest.FixtureRequest, packages: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = loaded(tmp_path_factory.mktemp("database"), packages)["SIC_DATABASE_URL"]
        else:
            url = stack.enter_context(postgres()).url()
            filled({"SIC_DATABASE_URL": url}, packages)
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        stack.callback(engine.dispose)
        connected = stack.enter_context(engine.connect())
        if request.param == "postgresql":
            connected.exec_driver_sql(f"SET search_path TO {published(url)}")
            for costly in ("enable_seqscan", "enable_sort"):
                connected.exec_driver_sql(f"SET {costly} TO off")
        yield connected


def plan(connection: Connection, statement: Any, **values: Any) -> list[str]:
    """The steps of it, each with the table or index that it reads."""
    compiled = statement.compile(connection, compile_kwargs={"render_postcompile": True})
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {compiled}", compiled.params | values)
        return [row[0].strip().removeprefix("->").strip() for row in rows]
    given = tuple((compiled.params | values)[name] for name in compiled.positiontup)
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given)]


MADE = ("SCAN (", "SCAN anon", "SCAN json_each", "SCAN CONSTANT")  # by the statement itself, and small


def whole_tables(steps: list[str]) -> list[str]:
    """Steps that read all of a table."""
    return [step for step in steps if step.startswith(("SCAN", "Seq Scan")) and not step.startswith(MADE)]


def sorted_anew(steps: list[str]) -> list[str]:
    return [step for step in steps if "TEMP B-TREE" in step or step.startswith(("Sort", "Incremental Sort"))]


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
    assert not sorted_anew(steps), steps


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
    steps = plan(connection, _numbered(kind, name), ids="[]" if connection.dialect.name == "sqlite" else ["x"])
    assert not whole_tables(steps), steps


def test_what_rests_on_a_span_is_found_by_an_index(connection: Connection) -> None:
    found = overlapping(Text(Reader(connection, ""), "d00000"), 100, 200)
    steps = plan(connection, select(found.c.kind, found.c.sequence).order_by(found.c.start).limit(20))
    assert not whole_tables(steps), steps


def test_the_content_is_analysed(connection: Connection) -> None:
    statistics = {
        "sqlite": "SELECT count(*) FROM sqlite_stat1",
        "postgresql": "SELECT count(DISTINCT (tablename, attname)) FROM pg_stats WHERE schemaname = current_schema()",
    }
    assert connection.execute(text(statistics[connection.dialect.name])).scalar_one() > 20
