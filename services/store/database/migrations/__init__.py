"""The archive's migrations, run by `store.database.migrate`: no alembic.ini, the connection comes in."""
