"""Migrations run up and down on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.store.database.migrate import archive_revision, migrate, release_revision
from services.store.database.opening import open_database
from services.store.database.schema import metadata


async def test_archive_migrates_up_and_down_and_up_again(database_url):
    database = open_database(database_url)
    assert await archive_revision(database) is None
    assert await migrate(database) == release_revision()
    assert await migrate(database) == release_revision()
    assert await migrate(database, "base") == "base"
    assert await archive_revision(database) is None
    assert await migrate(database) == release_revision()
    await database.close()


async def test_migrations_give_the_schema_that_the_code_means(database_url):
    database = open_database(database_url)
    await migrate(database)
    differences = await database.read(lambda c: compare_metadata(_context(c), metadata))
    await database.close()
    assert [one for one in differences if not _is_text_index(one)] == []


def _context(connection):
    return MigrationContext.configure(connection, opts={"compare_type": False})


def _is_text_index(difference):
    """FTS5's own tables, tsvector and the partitions are no part of the common schema."""
    what = difference[1] if isinstance(difference, tuple) else None
    name = getattr(what, "name", "") or ""
    table = getattr(getattr(what, "table", None), "name", "") or ""
    return name.startswith(("search_text", "sketch_", "ix_search_text")) or table.startswith("search_text")
