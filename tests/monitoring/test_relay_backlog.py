"""What the relay still has to send is counted from the archive and the stream itself, on both databases."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import insert

from services.contracts.streams import ARTICLES_CLEANED, PUBLIC_STREAMS
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.database.schema import outbox
from services.store.relay.backlog import relay_backlogs
from services.store.relay.relay import Relay
from services.store.relay.relaying import now_ms
from tests.store.builders import NOON


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


async def announce(database: Database, *numbers: int) -> None:
    rows = [
        {
            "stream": ARTICLES_CLEANED,
            "event_id": f"event-{number}",
            "fields": json.dumps(
                {"id": f"event-{number}", "time": (NOON + timedelta(seconds=number)).isoformat()}
            ),
        }
        for number in numbers
    ]
    await database.write(lambda connection: connection.execute(insert(outbox), rows))


async def waiting(database: Database, redis: Redis) -> tuple[int, float]:
    backlogs = await relay_backlogs(database, redis, NOON + timedelta(minutes=1))
    assert [one.stream for one in backlogs] == [stream.name for stream in PUBLIC_STREAMS]
    (own,) = [one for one in backlogs if one.stream == ARTICLES_CLEANED]
    return own.waiting, own.oldest_s


async def test_backlog_is_what_the_stream_lacks(database: Database, redis_client: Redis) -> None:
    relay = Relay(database, redis_client, ARTICLES_CLEANED, now_ms)
    assert await waiting(database, redis_client) == (0, 0.0)

    await announce(database, 10, 20)
    assert await waiting(database, redis_client) == (2, 50.0)

    await relay.step()
    assert await waiting(database, redis_client) == (0, 0.0)

    await announce(database, 30)
    assert await waiting(database, redis_client) == (1, 30.0)


async def test_lost_stream_is_backlog_again(database: Database, redis_client: Redis) -> None:
    await announce(database, 10, 20)
    await Relay(database, redis_client, ARTICLES_CLEANED, now_ms).step()
    await redis_client.delete(ARTICLES_CLEANED)
    assert await waiting(database, redis_client) == (2, 50.0)
