"""The archive as first released."""

from alembic import op

from services.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE sketch_other PARTITION OF sketch DEFAULT")
        op.execute("CREATE TABLE search_text (number bigint PRIMARY KEY, document tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_text ON search_text USING gin (document)")
    else:
        op.execute("CREATE VIRTUAL TABLE search_text USING fts5(title, body, tokenize = 'unicode61')")


def downgrade() -> None:
    """Drop every table."""
    op.execute("DROP TABLE search_text")
    metadata.drop_all(op.get_bind())
