"""One migration history builds both databases, and content moves along it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, inspect

from api.content.database import REVISION
from api.model import metadata
from seed import schema
from seed.faults import Unusable
from seed.load import Steps, check, load, migrate, store
from tests.databases import everything, published, rows
from tests.packages import package
from tests.server import ROOT

ADDS_A_COLUMN = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("claim", sa.Column("confidence", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("claim", "confidence")
"""


def alembic(url: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=os.environ | {"SIC_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_server_reads_the_newest_revision() -> None:
    assert schema.head() == REVISION


def test_alembic_goes_up_and_down_and_finds_nothing_to_add(database_url: str) -> None:
    alembic(database_url, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(database_url, "check")
    assert rows(database_url, "SELECT version_num FROM alembic_version") == [(REVISION,)]
    alembic(database_url, "downgrade", "base")
    assert rows(database_url, "SELECT version_num FROM alembic_version") == []
    alembic(database_url, "upgrade", "head")
    assert rows(database_url, "SELECT count(*) FROM claim") == [(0,)]


def test_alembic_checks_what_a_load_published(database_url: str, tmp_path: Path) -> None:
    load(store(database_url), [package(tmp_path / "base")], None, Steps())
    assert "No new upgrade operations detected" in alembic(database_url, "check")


def test_a_load_follows_a_downgrade(database_url: str, tmp_path: Path) -> None:
    alembic(database_url, "upgrade", "head")
    alembic(database_url, "downgrade", "base")
    load(store(database_url), [package(tmp_path / "base")], None, Steps())
    assert rows(database_url, "SELECT count(*) FROM claim") == [(4,)]


def test_content_of_the_first_release_moves_along(database_url: str, tmp_path: Path) -> None:
    """What the first release had no place for is derived, or empty; all else is as it was."""
    law = ("events.yaml", "category: relations", "category: law")
    folder = package(tmp_path / "base", law, ("claims.yaml", "type: predictive", "type: purposive"))
    load(store(database_url), [folder], None, Steps())
    content, before = everything(database_url), published(database_url)
    alembic(database_url, "downgrade", "0001")
    assert rows(database_url, "SELECT category FROM event") == [("policy",)]
    assert rows(database_url, "SELECT type FROM claim WHERE id = 'base.c3'") == [("predictive",)]
    [(names,)] = rows(database_url, "SELECT names FROM place_document")
    assert (json.loads(names) if isinstance(names, str) else names) == ["Beta Town", "Beta"]

    with pytest.raises(Unusable, match="is of revision 0001, not 0002; run `sic migrate` first"):
        load(store(database_url), [folder], None, Steps())
    assert migrate(store(database_url), None, Steps()) == "moved the content from revision 0001 to 0002"
    if not database_url.startswith("sqlite"):
        assert published(database_url) != before
    assert "No new upgrade operations detected" in alembic(database_url, "check")
    moved = everything(database_url)
    changed = {table for table in content if moved[table] != content[table]}
    assert changed == {
        *("claim", "event", "event_speaker"),  # a purpose is a prediction again, a null speaker is not derived
        *("correction", "correction_record", "document", "snapshot"),
    }
    assert rows(database_url, "SELECT event, claim FROM event_claim") == [(1, "base.c2")]
    assert rows(database_url, "SELECT event, ordinal, speaker FROM event_speaker") == [(1, 1, "gamma")]
    assert rows(database_url, "SELECT year FROM event") == [(1994,)]
    [(provenance,)] = rows(database_url, "SELECT provenance FROM document")
    provenance = json.loads(provenance) if isinstance(provenance, str) else provenance
    assert set(provenance.values()) == {None}

    load(store(database_url), [folder], None, Steps())
    assert everything(database_url) == content


def test_both_databases_hold_to_the_vocabularies_of_the_tables(database_url: str) -> None:
    migrate(store(database_url), None, Steps())
    with store(database_url).locked(lambda: None), store(database_url).copy() as building:
        found = inspect(building.connection)
        for table in metadata.tables.values():
            made = {str(check["name"]): str(check["sqltext"]) for check in found.get_check_constraints(table.name)}
            for check in table.constraints:
                if isinstance(check, CheckConstraint) and " IN (" in str(check.sqltext):
                    assert re.findall("'([^']*)'", made[str(check.name)]) == re.findall("'([^']*)'", str(check.sqltext))


def test_migrations_do_not_import_resources(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sic.db'}"
    migrate(store(url), None, Steps())
    look = "print([name for name in sys.modules if name.startswith('api.resources')])"
    program = f"import sys, alembic.config; alembic.config.main(['check']); {look}"
    env = os.environ | {"SIC_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


def test_migrate_publishes_an_empty_snapshot_once(database_url: str) -> None:
    assert migrate(store(database_url), None, Steps()) == f"published an empty snapshot at revision {REVISION}"
    first = published(database_url)
    assert rows(database_url, "SELECT id FROM snapshot") == [("e3b0c44298fc1c14",)]
    assert migrate(store(database_url), None, Steps()) == f"already at revision {REVISION}"
    assert published(database_url) == first


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The migrations of a later release."""
    scripts = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_more.py").write_text(ADDS_A_COLUMN.format(REVISION))
    return scripts


def test_migrate_moves_older_content_beside_what_is_read(
    database_url: str, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store(database_url), [package(tmp_path / "base")], None, Steps())
    content, before = everything(database_url), published(database_url)
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    with pytest.raises(Unusable, match=f"is of revision {REVISION}, not 9999; run `sic migrate` first"):
        load(store(database_url), [tmp_path / "base"], None, Steps())
    assert migrate(store(database_url), None, Steps()) == f"moved the content from revision {REVISION} to 9999"
    assert rows(database_url, "SELECT count(*) FROM claim WHERE confidence IS NULL") == [(4,)]
    assert everything(database_url) == content
    if not database_url.startswith("sqlite"):
        assert published(database_url) != before


def test_newer_content_is_refused(
    database_url: str, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = package(tmp_path / "base")
    with monkeypatch.context() as later:
        later.setattr(schema, "MIGRATIONS", newer)
        migrate(store(database_url), None, Steps())
    before = published(database_url)
    for run in (
        lambda: migrate(store(database_url), None, Steps()),
        lambda: load(store(database_url), [folder], None, Steps()),
        lambda: check(store(database_url), [folder], Steps()),
    ):
        with pytest.raises(Unusable, match="is of revision 9999, newer than"):
            run()
    assert published(database_url) == before


def test_inferred_and_quoted_relations_are_told_apart_by_the_database(database_url: str, tmp_path: Path) -> None:
    """The constraints are in the database, not only in the loader."""
    load(store(database_url), [package(tmp_path / "base")], None, Steps())
    with store(database_url).locked(lambda: None), store(database_url).copy() as building:
        found = inspect(building.connection)
        names = {str(constraint["name"]) for constraint in found.get_check_constraints("relation")}
    assert {"ck_relation_source", "ck_relation_ends", "ck_relation_type", "ck_relation_basis"} <= names
