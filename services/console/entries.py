"""Entries read from streams, as plain tuples: the place where the client's untyped replies end."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from redis.asyncio import Redis

BATCH = 100


class StreamEntry(NamedTuple):
    """One entry: its stream, its id as text, its fields as bytes."""

    stream: str
    id: str
    fields: dict[str | bytes, str | bytes]


async def entries_after(redis: Redis, last: Mapping[str, str], block_ms: int | None) -> list[StreamEntry]:
    """Up to 100 entries of each stream after the ids in `last`, waiting `block_ms` for one (None: not at all)."""
    streams: Any = dict(last)
    replies: Any = await redis.xread(streams, count=BATCH, block=block_ms)
    return [
        StreamEntry(name.decode(), entry_id.decode(), fields)
        for name, entries in replies
        for entry_id, fields in entries
    ]


async def newest_entries(redis: Redis, stream: str, above: str, count: int) -> list[StreamEntry]:
    """The newest `count` entries of `stream` above the id `above` (all: `-`), oldest first."""
    replies: Any = await redis.xrevrange(stream, "+", above if above == "-" else f"({above}", count=count)
    return [StreamEntry(stream, entry_id.decode(), fields) for entry_id, fields in reversed(replies)]
