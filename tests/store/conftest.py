"""The archive of the store's tests: empty, migrated, on both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.store.archive import Archive
from services.store.database.migrate import migrate
from services.store.database.opening import open_database


@asynccontextmanager
async def empty_archive(url: str) -> AsyncIterator[Archive]:
    database = open_database(url)
    await migrate(database)
    yield Archive(database)
    await database.close()


@pytest.fixture
async def archive(database_url: str) -> AsyncIterator[Archive]:
    """An empty archive."""
    async with empty_archive(database_url) as opened:
        yield opened


@pytest.fixture
async def postgres_archive(postgres_url: str) -> AsyncIterator[Archive]:
    """An empty archive on PostgreSQL."""
    async with empty_archive(postgres_url) as opened:
        yield opened
