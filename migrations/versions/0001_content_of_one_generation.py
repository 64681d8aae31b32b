"""Content of one generation"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "actor",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("name", BYTEWISE, nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("of", BYTEWISE, nullable=True),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("category IN ('state', 'person', 'organisation', 'group')", name=op.f("ck_actor_category")),
        sa.ForeignKeyConstraint(["of"], ["actor.id"], name="fk_actor_of"),
        sa.PrimaryKeyConstraint("sequence", name="pk_actor"),
        sa.UniqueConstraint("id", name="uq_actor_id"),
        sa.UniqueConstraint("rank", name="uq_actor_rank"),
    )
    op.create_index("ix_actor_category", "actor", ["category", "sequence"], unique=False)
    op.create_table(
        "document",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("rights", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("source_file", sa.String(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("text_length", sa.Integer(), nullable=False),
        sa.Column("utf16_length", sa.Integer(), nullable=False),
        sa.Column("longest_span", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_document"),
        sa.UniqueConstraint("id", name="uq_document_id"),
        sa.UniqueConstraint("rank", name="uq_document_rank"),
    )
    op.create_table(
        "place",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("name", BYTEWISE, nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("category IN ('state', 'region', 'settlement', 'feature')", name=op.f("ck_place_category")),
        sa.PrimaryKeyConstraint("sequence", name="pk_place"),
        sa.UniqueConstraint("id", name="uq_place_id"),
        sa.UniqueConstraint("rank", name="uq_place_rank"),
    )
    op.create_index("ix_place_category", "place", ["category", "sequence"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
    )
    op.create_table(
        "topic",
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topic"),
    )
    op.create_table(
        "actor_document",
        sa.Column("actor", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name="fk_actor_document_actor"),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_actor_document_document"),
        sa.PrimaryKeyConstraint("actor", "document", name="pk_actor_document"),
    )
    op.create_index("ix_actor_document_document", "actor_document", ["document", "actor"], unique=False)
    op.create_table(
        "document_topic",
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("topic", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_document_topic_document"),
        sa.ForeignKeyConstraint(["topic"], ["topic.id"], name="fk_document_topic_topic"),
        sa.PrimaryKeyConstraint("document", "topic", name="pk_document_topic"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "place_document",
        sa.Column("place", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_place_document_document"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_place_document_place"),
        sa.PrimaryKeyConstraint("place", "document", name="pk_place_document"),
    )
    op.create_index("ix_place_document_document", "place_document", ["document", "place"], unique=False)
    op.create_table(
        "section",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("parent", BYTEWISE, nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_origin", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.CheckConstraint("title_origin IN ('source', 'editorial')", name=op.f("ck_section_title_origin")),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_section_span")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_section_document"),
        sa.ForeignKeyConstraint(["parent"], ["section.id"], name="fk_section_parent"),
        sa.PrimaryKeyConstraint("sequence", name="pk_section"),
        sa.UniqueConstraint("document", "ordinal", name="uq_section_document_ordinal"),
        sa.UniqueConstraint("id", name="uq_section_id"),
        sa.UniqueConstraint("rank", name="uq_section_rank"),
    )
    op.create_index("ix_section_document", "section", ["document", "sequence"], unique=False)
    op.create_index("ix_section_parent", "section", ["parent", "sequence"], unique=False)
    op.create_table(
        "event",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("section", BYTEWISE, nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("date_text", sa.String(), nullable=True),
        sa.Column("edtf", sa.String(), nullable=True),
        sa.Column("earliest", BYTEWISE, nullable=True),
        sa.Column("latest", BYTEWISE, nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("basis IN ('stated', 'inferred', 'none')", name=op.f("ck_event_basis")),
        sa.CheckConstraint(
            "category IN ('war', 'ceasefire', 'displacement', 'exchange', 'statement', 'report',"
            " 'negotiation', 'military', 'territory', 'politics', 'policy', 'economy', 'relations')",
            name=op.f("ck_event_category"),
        ),
        sa.CheckConstraint(
            "status IN ('occurred', 'ongoing', 'anticipated', 'proposed', 'hypothetical')", name=op.f("ck_event_status")
        ),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_event_span")),
        sa.CheckConstraint("earliest IS NULL OR latest IS NULL OR earliest <= latest", name=op.f("ck_event_bounds")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_event_document"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_event_section"),
        sa.PrimaryKeyConstraint("sequence", name="pk_event"),
        sa.UniqueConstraint("document", "ordinal", name="uq_event_document_ordinal"),
        sa.UniqueConstraint("id", name="uq_event_id"),
        sa.UniqueConstraint("rank", name="uq_event_rank"),
    )
    op.create_index("ix_event_basis", "event", ["basis", "sequence"], unique=False)
    op.create_index("ix_event_category", "event", ["category", "sequence"], unique=False)
    op.create_index("ix_event_document", "event", ["document", "sequence"], unique=False)
    op.create_index("ix_event_earliest", "event", ["earliest", "sequence"], unique=False)
    op.create_index("ix_event_latest", "event", ["latest", "sequence"], unique=False)
    op.create_index("ix_event_section", "event", ["section", "sequence"], unique=False)
    op.create_index("ix_event_span", "event", ["document", "start", "end", "rank"], unique=False)
    op.create_index("ix_event_status", "event", ["status", "sequence"], unique=False)
    op.create_table(
        "obstacle",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("section", BYTEWISE, nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("quantities", sa.JSON(), nullable=False),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_obstacle_span")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_obstacle_document"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_obstacle_section"),
        sa.PrimaryKeyConstraint("sequence", name="pk_obstacle"),
        sa.UniqueConstraint("document", "number", name="uq_obstacle_document_number"),
        sa.UniqueConstraint("id", name="uq_obstacle_id"),
        sa.UniqueConstraint("rank", name="uq_obstacle_rank"),
    )
    op.create_index("ix_obstacle_document", "obstacle", ["document", "sequence"], unique=False)
    op.create_index("ix_obstacle_number", "obstacle", ["number", "sequence"], unique=False)
    op.create_index("ix_obstacle_section", "obstacle", ["section", "sequence"], unique=False)
    op.create_index("ix_obstacle_span", "obstacle", ["document", "start", "end", "rank"], unique=False)
    op.create_table(
        "sentence",
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("section", BYTEWISE, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_sentence_document"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_sentence_section"),
        sa.PrimaryKeyConstraint("document", "ordinal", name="pk_sentence"),
    )
    op.create_table(
        "claim",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("section", BYTEWISE, nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("speaker", BYTEWISE, nullable=True),
        sa.Column("speaker_actor", BYTEWISE, nullable=True),
        sa.Column("hedged", sa.Boolean(), nullable=False),
        sa.Column("hedge_cue", sa.String(), nullable=True),
        sa.Column("obstacle", BYTEWISE, nullable=True),
        sa.Column("has_quantity", sa.Boolean(), nullable=False),
        sa.Column("quantities", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "coalesce(speaker_actor, 'author') = coalesce(speaker, 'author')", name=op.f("ck_claim_speaker")
        ),
        sa.CheckConstraint("mode IN ('asserted', 'reported', 'quoted')", name=op.f("ck_claim_mode")),
        sa.CheckConstraint(
            "type IN ('factual', 'causal', 'evaluative', 'predictive', 'prescriptive')", name=op.f("ck_claim_type")
        ),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_claim_span")),
        sa.CheckConstraint("hedged = (hedge_cue IS NOT NULL)", name=op.f("ck_claim_hedged")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_claim_document"),
        sa.ForeignKeyConstraint(["obstacle"], ["obstacle.id"], name="fk_claim_obstacle"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_claim_section"),
        sa.ForeignKeyConstraint(["speaker_actor"], ["actor.id"], name="fk_claim_speaker_actor"),
        sa.PrimaryKeyConstraint("sequence", name="pk_claim"),
        sa.UniqueConstraint("document", "ordinal", name="uq_claim_document_ordinal"),
        sa.UniqueConstraint("id", name="uq_claim_id"),
        sa.UniqueConstraint("rank", name="uq_claim_rank"),
    )
    op.create_index("ix_claim_document", "claim", ["document", "sequence"], unique=False)
    op.create_index("ix_claim_has_quantity", "claim", ["has_quantity", "sequence"], unique=False)
    op.create_index("ix_claim_hedged", "claim", ["hedged", "sequence"], unique=False)
    op.create_index("ix_claim_mode", "claim", ["mode", "sequence"], unique=False)
    op.create_index("ix_claim_obstacle", "claim", ["obstacle", "sequence"], unique=False)
    op.create_index("ix_claim_section", "claim", ["section", "sequence"], unique=False)
    op.create_index("ix_claim_span", "claim", ["document", "start", "end", "rank"], unique=False)
    op.create_index("ix_claim_speaker", "claim", ["speaker", "sequence"], unique=False)
    op.create_index("ix_claim_type", "claim", ["type", "sequence"], unique=False)
    op.create_table(
        "event_actor",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name="fk_event_actor_actor"),
        sa.ForeignKeyConstraint(["event"], ["event.sequence"], name="fk_event_actor_event"),
        sa.PrimaryKeyConstraint("event", "ordinal", name="pk_event_actor"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_actor_actor", "event_actor", ["actor", "event"], unique=True)
    op.create_table(
        "event_mention",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("section", BYTEWISE, nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_event_mention_document"),
        sa.ForeignKeyConstraint(["event"], ["event.sequence"], name="fk_event_mention_event"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_event_mention_section"),
        sa.PrimaryKeyConstraint("event", "ordinal", name="pk_event_mention"),
    )
    op.create_index("ix_event_mention_span", "event_mention", ["document", "start", "end"], unique=False)
    op.create_table(
        "event_place",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("place", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["event"], ["event.sequence"], name="fk_event_place_event"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_event_place_place"),
        sa.PrimaryKeyConstraint("event", "ordinal", name="pk_event_place"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_place_place", "event_place", ["place", "event"], unique=True)
    op.create_table(
        "obstacle_actor",
        sa.Column("obstacle", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name="fk_obstacle_actor_actor"),
        sa.ForeignKeyConstraint(["obstacle"], ["obstacle.sequence"], name="fk_obstacle_actor_obstacle"),
        sa.PrimaryKeyConstraint("obstacle", "ordinal", name="pk_obstacle_actor"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_obstacle_actor_actor", "obstacle_actor", ["actor", "obstacle"], unique=True)
    op.create_table(
        "position",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("section", BYTEWISE, nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("utf16_start", sa.Integer(), nullable=False),
        sa.Column("utf16_end", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("obstacle", BYTEWISE, nullable=False),
        sa.Column("actor", BYTEWISE, nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("ck_position_span")),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name="fk_position_actor"),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_position_document"),
        sa.ForeignKeyConstraint(["obstacle"], ["obstacle.id"], name="fk_position_obstacle"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_position_section"),
        sa.PrimaryKeyConstraint("sequence", name="pk_position"),
        sa.UniqueConstraint("id", name="uq_position_id"),
        sa.UniqueConstraint("obstacle", "actor", name="uq_position_obstacle_actor"),
        sa.UniqueConstraint("rank", name="uq_position_rank"),
    )
    op.create_index("ix_position_actor", "position", ["actor", "sequence"], unique=False)
    op.create_index("ix_position_document", "position", ["document", "sequence"], unique=False)
    op.create_index("ix_position_obstacle", "position", ["obstacle", "sequence"], unique=False)
    op.create_index("ix_position_span", "position", ["document", "start", "end", "rank"], unique=False)
    op.create_table(
        "claim_actor",
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name="fk_claim_actor_actor"),
        sa.ForeignKeyConstraint(["claim"], ["claim.sequence"], name="fk_claim_actor_claim"),
        sa.PrimaryKeyConstraint("claim", "ordinal", name="pk_claim_actor"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_actor_actor", "claim_actor", ["actor", "claim"], unique=True)
    op.create_table(
        "claim_place",
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("place", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.sequence"], name="fk_claim_place_claim"),
        sa.ForeignKeyConstraint(["place"], ["place.id"], name="fk_claim_place_place"),
        sa.PrimaryKeyConstraint("claim", "ordinal", name="pk_claim_place"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_place_place", "claim_place", ["place", "claim"], unique=True)
    op.create_table(
        "claim_topic",
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("topic", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.sequence"], name="fk_claim_topic_claim"),
        sa.ForeignKeyConstraint(["topic"], ["topic.id"], name="fk_claim_topic_topic"),
        sa.PrimaryKeyConstraint("claim", "ordinal", name="pk_claim_topic"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_topic_topic", "claim_topic", ["topic", "claim"], unique=True)
    op.create_table(
        "relation",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", BYTEWISE, nullable=False),
        sa.Column("document", BYTEWISE, nullable=False),
        sa.Column("from_claim", BYTEWISE, nullable=False),
        sa.Column("to_claim", BYTEWISE, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("section", BYTEWISE, nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("utf16_start", sa.Integer(), nullable=True),
        sa.Column("utf16_end", sa.Integer(), nullable=True),
        sa.Column("prefix", sa.String(), nullable=True),
        sa.Column("suffix", sa.String(), nullable=True),
        sa.CheckConstraint("(basis = 'stated') = (quote IS NOT NULL)", name=op.f("ck_relation_source")),
        sa.CheckConstraint("basis IN ('stated', 'inferred')", name=op.f("ck_relation_basis")),
        sa.CheckConstraint(
            "type IN ('supports', 'contradicts', 'contrasts', 'causes', 'qualifies')", name=op.f("ck_relation_type")
        ),
        sa.CheckConstraint("from_claim <> to_claim", name=op.f("ck_relation_ends")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_relation_document"),
        sa.ForeignKeyConstraint(["from_claim"], ["claim.id"], name="fk_relation_from_claim"),
        sa.ForeignKeyConstraint(["section"], ["section.id"], name="fk_relation_section"),
        sa.ForeignKeyConstraint(["to_claim"], ["claim.id"], name="fk_relation_to_claim"),
        sa.PrimaryKeyConstraint("sequence", name="pk_relation"),
        sa.UniqueConstraint("id", name="uq_relation_id"),
        sa.UniqueConstraint("rank", name="uq_relation_rank"),
    )
    op.create_index("ix_relation_basis", "relation", ["basis", "sequence"], unique=False)
    op.create_index("ix_relation_document", "relation", ["document", "sequence"], unique=False)
    op.create_index("ix_relation_from_claim", "relation", ["from_claim", "sequence"], unique=False)
    op.create_index("ix_relation_span", "relation", ["document", "start", "end", "rank"], unique=False)
    op.create_index("ix_relation_to_claim", "relation", ["to_claim", "sequence"], unique=False)
    op.create_index("ix_relation_type", "relation", ["type", "sequence"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_relation_type", table_name="relation")
    op.drop_index("ix_relation_to_claim", table_name="relation")
    op.drop_index("ix_relation_span", table_name="relation")
    op.drop_index("ix_relation_from_claim", table_name="relation")
    op.drop_index("ix_relation_document", table_name="relation")
    op.drop_index("ix_relation_basis", table_name="relation")
    op.drop_table("relation")
    op.drop_index("ix_claim_topic_topic", table_name="claim_topic")
    op.drop_table("claim_topic")
    op.drop_index("ix_claim_place_place", table_name="claim_place")
    op.drop_table("claim_place")
    op.drop_index("ix_claim_actor_actor", table_name="claim_actor")
    op.drop_table("claim_actor")
    op.drop_index("ix_position_span", table_name="position")
    op.drop_index("ix_position_obstacle", table_name="position")
    op.drop_index("ix_position_document", table_name="position")
    op.drop_index("ix_position_actor", table_name="position")
    op.drop_table("position")
    op.drop_index("ix_obstacle_actor_actor", table_name="obstacle_actor")
    op.drop_table("obstacle_actor")
    op.drop_index("ix_event_place_place", table_name="event_place")
    op.drop_table("event_place")
    op.drop_index("ix_event_mention_span", table_name="event_mention")
    op.drop_table("event_mention")
    op.drop_index("ix_event_actor_actor", table_name="event_actor")
    op.drop_table("event_actor")
    op.drop_index("ix_claim_type", table_name="claim")
    op.drop_index("ix_claim_speaker", table_name="claim")
    op.drop_index("ix_claim_span", table_name="claim")
    op.drop_index("ix_claim_section", table_name="claim")
    op.drop_index("ix_claim_obstacle", table_name="claim")
    op.drop_index("ix_claim_mode", table_name="claim")
    op.drop_index("ix_claim_hedged", table_name="claim")
    op.drop_index("ix_claim_has_quantity", table_name="claim")
    op.drop_index("ix_claim_document", table_name="claim")
    op.drop_table("claim")
    op.drop_table("sentence")
    op.drop_index("ix_obstacle_span", table_name="obstacle")
    op.drop_index("ix_obstacle_section", table_name="obstacle")
    op.drop_index("ix_obstacle_number", table_name="obstacle")
    op.drop_index("ix_obstacle_document", table_name="obstacle")
    op.drop_table("obstacle")
    op.drop_index("ix_event_status", table_name="event")
    op.drop_index("ix_event_span", table_name="event")
    op.drop_index("ix_event_section", table_name="event")
    op.drop_index("ix_event_latest", table_name="event")
    op.drop_index("ix_event_earliest", table_name="event")
    op.drop_index("ix_event_document", table_name="event")
    op.drop_index("ix_event_category", table_name="event")
    op.drop_index("ix_event_basis", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_section_parent", table_name="section")
    op.drop_index("ix_section_document", table_name="section")
    op.drop_table("section")
    op.drop_index("ix_place_document_document", table_name="place_document")
    op.drop_table("place_document")
    op.drop_table("document_topic")
    op.drop_index("ix_actor_document_document", table_name="actor_document")
    op.drop_table("actor_document")
    op.drop_table("topic")
    op.drop_table("snapshot")
    op.drop_index("ix_place_category", table_name="place")
    op.drop_table("place")
    op.drop_table("document")
    op.drop_index("ix_actor_category", table_name="actor")
    op.drop_table("actor")
