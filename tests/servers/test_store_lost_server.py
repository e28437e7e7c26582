"""PostgreSQL vanishes without a word, in the middle of its work: the store waits no longer than it must, and goes on."""

import asyncio

import pytest
from sqlalchemy import text

from bench.chaos.proxy import FaultProxy
from bench.embedded_postgres import EmbeddedPostgres
from services.contracts.failures import RetryLater
from services.store.database import postgres
from services.store.database.postgres import PostgresDatabase


@pytest.mark.timeout(120)
async def test_connection_that_stays_silent_is_given_up_and_the_next_one_works(
    postgres_url: str, postgres_server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ANSWER_TIMEOUT_S", 1.0)
    proxy = await FaultProxy(postgres_server.port).start()
    database = PostgresDatabase(postgres_url.replace(str(postgres_server.port), str(proxy.port)))
    assert await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1
    waiting = asyncio.ensure_future(
        database.read(lambda connection: connection.execute(text("SELECT pg_sleep(0.9)")))
    )
    await asyncio.sleep(0.3)
    proxy.abandon()
    async with asyncio.timeout(60):
        with pytest.raises(RetryLater):
            await waiting
    assert await database.read(lambda connection: connection.execute(text("SELECT 2")).scalar_one()) == 2
    await database.close()
    await proxy.stop()


@pytest.mark.timeout(120)
async def test_store_parts_from_a_server_that_has_fallen_silent(
    postgres_url: str, postgres_server: EmbeddedPostgres
) -> None:
    proxy = await FaultProxy(postgres_server.port).start()
    database = PostgresDatabase(postgres_url.replace(str(postgres_server.port), str(proxy.port)))
    assert await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1
    proxy.abandon()
    async with asyncio.timeout(60):  # the driver by itself waits for ever
        await database.close()
    await proxy.stop()
