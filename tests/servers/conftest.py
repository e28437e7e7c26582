"""Fixtures of the delivery tests: engines in this process, replicas in their own, and waiting with a deadline."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from redis.asyncio import Redis

from bench.delivery_rig import GROUP, SOURCE, Replica, start_replica
from services.runtime.delivery.engine import Engine, Process
from services.runtime.delivery.policy import Policy

QUICK = {
    "visibility_s": 1.0,
    "backoff_s": (0.05, 0.1, 0.1),
    "probe_s": (0.1, 0.4),
    "block_s": 0.1,
    "grace_s": 1.0,
}


@pytest.fixture
def quick_policy() -> Callable[..., Policy]:
    """A policy with short times; arguments as Policy has them."""
    return lambda **changes: Policy(**{**QUICK, **changes})


@pytest.fixture
async def start_engine(
    redis_url: str, quick_policy: Callable[..., Policy]
) -> AsyncIterator[Callable[..., Any]]:
    """Start engines on the rig's stream; all are stopped at the test's end."""
    engines: list[tuple[Engine, Redis]] = []

    async def start(
        process: Process, *, stream: str = SOURCE, group: str = GROUP, origin_of: Any = None, **policy: Any
    ) -> Engine:
        extra = {"origin_of": origin_of} if origin_of else {}
        engine, redis = (
            Engine(stream, group, process, quick_policy(**policy), **extra),
            Redis.from_url(redis_url),
        )
        engines.append((engine, redis))
        await engine.start(redis)
        return engine

    yield start
    for engine, redis in engines:
        await engine.stop()
        await redis.aclose()


@pytest.fixture
def replicas(redis_url: str) -> Iterator[Callable[..., Replica]]:
    """Start replicas of the rig as processes; all are killed at the test's end."""
    started: list[Replica] = []

    def start(**options: Any) -> Replica:
        started.append(start_replica(redis_url, **options))
        return started[-1]

    yield start
    for replica in started:
        replica.kill()
