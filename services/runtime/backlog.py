"""The backlog: what each stream holds, what each group has still to do, and how old the oldest of it is."""

from dataclasses import dataclass

from redis.asyncio import Redis

from services.contracts.streams import STREAMS, dead_letters_of

from .delivery.waiting import Waiting, waiting_of

DECLARED_GROUPS = {stream.name: stream.groups for stream in STREAMS}


@dataclass(frozen=True)
class GroupBacklog:
    """What one group has still to do; `oldest_pending_s` since the oldest entry it was given came onto the stream."""

    lag: int
    pending: int
    oldest_pending_s: float | None


@dataclass(frozen=True)
class StreamBacklog:
    """One stream: its length, its groups (a declared one that is missing has everything to do), its dead letters."""

    length: int
    groups: dict[str, GroupBacklog]
    dead: int


async def backlogs(redis: Redis) -> dict[str, StreamBacklog]:
    """The backlog of every stream of the table, in its order."""
    return {stream.name: await backlog_of(redis, stream.name) for stream in STREAMS}


async def backlog_of(redis: Redis, stream: str) -> StreamBacklog:
    """The backlog of one stream; all zero where it does not exist."""
    length = await redis.xlen(stream)
    waiting = await waiting_of(redis, stream)
    for name in DECLARED_GROUPS.get(stream, ()):
        waiting.setdefault(name, Waiting(lag=length, pending=0))
    groups = {name: await _group_backlog(redis, stream, name, todo) for name, todo in waiting.items()}
    return StreamBacklog(length, groups, dead=await redis.xlen(dead_letters_of(stream)))


async def _group_backlog(redis: Redis, stream: str, group: str, todo: Waiting) -> GroupBacklog:
    oldest_s = await _oldest_pending_s(redis, stream, group) if todo.pending else None
    return GroupBacklog(todo.lag, todo.pending, oldest_s)


async def _oldest_pending_s(redis: Redis, stream: str, group: str) -> float | None:
    oldest = (await redis.xpending(stream, group))["min"]
    if oldest is None:  # finished between the two looks
        return None
    written_ms = int((oldest.decode() if isinstance(oldest, bytes) else oldest).split("-")[0])
    seconds, microseconds = await redis.time()
    return max(round(seconds + microseconds / 1e6 - written_ms / 1e3, 3), 0.0)
