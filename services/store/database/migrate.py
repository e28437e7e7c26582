"""Brings an archive to the schema of this release, or back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from .opening import Database

MIGRATION_LOCK = -4_012_026
"""PostgreSQL advisory lock: replicas that start together migrate one after the other."""


async def migrate(database: Database, revision: str = "head") -> str:
    """Bring the archive up (or down: `base`, a revision id) and return the revision it has then.

    Safe to call from several processes at once. Raises RetryLater when the database is away.
    """
    return await database.write(lambda connection: _migrate(connection, revision))


async def archive_revision(database: Database) -> str | None:
    """The revision the archive has; None for an empty database."""
    return await database.read(_current)


def release_revision() -> str:
    """The revision this release expects."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _migrate(connection: Connection, revision: str) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    if revision == "base" or _is_below(connection, revision):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
    return _current(connection) or "base"


def _is_below(connection: Connection, revision: str) -> bool:
    current = _current(connection)
    return revision != "head" and current is not None and revision < current


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
