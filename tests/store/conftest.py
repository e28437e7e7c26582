"""The archive of the store's tests: empty, migrated, on both databases."""

from collections.abc import AsyncIterator

import pytest

from services.store.archive import Archive
from services.store.database.migrate import migrate
from services.store.database.opening import open_database


@pytest.fixture
async def archive(database_url: str) -> AsyncIterator[Archive]:
    """An empty archive."""
    database = open_database(database_url)
    await migrate(database)
    yield Archive(database)
    await database.close()


@pytest.fixture
async def postgres_archive(postgres_url: str) -> AsyncIterator[Archive]:
    """An empty archive on PostgreSQL."""
    database = open_database(postgres_url)
    await migrate(database)
    yield Archive(database)
    await database.close()
