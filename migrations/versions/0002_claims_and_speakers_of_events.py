"""Claims and speakers of events, names as rows, provenance, corrections, wider vocabularies

Content of release 1.0 moves along: the year of an event is that of `earliest`, its claims are those whose quotes
overlap its own or a mention, its speakers are those of these claims. Provenance is empty, and there is no correction.
"""
# ruff: noqa: S608 - names in statements are those of our own tables

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.vocabularies import hold

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PROVENANCE = dict.fromkeys(("title", "author", "publisher", "url", "published", "retrieved", "licence"))
CATEGORIES = (
    *("war", "ceasefire", "displacement", "exchange", "statement", "report", "negotiation", "military", "territory"),
    *("politics", "policy"),
)
# Each vocabulary before and after, and what a value becomes that the vocabulary before does not have.
VOCABULARIES: dict[tuple[str, str], tuple[Iterable[str], Iterable[str], dict[str, str]]] = {
    ("claim", "type"): (
        ("factual", "causal", "evaluative", "predictive", "prescriptive"),
        ("factual", "causal", "evaluative", "predictive", "purposive", "prescriptive"),
        {"purposive": "predictive"},
    ),
    ("event", "category"): (
        (*CATEGORIES, "economy", "relations"),
        (*CATEGORIES, "law", "crime", "economy", "relations", "disaster", "science", "culture", "society", "other"),
        {"law": "policy"} | dict.fromkeys(("crime", "disaster", "science", "culture", "society", "other"), "politics"),
    ),
    ("relation", "type"): (
        ("supports", "contradicts", "contrasts", "causes", "qualifies"),
        ("supports", "contradicts", "contrasts", "causes", "purpose", "qualifies"),
        {"purpose": "causes"},
    ),
}
KINDS = ("document", "section", "claim", "event", "obstacle", "position", "actor", "place", "relation")

OVERLAPPING = """
INSERT INTO event_claim (event, ordinal, claim)
SELECT event, row_number() OVER (PARTITION BY event ORDER BY claim), id
FROM (
  SELECT DISTINCT passage.event AS event, claim.sequence AS claim, claim.id AS id
  FROM (
    SELECT sequence AS event, document, start, "end" FROM event
    UNION ALL SELECT event, document, start, "end" FROM event_mention
  ) passage
  JOIN document ON document.id = passage.document
  JOIN claim ON claim.document = passage.document AND claim.start < passage."end"
    AND claim.start > passage.start - document.longest_span AND claim."end" > passage.start
) overlapping
"""
SPEAKING = """
INSERT INTO event_speaker (event, ordinal, speaker)
SELECT event, row_number() OVER (PARTITION BY event ORDER BY speaker IS NULL, first), speaker
FROM (
  SELECT event_claim.event AS event, claim.speaker AS speaker, min(event_claim.ordinal) AS first
  FROM event_claim JOIN claim ON claim.id = event_claim.claim GROUP BY event_claim.event, claim.speaker
) speaking
"""
ENDS = """
INSERT INTO relation_end (relation, claim, speaker, type)
SELECT relation.sequence, claim.id, claim.speaker, relation.type FROM relation JOIN claim ON claim.id = from_claim
UNION ALL
SELECT relation.sequence, claim.id, claim.speaker, relation.type FROM relation JOIN claim ON claim.id = to_claim
"""


def upgrade() -> None:
    for (table, column), (_, after, _) in VOCABULARIES.items():
        hold(table, column, after)
    _add_tables()
    op.add_column("event", sa.Column("year", sa.Integer(), nullable=True))
    op.create_index("ix_event_year", "event", ["year", "sequence"], unique=False)
    op.create_index("ix_relation_section", "relation", ["section", "sequence"], unique=False)
    op.create_index("ix_document_topic_topic", "document_topic", ["topic", "document"], unique=True)
    default = sa.text(f"'{json.dumps(PROVENANCE)}'")
    op.add_column("document", sa.Column("provenance", sa.JSON(), nullable=False, server_default=default))

    op.execute("UPDATE event SET year = CAST(substr(earliest, 1, 4) AS INTEGER) WHERE earliest IS NOT NULL")
    op.execute(OVERLAPPING)
    op.execute(SPEAKING)
    op.execute(ENDS)
    for kind in ("actor", "place"):
        rows = _rows(f"SELECT {kind}, document, names FROM {kind}_document")
        _insert(
            f"{kind}_name",
            [
                {kind: id, "document": document, "ordinal": ordinal, "name": name}
                for id, document, names in rows
                for ordinal, name in enumerate(_decoded(names), 1)
            ],
        )
        op.drop_column(f"{kind}_document", "names")
    _change_quantities(lambda quantity: quantity | {"max_exclusive": quantity.get("max_exclusive", False)})
    _change_counts(lambda counts: counts | {"corrections": 0})
    _name_content()


def downgrade() -> None:
    """What the schema before has no place for is lost."""
    _name_content()
    _change_counts(lambda counts: {name: count for name, count in counts.items() if name != "corrections"})
    _change_quantities(lambda quantity: {key: value for key, value in quantity.items() if key != "max_exclusive"})
    for kind in ("actor", "place"):
        op.add_column(f"{kind}_document", sa.Column("names", sa.JSON(), nullable=False, server_default="[]"))
        names: dict[tuple[str, str], list[str]] = {}
        for id, document, name in _rows(f"SELECT {kind}, document, name FROM {kind}_name ORDER BY 1, 2, ordinal"):
            names.setdefault((id, document), []).append(name)
        for (id, document), listed in names.items():
            statement = f"UPDATE {kind}_document SET names = :names WHERE {kind} = :id AND document = :document"
            _write(statement, {"names": listed, "id": id, "document": document})
    op.drop_column("document", "provenance")
    op.drop_index("ix_document_topic_topic", table_name="document_topic")
    op.drop_index("ix_relation_section", table_name="relation")
    op.drop_index("ix_event_year", table_name="event")
    op.drop_column("event", "year")
    for table in (
        "relation_end",
        "correction_record",
        "correction",
        "event_speaker",
        "event_claim",
        "place_name",
        "actor_name",
    ):
        op.drop_table(table)
    for (table, column), (before, _, replacements) in VOCABULARIES.items():
        for value, replacement in replacements.items():
            op.execute(f"UPDATE {table} SET {column} = '{replacement}' WHERE {column} = '{value}'")
        hold(table, column, before)


def _add_tables() -> None:
    for kind in ("actor", "place"):
        op.create_table(
            f"{kind}_name",
            sa.Column(kind, BYTEWISE, nullable=False),
            sa.Column("document", BYTEWISE, nullable=False),
            sa.Column("ordinal", sa.Integer(), nullable=False),
            sa.Column("name", sa.String(), nullable=False),
            sa.ForeignKeyConstraint([kind], [f"{kind}.id"], name=f"fk_{kind}_name_{kind}"),
            sa.ForeignKeyConstraint(["document"], ["document.id"], name=f"fk_{kind}_name_document"),
            sa.PrimaryKeyConstraint(kind, "document", "ordinal", name=f"pk_{kind}_name"),
        )
    op.create_table(
        "event_claim",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("claim", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name="fk_event_claim_claim"),
        sa.ForeignKeyConstraint(["event"], ["event.sequence"], name="fk_event_claim_event"),
        sa.PrimaryKeyConstraint("event", "ordinal", name="pk_event_claim"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_claim_claim", "event_claim", ["claim", "event"], unique=True)
    op.create_table(
        "event_speaker",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("speaker", BYTEWISE, nullable=True),
        sa.ForeignKeyConstraint(["event"], ["event.sequence"], name="fk_event_speaker_event"),
        sa.PrimaryKeyConstraint("event", "ordinal", name="pk_event_speaker"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_speaker_speaker", "event_speaker", ["speaker", "event"], unique=True)
    op.create_table(
        "correction",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("date", BYTEWISE, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_correction_document"),
        sa.PrimaryKeyConstraint("sequence", name="pk_correction"),
        sa.UniqueConstraint("id", name="uq_correction_id"),
        sa.UniqueConstraint("rank", name="uq_correction_rank"),
    )
    op.create_index("ix_correction_date", "correction", ["date", "sequence"], unique=False)
    op.create_index("ix_correction_document", "correction", ["document", "sequence"], unique=False)
    op.create_table(
        "correction_record",
        sa.Column("correction", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record", BYTEWISE, nullable=False),
        sa.CheckConstraint(
            f"record_kind IN ({', '.join(map(repr, KINDS))})", name=op.f("ck_correction_record_record_kind")
        ),
        sa.ForeignKeyConstraint(["correction"], ["correction.sequence"], name="fk_correction_record_correction"),
        sa.PrimaryKeyConstraint("correction", "ordinal", name="pk_correction_record"),
    )
    op.create_index("ix_correction_record_record", "correction_record", ["record", "correction"], unique=False)
    op.create_index(
        "ix_correction_record_record_kind", "correction_record", ["record_kind", "correction"], unique=False
    )
    op.create_table(
        "relation_end",
        sa.Column("relation", sa.Integer(), nullable=False),
        sa.Column("claim", BYTEWISE, nullable=False),
        sa.Column("speaker", BYTEWISE, nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name="fk_relation_end_claim"),
        sa.ForeignKeyConstraint(["relation"], ["relation.sequence"], name="fk_relation_end_relation"),
        sa.PrimaryKeyConstraint("relation", "claim", name="pk_relation_end"),
        sa.UniqueConstraint("claim", "relation", name="uq_relation_end_claim_relation"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_relation_end_speaker", "relation_end", ["speaker", "relation"], unique=False)
    op.create_index("ix_relation_end_type", "relation_end", ["type", "claim"], unique=False)


def _name_content() -> None:
    """Another snapshot: what is served is not what the packages say, and loading them again changes it."""
    documents = [
        (id, sha256(f"0002 {digest}".encode()).hexdigest()) for id, digest in _rows("SELECT id, digest FROM document")
    ]
    for id, digest in documents:
        _write("UPDATE document SET digest = :digest WHERE id = :id", {"digest": digest, "id": id})
    named = "".join(f"{id} {digest}\n" for id, digest in sorted(documents))
    _write("UPDATE snapshot SET id = :id", {"id": sha256(named.encode()).hexdigest()[:16]})


def _rows(statement: str) -> list[Any]:
    return list(op.get_bind().execute(sa.text(statement)).all())


def _decoded(value: Any) -> Any:
    """A JSON column's value: SQLite's driver gives text."""
    return json.loads(value) if isinstance(value, str) else value


def _write(statement: str, values: dict[str, Any]) -> None:
    types = [sa.bindparam(name, type_=sa.JSON()) for name, value in values.items() if isinstance(value, dict | list)]
    op.get_bind().execute(sa.text(statement).bindparams(*types), values)


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
        op.get_bind().execute(sa.text(statement), rows)


def _change_quantities(change: Any) -> None:
    for table in ("claim", "obstacle"):
        condition = "WHERE has_quantity" if table == "claim" else ""
        for sequence, quantities in _rows(f"SELECT sequence, quantities FROM {table} {condition}"):
            changed = [change(quantity) for quantity in _decoded(quantities)]
            statement = f"UPDATE {table} SET quantities = :quantities WHERE sequence = :sequence"
            _write(statement, {"quantities": changed, "sequence": sequence})


def _change_counts(change: Any) -> None:
    for table in ("document", "snapshot"):
        for id, counts in _rows(f"SELECT id, counts FROM {table}"):
            _write(
                f"UPDATE {table} SET counts = :counts WHERE id = :id", {"counts": change(_decoded(counts)), "id": id}
            )
