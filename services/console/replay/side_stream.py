"""The side stream: what a replay made waits there for a person to look at it, then goes on or is forgotten."""

from typing import Any, cast

from redis.asyncio import Redis

from services.contracts.messages import NormalizedArticle
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_REPLAYED
from services.runtime.wire import publish

AT_ONCE = 100


async def waiting(redis: Redis) -> int:
    """How many entries wait."""
    return int(await redis.xlen(ARTICLES_REPLAYED))


async def put_aside(redis: Redis, article: NormalizedArticle) -> None:
    """Add one article."""
    await publish(redis, ARTICLES_REPLAYED, article)


async def promote(redis: Redis) -> int:
    """Move every entry to `articles.normalized`, in order; returns how many. Interrupted, it can simply be repeated."""
    moved = 0
    while entries := await redis.xrange(ARTICLES_REPLAYED, count=AT_ONCE):
        async with redis.pipeline(transaction=True) as script:
            for entry in entries:
                entry_id, fields = cast(tuple[bytes, dict[Any, Any]], entry)
                script.xadd(ARTICLES_NORMALIZED, fields)
                script.xdel(ARTICLES_REPLAYED, entry_id)
            await script.execute()
        moved += len(entries)
    await redis.delete(ARTICLES_REPLAYED)
    return moved


async def discard(redis: Redis) -> int:
    """Forget every entry; returns how many there were."""
    count = await waiting(redis)
    await redis.delete(ARTICLES_REPLAYED)
    return count
