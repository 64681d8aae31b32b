"""No filter and no sort of a list reads a whole table: an index finds the page, however much there is.

PostgreSQL reads a small table whole because that is cheaper, so it is asked with that made costly: what then still
reads one has no index that would do.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select, text
from sqlmodel import Session

from api.model.declaration import IncludeRelated, Kind, OneValue
from api.model.kinds import KINDS
from api.model.selection import Condition, Selection
from api.records.conditions import shape_of
from api.records.includes import _numbered
from api.records.paging import STORED, order, step
from api.records.reader import Reader
from api.records.spans import Text, overlapping
from tests.benchmarks.corpus import write
from tests.databases import published
from tests.postgres import postgres
from tests.server import filled, loaded

CONDITIONS: dict[str, Callable[[str], Condition]] = {
    "one": lambda value: Condition(any=(value,)),
    "several": lambda value: Condition(any=(value, value)),
    "not": lambda value: Condition(excluded=(value,)),
    "all": lambda value: Condition(all=(value, value)),
    "none": lambda _: Condition(any=("none",)),
}


def conditions() -> Iterator[Any]:
    """Every filter with every operator that the contract gives it; a period is a range, and paged in order."""
    for kind in KINDS.values():
        for name, each in kind.filters.items():
            for operator in CONDITIONS:
                if operator == "all" and isinstance(each, OneValue):
                    continue
                if operator == "none" and not each.nullable:
                    continue
                yield pytest.param(kind, name, operator, id=f"{kind.name} {name} {operator}")


def sorts() -> Iterator[Any]:
    for kind in KINDS.values():
        for name in STORED:
            yield pytest.param(kind, name, id=f"{kind.name} {name}")
            yield pytest.param(kind, f"-{name}", id=f"{kind.name} -{name}")


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
    every = compiled.params | values
    lists = {name: "[]" for name, value in every.items() if isinstance(value, list)}  # SQLite takes lists as JSON
    arguments = tuple((every | lists)[name] for name in compiled.positiontup)
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", arguments)]


MADE = ("SCAN (", "SCAN anon", "SCAN json_each", "SCAN CONSTANT")  # by the statement itself, and small


def whole_tables(steps: list[str]) -> list[str]:
    """Steps that read all of a table."""
    return [step for step in steps if step.startswith(("SCAN", "Seq Scan")) and not step.startswith(MADE)]


def sorted_anew(steps: list[str]) -> list[str]:
    return [step for step in steps if "TEMP B-TREE" in step or step.startswith(("Sort", "Incremental Sort"))]


def page(kind: Kind, selection: Selection, sort: str | None = None) -> tuple[Any, dict[str, Any]]:
    """The statement of a page beyond some record, with its values."""
    column, descending = order(kind, sort)
    shape, values = shape_of(kind, selection)
    return step(kind, shape, column, descending, True), values | {"key": 5, "most": 21, "before": 0}


def filtered(connection: Connection, kind: Kind, name: str, operator: str) -> list[str]:
    """The steps of a page behind one filter."""
    each = kind.filters[name]
    column = each.column if isinstance(each, OneValue) else each.value
    value = {bool: "true", int: "1"}.get(column.type.python_type, "x")
    statement, values = page(kind, Selection(filters={name: CONDITIONS[operator](value)}))
    return plan(connection, statement, **values)


@pytest.mark.parametrize(("kind", "name", "operator"), list(conditions()))
def test_a_page_behind_one_filter_reads_no_whole_table(
    connection: Connection, kind: Kind, name: str, operator: str
) -> None:
    steps = filtered(connection, kind, name, operator)
    assert not whole_tables(steps), steps


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param(kind, name, id=f"{kind.name} {name}")
        for kind in KINDS.values()
        for name, each in kind.filters.items()
        if isinstance(each, OneValue) or each.key == "sequence"  # an id says nothing of the order
    ],
)
def test_a_page_behind_one_value_is_read_in_the_order_of_an_index(
    connection: Connection, kind: Kind, name: str
) -> None:
    steps = filtered(connection, kind, name, "one")
    assert not sorted_anew(steps), steps


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_page_of_ids_reads_no_whole_table(connection: Connection, kind: Kind) -> None:
    statement, values = page(kind, Selection(ids=("x", "y")))
    steps = plan(connection, statement, **values)
    assert not whole_tables(steps), steps


@pytest.mark.parametrize(("kind", "sort"), list(sorts()))
def test_a_page_of_a_sorted_list_is_read_in_the_order_of_an_index(
    connection: Connection, kind: Kind, sort: str
) -> None:
    statement, values = page(kind, Selection(), sort)
    steps = plan(connection, statement, **values)
    assert not whole_tables(steps), steps
    assert not sorted_anew(steps), steps


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param(kind, name, id=f"{kind.name} {name}")
        for kind in KINDS.values()
        for name, include in kind.includes.items()
        if isinstance(include, IncludeRelated)
    ],
)
def test_what_is_included_comes_by_an_index(connection: Connection, kind: Kind, name: str) -> None:
    steps = plan(connection, _numbered(kind, name), ids=["x"])
    assert not whole_tables(steps), steps


def test_what_rests_on_a_span_comes_by_an_index(connection: Connection) -> None:
    with Session(connection) as session:
        resting = overlapping(Text(Reader(session, ""), "d00000"), (100, 200))
        statement = select(resting.c.kind, resting.c.sequence).order_by(resting.c.start).limit(20)
        steps = plan(connection, statement)
    assert not whole_tables(steps), steps


def test_the_content_is_analysed(connection: Connection) -> None:
    statistics = {
        "sqlite": "SELECT count(*) FROM sqlite_stat1",
        "postgresql": "SELECT count(DISTINCT (tablename, attname)) FROM pg_stats WHERE schemaname = current_schema()",
    }
    assert connection.execute(text(statistics[connection.dialect.name])).scalar_one() > 20
