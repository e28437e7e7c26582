"""Several stores start at once on one PostgreSQL: each prepares the window, none dies of another's work."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.failures import RetryLater
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.upkeep.window import keep_window, partition_starts

STORES = 6
LATER = datetime(2031, 1, 1, tzinfo=UTC)
AGAIN_S = 0.05


@pytest.mark.timeout(300)
async def test_stores_that_prepare_the_same_days_at_once_all_live(postgres_url: str) -> None:
    stores = [open_database(postgres_url) for _ in range(STORES)]
    await migrate(stores[0])
    for day in range(3):
        await asyncio.gather(*(prepare(store, LATER + timedelta(days=20 * day)) for store in stores))
    assert len(await stores[0].read(partition_starts)) >= 3
    for store in stores:
        await store.close()


async def prepare(store: Database, now: datetime) -> None:
    """As a store's upkeep does it: where the table is locked for too long, again."""
    while True:
        try:
            await keep_window(store, now)
            return
        except RetryLater:
            await asyncio.sleep(AGAIN_S)
