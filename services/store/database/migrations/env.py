"""Alembic's entry: runs the migrations on the connection that `store.database.migrate` hands over."""

from alembic import context

from services.store.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transaction_per_migration=True,
)
context.run_migrations()
