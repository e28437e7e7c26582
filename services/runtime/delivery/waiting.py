"""How much a group has still to do: what it was not given yet, and what it was given and has not finished."""

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError


@dataclass(frozen=True)
class Waiting:
    """Entries of one stream still to do by one group: `lag` not given out yet, `pending` given out and unfinished."""

    lag: int
    pending: int


async def waiting_of(redis: Redis, stream: str) -> dict[str, Waiting]:
    """Each group of `stream` with what waits for it; nothing where there is no such stream."""
    try:
        groups = await redis.xinfo_groups(stream)
    except ResponseError as error:
        if "no such key" in str(error):
            return {}
        raise
    return {
        _text(group["name"]): Waiting(await _lag_of(redis, stream, group), int(group["pending"]))
        for group in groups
    }


async def waiting_entries(redis: Redis, stream: str, group: str) -> int:
    """Entries of `stream` still to do by `group`; all of them where the group does not exist yet."""
    waiting = (await waiting_of(redis, stream)).get(group)
    return await redis.xlen(stream) if waiting is None else waiting.lag + waiting.pending


async def _lag_of(redis: Redis, stream: str, group: dict[str, Any]) -> int:
    """The server's own figure. It has none after XDEL or for a group made in mid-stream: then 0 where nothing follows
    the last entry given out, else the most it can be (counting would copy every entry).
    """
    if group.get("lag") is not None:
        return int(group["lag"])
    if not await redis.xrange(stream, min=f"({_text(group['last-delivered-id'])}", count=1):
        return 0
    return max(await redis.xlen(stream) - int(group["pending"]), 1)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
