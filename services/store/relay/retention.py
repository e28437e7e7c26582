"""Public streams end somewhere: 30 days or 2 GiB, whatever reads them. Where their groups stand is kept for a rebuild."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import Connection, delete, insert, select

from services.contracts.failures import RetryLater
from services.contracts.streams import PUBLIC_STREAMS, REMOVED_SUBSCRIBERS, Stream, removed_field

from ..database.opening import Database
from ..database.schema import subscriber_position
from .outbox import Position, entry_id_of, position_of

EVERY_S = 60.0
SIZE_SAMPLES = 100
WARN_AT = (0.5, 0.8)
"""A group that still has to read an entry of this share of the retention's age is announced to operators."""
EXPORT_HINT = "entries that are gone stay in the archive: cleanwire export --from ID"

log = structlog.get_logger()


class Retention:
    """Trims the public streams, warns of groups that fall behind, notes and restores their positions."""

    def __init__(
        self, database: Database, redis: Redis, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database, self._redis, self._now = database, redis, now
        self._warned: dict[tuple[str, str], float] = {}

    async def run(self) -> None:
        """Every minute, for ever; a server that is away is waited for."""
        while True:
            try:
                for stream in PUBLIC_STREAMS:
                    await self.keep(stream)
            except (RedisError, OSError, RetryLater) as error:
                log.warning("retention_waits", reason=str(error)[:200])
            await asyncio.sleep(EVERY_S)

    async def keep(self, stream: Stream) -> None:
        """One round: restore groups that were lost with the stream, note the others, warn, trim."""
        groups = await self._groups(stream.name)
        fields: Any = await self._redis.hkeys(REMOVED_SUBSCRIBERS)
        removed = {field.decode() for field in fields}
        await self._database.write(lambda connection: _forget(connection, stream.name, removed))
        await self._restore(stream.name, groups)
        await self._database.write(lambda connection: _note(connection, stream.name, groups, self._now()))
        for name, position in groups.items():
            self._warn(stream, name, position)
        await self._trim(stream)

    async def _groups(self, stream: str) -> dict[str, Position]:
        try:
            found: Any = await self._redis.xinfo_groups(stream)
        except ResponseError as error:
            if "no such key" in str(error):
                return {}
            raise
        return {one["name"].decode(): position_of(one["last-delivered-id"]) for one in found}

    async def _restore(self, stream: str, groups: dict[str, Position]) -> None:
        """A flushed stream loses its groups; rebuilt under the same ids, they go on where they were."""
        noted = await self._database.read(lambda connection: _noted(connection, stream))
        for name, position in noted.items():
            if name not in groups and not groups and await self._redis.exists(stream):
                await self._redis.xgroup_create(stream, name, id=entry_id_of(position))
                log.warning("group_restored", stream=stream, group=name, position=entry_id_of(position))

    def _warn(self, stream: Stream, group: str, position: Position) -> None:
        floor, newest = floor_of(stream, self._now())[0], self._now().timestamp() * 1_000
        if floor <= 0 or position == (0, 0):
            return
        age = (newest - position[0]) / (newest - floor)
        reached = max((mark for mark in WARN_AT if age >= mark), default=0.0)
        if reached > self._warned.get((stream.name, group), 0.0):
            log.warning(
                "group_falls_behind",
                stream=stream.name,
                group=group,
                share_of_retention=reached,
                hint=EXPORT_HINT,
            )
        self._warned[stream.name, group] = reached

    async def _trim(self, stream: Stream) -> None:
        await self._redis.xtrim(
            stream.name, minid=entry_id_of(floor_of(stream, self._now())), approximate=True
        )
        size = await self._redis.memory_usage(stream.name, samples=SIZE_SAMPLES) or 0
        if stream.keep_bytes is not None and size > stream.keep_bytes:
            length = await self._redis.xlen(stream.name)
            kept = int(length * stream.keep_bytes / size)
            await self._redis.xtrim(stream.name, maxlen=kept, approximate=True)
            log.info("public_stream_trimmed", stream=stream.name, bytes=size, kept=kept)


def floor_of(stream: Stream, now: datetime) -> Position:
    """The oldest position a stream keeps by its age: a rebuild begins here."""
    if stream.keep_days is None:
        return (0, 0)
    return int((now - timedelta(days=stream.keep_days)).timestamp() * 1_000), 0


def _note(connection: Connection, stream: str, groups: dict[str, Position], now: datetime) -> None:
    """Keep where the groups stand; with none there, keep what was known: they may have been lost with the stream."""
    if not groups:
        return
    connection.execute(delete(subscriber_position).where(subscriber_position.c.stream == stream))
    rows = [
        {"stream": stream, "consumer_group": name, "ms": position[0], "seq": position[1], "noted_at": now}
        for name, position in groups.items()
    ]
    connection.execute(insert(subscriber_position), rows)


def _forget(connection: Connection, stream: str, removed: set[str]) -> None:
    """Drop the notes of groups that were removed on purpose: they are not lost."""
    gone = [name for name in _noted(connection, stream) if removed_field(stream, name) in removed]
    if gone:
        at = subscriber_position.c
        connection.execute(
            delete(subscriber_position).where(at.stream == stream, at.consumer_group.in_(gone))
        )


def _noted(connection: Connection, stream: str) -> dict[str, Position]:
    statement = select(subscriber_position).where(subscriber_position.c.stream == stream)
    return {row.consumer_group: (row.ms, row.seq) for row in connection.execute(statement)}
