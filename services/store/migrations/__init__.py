"""The archive's migrations, run by `store.migrate`: no alembic.ini, the connection comes in."""
