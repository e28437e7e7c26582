"""The archive as first released."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE sketch_other PARTITION OF sketch DEFAULT")
        op.execute("CREATE TABLE search_text (number bigint PRIMARY KEY, document tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_text ON search_text USING gin (document)")
    else:
        op.execute("CREATE VIRTUAL TABLE search_text USING fts5(title, body, tokenize = 'unicode61')")


def downgrade() -> None:
    """Drop every table."""
    for table in TABLES:
        op.drop_table(table)


TABLES = (
    "search_text",
    "revision",
    "fetch",
    "article",
    "subscriber_position",
    "story_state",
    "story_snapshot",
    "story_member",
    "story_change",
    "story",
    "sketch",
    "search_queue",
    "outbox",
    "lease",
    "head",
    "edge",
    "article_group",
)


def _create_tables() -> None:
    op.create_table(
        "article_group",
        sa.Column("group_id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("canonical_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("face", NUMBER, nullable=True),
        sa.Column("members", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("group_id"),
    )
    op.create_index("ix_group_canonical", "article_group", ["canonical_id"], unique=False)
    op.create_table(
        "edge",
        sa.Column("low", sa.String(length=32), nullable=False),
        sa.Column("high", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("head_containment", sa.Float(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("low", "high"),
    )
    op.create_index("ix_edge_high", "edge", ["high"], unique=False)
    op.create_table(
        "head",
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outbox",
        sa.Column("n", NUMBER, autoincrement=True, nullable=False),
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("article_id", sa.String(length=32), nullable=True),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("ms", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("stream", "event_id"),
    )
    op.create_index("ix_outbox_article", "outbox", ["article_id"], unique=False)
    op.create_index("ix_outbox_position", "outbox", ["stream", "ms", "seq"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["stream", "n"],
        unique=False,
        sqlite_where=sa.text("ms IS NULL"),
        postgresql_where=sa.text("ms IS NULL"),
    )
    op.create_table(
        "search_queue",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "sketch",
        sa.Column("h", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("h", "number", "day"),
        postgresql_partition_by="RANGE (day)",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story",
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("story_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged_into", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("topic", "story_id"),
    )
    op.create_table(
        "story_change",
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("story_id", NUMBER, nullable=True),
        sa.Column("weighed", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("topic", "seq", "article_id"),
    )
    op.create_table(
        "story_member",
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("story_id", NUMBER, nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("ix_story_member_day", "story_member", ["topic", "day"], unique=False)
    op.create_index("ix_story_member_story", "story_member", ["topic", "story_id"], unique=False)
    op.create_table(
        "story_snapshot",
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "version"),
    )
    op.create_table(
        "story_state",
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("next_story_id", NUMBER, nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic"),
    )
    op.create_table(
        "subscriber_position",
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("consumer_group", sa.String(length=200), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "consumer_group"),
    )
    op.create_table(
        "article",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.String(length=32), nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("alias_of", sa.String(length=32), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("outlet_group", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=16), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("published_day_only", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("fetch_id", sa.String(length=64), nullable=False),
        sa.Column("page_hash", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["article_group.group_id"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("article_id"),
    )
    op.create_index("ix_article_fetched", "article", ["fetched_at"], unique=False)
    op.create_index(op.f("ix_article_group_id"), "article", ["group_id"], unique=False)
    op.create_index("ix_article_source", "article", ["source"], unique=False)
    op.create_index("ix_article_text_hash", "article", ["text_hash"], unique=False)
    op.create_table(
        "fetch",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fetch_id", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("page_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"],
            ["article.number"],
        ),
        sa.PrimaryKeyConstraint("number", "fetch_id"),
    )
    op.create_table(
        "revision",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fetch_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("page_hash", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("ledger", sa.LargeBinary(), nullable=True),
        sa.Column("diff", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"],
            ["article.number"],
        ),
        sa.PrimaryKeyConstraint("number", "fetch_id"),
    )
