"""A new release with a new schema beside the old one, on one database: what a rolling update goes through.

docs/operating.md, Upgrades, says what is served by whom.
"""

import re
import shutil
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from api.content.database import REVISION
from tests.databases import emptied
from tests.postgres import Postgres
from tests.server import ROOT, Server, filled, sic
from tests.under_load import Load, records, row, within

NEXT = f"{int(REVISION) + 1:04}"
MIGRATION = f'''"""A revision that a coming release could have."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{NEXT}", "{REVISION}", None, None


def upgrade() -> None:
    op.create_table("coming", sa.Column("id", sa.Text(), primary_key=True))
'''


@pytest.fixture(scope="module")
def coming(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of a coming release: this one with one more migration."""
    root = tmp_path_factory.mktemp("coming")
    for name in ("api", "migrations", "seed"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.json", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    (root / "migrations" / "versions" / f"{NEXT}_coming.py").write_text(MIGRATION)
    return root


@pytest.fixture(params=["sqlite", "postgresql"])
def content(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """SIC_* of loaded content."""
    if request.param == "sqlite":
        return filled({"SIC_DATABASE_URL": f"sqlite:///{tmp_path / 'sic.db'}"})
    postgresql: Postgres = request.getfixturevalue("postgresql")
    return filled({"SIC_DATABASE_URL": emptied(postgresql), "SIC_INDEX_DIR": str(tmp_path / "index")})


def down(server: Server) -> tuple[int, str]:
    answer = server.client.get("/readyz")
    return answer.status_code, answer.json()["down"].get("database", "")


def behind(server: Server) -> bool:
    return "sic_behind 1.0" in server.client.get("/metrics").text.splitlines()


def test_two_releases_serve_beside_each_other_during_a_rolling_update(content: dict[str, str], coming: Path) -> None:
    with ExitStack() as stack:
        old = [stack.enter_context(Server(content)) for _ in range(2)]
        held = records(old[0])
        # A new release that starts too early waits, and says for what.
        early = stack.enter_context(Server(content, root=coming, ready="/livez"))
        within(
            10,
            lambda: (
                down(early)
                == (503, f"the schema is of revision {REVISION}, this release reads {NEXT}; run `sic migrate`")
            ),
        )
        with Load(old, threads=2) as load:
            done = sic("migrate", env=content, root=coming)
            assert done.returncode == 0, done.stderr
            assert done.stdout == f"moved the content from revision {REVISION} to {NEXT}\n"
            took = within(10, lambda: down(early)[0] == 200)
            # The old ones go on with what they have, and say that there is newer content that they cannot read.
            for server in old:
                within(20, partial(behind, server))
                status, told = down(server)
                assert status == 200
                assert re.fullmatch(
                    rf"the schema is of revision {NEXT}, .*; start the release that made it, or a newer one", told
                )
            time.sleep(1)
            new = [early, stack.enter_context(Server(content, root=coming))]
            assert all(records(server) == held for server in (*old, *new))
            assert not any(behind(server) for server in new)
            # An old one that is started again now cannot serve: the update goes on, or back as below.
            late = stack.enter_context(Server(content, ready="/livez"))
            within(10, lambda: down(late)[0] == 503)
        lost = len(held - records(new[0]))
    kind = "SQLite" if content["SIC_DATABASE_URL"].startswith("sqlite") else "PostgreSQL"
    row(
        f"two releases, {kind}",
        "a new schema while the old release serves",
        1,
        load,
        took,
        lost,
        " for the new release",
    )
    assert load.unnoticed()
    assert not lost


def test_an_update_is_taken_back_by_the_old_release(content: dict[str, str], coming: Path) -> None:
    """While the content before is kept, `sic rollback` of the old release publishes it again."""
    assert sic("migrate", env=content, root=coming).returncode == 0
    done = sic("load", ROOT / "seed" / "karabakh", env=content)
    assert done.returncode == 1
    assert f"the content is of revision {NEXT}, newer than {REVISION}" in done.stderr
    done = sic("rollback", env=content)
    assert done.returncode == 0, done.stderr
    with Server(content) as server:
        assert records(server)
        assert not behind(server)


def test_the_schema_of_the_old_release_is_kept_for_a_minute_alone(
    postgresql: Postgres, tmp_path: Path, coming: Path
) -> None:
    """A load of the new release drops it then: a rolling update is finished before."""
    env = filled({"SIC_DATABASE_URL": emptied(postgresql), "SIC_INDEX_DIR": str(tmp_path / "index")})
    with Server(env) as old:
        assert old.client.get("/v1/claims?limit=2").status_code == 200
        assert sic("migrate", env=env, root=coming).returncode == 0
        within(10, lambda: behind(old))
        postgresql.execute("UPDATE sic.generation SET published_at = published_at - interval '61 seconds'")
        assert sic("unload", "karabakh", env=env, root=coming).returncode == 0
        response = old.client.get("/v1/claims?limit=3")
        assert (response.status_code, response.headers["retry-after"].isdigit()) == (503, True)
        assert old.client.get("/v1/claims?limit=2").status_code == 200  # remembered
        with Server(env, root=coming) as new:
            assert records(new) == frozenset()
