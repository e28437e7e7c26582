"""Migrations run up and down on both databases."""

from services.store.database import open_database
from services.store.migrate import archive_revision, migrate, release_revision


async def test_archive_migrates_up_and_down_and_up_again(database_url):
    database = open_database(database_url)
    assert await archive_revision(database) is None
    assert await migrate(database) == release_revision()
    assert await migrate(database) == release_revision()
    assert await migrate(database, "base") == "base"
    assert await archive_revision(database) is None
    assert await migrate(database) == release_revision()
    await database.close()
