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


def downgrade() -> None:
    """Drop every table."""
    metadata.drop_all(op.get_bind())
