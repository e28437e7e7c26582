"""A fail-over of three sentinels on loopback: the stage goes on with the new master, and what it lost is known."""

import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bench.sentinel_rig import sentinel_cluster
from services.runtime.broker import build_broker, connect_redis
from services.runtime.delivery.policy import Policy
from services.runtime.settings import ServiceSettings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit, publish


class Note(BaseModel):
    id: int


@pytest.mark.timeout(90)
async def test_stage_goes_on_with_the_new_master(tmp_path: Path, eventually: Any) -> None:
    async with sentinel_cluster(tmp_path) as cluster:
        settings = ServiceSettings(redis_url=cluster.url, visibility_s=2)
        broker = build_broker(settings)

        @reliable(broker, "in", "stage", policy=Policy(visibility_s=2.0, backoff_s=(0.1,)))
        async def on_note(note: Note) -> None:
            emit("out", note)

        client = connect_redis(settings.redis_url)
        await broker.start()
        for number in range(50):
            await publish(client, "in", Note(id=number))
        await eventually(lambda: has_outputs(client, 50))
        assert await client.wait(1, 2_000) == 1, "the replica has everything up to here"
        cluster.master.process.kill()
        cluster.master.process.wait()
        died = time.monotonic()
        await eventually(lambda: is_published(client, 50), within_s=30, every_s=0.1)
        for number in range(51, 80):
            await publish(client, "in", Note(id=number))
        await eventually(lambda: has_outputs(client, 80), within_s=20)
        assert time.monotonic() - died < 30
        outputs = [entry_id for entry_id, _ in await client.xrange("out")]
        assert len(outputs) == 80
        async with Redis.from_url(cluster.replica.url) as promoted:
            assert await promoted.xlen("out") == 80
        await broker.stop()
        await client.aclose()


async def has_outputs(client: Redis, count: int) -> bool:
    try:
        return await client.xlen("out") >= count
    except (RedisError, OSError):
        return False


async def is_published(client: Redis, number: int) -> bool:
    """Put one entry as soon as somebody takes it; while there is no master nobody does."""
    try:
        await publish(client, "in", Note(id=number))
    except (TimeoutError, RedisError, OSError):
        return False
    return True
