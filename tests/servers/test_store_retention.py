"""Public streams keep thirty days or their bytes, tell who falls behind, and get their groups back after a loss."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from structlog.testing import capture_logs

from services.console.subscribers.registry import add_subscriber, remove_subscriber
from services.console.subscribers.start_point import read_start_point
from services.contracts.streams import ARTICLES_CLEANED, STREAM_BY_NAME, Stream
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.relay.retention import Retention
from tests.store.builders import NOON

STREAM = STREAM_BY_NAME[ARTICLES_CLEANED]


@pytest.fixture
async def retention(database_url, redis_client):
    database = open_database(database_url)
    await migrate(database)
    yield Retention(database, redis_client)
    await database.close()


def at(days_ago: float) -> str:
    return f"{int((datetime.now(UTC) - timedelta(days=days_ago)).timestamp() * 1000)}-0"


async def test_entries_older_than_thirty_days_go(retention, redis_client):
    for days_ago in range(60, 0, -1):
        for number in range(10):
            await redis_client.xadd(ARTICLES_CLEANED, {"id": number}, id=at(days_ago)[:-1] + str(number))
    await retention.keep(STREAM)
    oldest = (await redis_client.xrange(ARTICLES_CLEANED, count=1))[0][0].decode()
    assert int(oldest.split("-")[0]) >= int(at(42).split("-")[0])  # whole nodes of the stream, hence "about"


async def test_stream_above_its_bytes_is_cut_to_them(retention, redis_client):
    for number in range(2_000):
        await redis_client.xadd(ARTICLES_CLEANED, {"id": number, "data": "x" * 2_000})
    small = Stream(ARTICLES_CLEANED, "public", (), (), "", keep_days=30, keep_bytes=1_000_000)
    await retention.keep(small)
    assert await redis_client.memory_usage(ARTICLES_CLEANED, samples=100) < 1_400_000


async def test_group_that_falls_behind_is_told_once_per_mark(retention, redis_client):
    await redis_client.xadd(ARTICLES_CLEANED, {"id": "1"}, id=at(25))
    await redis_client.xgroup_create(ARTICLES_CLEANED, "slow", id=at(25))
    with capture_logs() as logs:
        await retention.keep(STREAM)
        await retention.keep(STREAM)
    [line] = [line for line in logs if line["event"] == "group_falls_behind"]
    assert (line["group"], line["share_of_retention"]) == ("slow", 0.8)


async def test_groups_of_a_lost_stream_come_back_where_they_stood(retention, redis_client):
    for number in range(1, 6):
        await redis_client.xadd(ARTICLES_CLEANED, {"id": number}, id=f"{at(1)[:-1]}{number}")
    entries = await redis_client.xrange(ARTICLES_CLEANED)
    await redis_client.xgroup_create(ARTICLES_CLEANED, "team", id="0")
    await redis_client.xreadgroup("team", "one", {ARTICLES_CLEANED: ">"}, count=3)
    await retention.keep(STREAM)
    await redis_client.flushdb()
    await retention.keep(STREAM)
    for entry_id, fields in entries:
        await redis_client.xadd(ARTICLES_CLEANED, fields, id=entry_id)
    await retention.keep(STREAM)
    [(_, rest)] = await redis_client.xreadgroup("team", "one", {ARTICLES_CLEANED: ">"})
    assert [fields[b"id"] for _, fields in rest] == [b"4", b"5"]


async def test_last_subscriber_that_was_removed_stays_removed_until_it_is_added_again(
    retention, redis_client, redis_url
):
    reader = "reading-room"
    await redis_client.xadd(ARTICLES_CLEANED, {"id": 1})
    with Redis.from_url(redis_url) as operator:
        add_subscriber(operator, reader, read_start_point("0", NOON), [ARTICLES_CLEANED])
        await retention.keep(STREAM)
        remove_subscriber(operator, reader)
        await retention.keep(STREAM)
        await retention.keep(STREAM)
        assert await redis_client.xinfo_groups(ARTICLES_CLEANED) == []
        add_subscriber(operator, reader, read_start_point("0", NOON), [ARTICLES_CLEANED])
        await retention.keep(STREAM)
        await redis_client.delete(ARTICLES_CLEANED)
        await redis_client.xadd(ARTICLES_CLEANED, {"id": 1})
        await retention.keep(STREAM)
        assert [group["name"] for group in await redis_client.xinfo_groups(ARTICLES_CLEANED)] == [
            reader.encode()
        ]
        remove_subscriber(operator, reader)
