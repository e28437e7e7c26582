"""The server's clock is set back by an hour: what a dead consumer held is taken over all the same."""

from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bench.chaos.clock import NEEDED, SteppedClock, libfaketime
from bench.chaos.field import shown_clock
from bench.delivery_rig import GROUP, SOURCE, Handler, add_entries, outputs_of
from services.console.local.embedded_valkey import start_valkey
from services.runtime.delivery.engine import Engine

pytestmark = pytest.mark.skipif(libfaketime() is None, reason=NEEDED)


async def test_entries_of_a_dead_consumer_age_again_after_the_clock_was_set_back(
    tmp_path: Path, quick_policy: Any, eventually: Any
) -> None:
    clock = SteppedClock(tmp_path / "clock")
    with shown_clock(clock):
        server = start_valkey(tmp_path / "valkey")
    async with Redis.from_url(server.url) as redis, Redis.from_url(server.url) as engine_redis:
        await redis.xgroup_create(SOURCE, GROUP, id="0", mkstream=True)
        await add_entries(redis, range(10))
        await redis.xreadgroup(GROUP, "ghost", {SOURCE: ">"}, count=10)
        clock.step(-3_600)
        await eventually(lambda: looks_just_given_out(redis))
        engine = Engine(SOURCE, GROUP, Handler(redis, 0), quick_policy())
        await engine.start(engine_redis)
        await eventually(lambda: has_all(redis, 10))
        await engine.stop()
        assert sorted(await outputs_of(redis)) == list(range(10))
    server.stop()


async def has_all(redis: Redis, count: int) -> bool:
    return len(await outputs_of(redis)) >= count


async def looks_just_given_out(redis: Redis) -> bool:
    return await redis.xpending_range(SOURCE, GROUP, "-", "+", 10, idle=1) == []
