"""An engine stops even where the client swallows a cancellation."""

import asyncio
from typing import Any

from redis.asyncio import Redis

from bench.delivery_rig import GROUP, SOURCE, Handler, add_entries
from services.runtime.delivery.engine import Engine
from services.runtime.delivery.policy import Policy


class SwallowingRedis(Redis):
    """Once told to, its scripts hang until they are cancelled, and then answer as if nothing had been."""

    hangs = False

    async def execute_command(self, *arguments: Any, **options: Any) -> Any:
        if self.hangs and arguments[0] in ("EVALSHA", "EVAL"):
            try:
                await asyncio.sleep(3_600)
            except asyncio.CancelledError:
                return 0
        return await super().execute_command(*arguments, **options)


async def test_engine_stops_though_its_client_swallows_a_cancellation(
    redis_client: Redis, redis_url: str, eventually: Any
) -> None:
    await add_entries(redis_client, range(1), do="slow", s="60")
    policy = Policy(visibility_s=0.6, block_s=0.1, grace_s=0.2)
    client: Any = SwallowingRedis.from_url(redis_url)
    async with client:
        engine = Engine(SOURCE, GROUP, Handler(redis_client, 0), policy)
        await engine.start(client)
        await eventually(lambda: engine.status().running == 1)
        client.hangs = True
        await asyncio.sleep(policy.heartbeat_s * 2)  # the heartbeat is on its way now
        try:
            async with asyncio.timeout(30):
                await engine.stop()
        finally:
            client.hangs = False
