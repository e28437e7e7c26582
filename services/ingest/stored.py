"""Typed reads of what ingest keeps in Redis: text comes out, whatever the client's typing says."""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis


async def read_hash(redis: Redis, key: str) -> dict[str, str]:
    """All fields of a hash; empty where there is none."""
    stored: Any = await redis.hgetall(key)
    return {name.decode(): value.decode("utf-8", "replace") for name, value in stored.items()}


async def read_fields(redis: Redis, key: str, names: Sequence[str]) -> list[str | None]:
    """The named fields of a hash, None where one is missing."""
    stored: Any = await redis.hmget(key, list(names)) if names else []
    return [None if value is None else value.decode("utf-8", "replace") for value in stored]


async def read_due(redis: Redis, key: str, until: float, limit: int) -> list[tuple[str, float]]:
    """Members of a sorted set with a score up to `until`, lowest first."""
    rows: Any = await redis.zrangebyscore(key, 0, until, start=0, num=limit, withscores=True)
    return [(member.decode(), float(score)) for member, score in rows]
