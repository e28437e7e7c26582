"""The relay's backlog: announcements that stand in the outbox and not yet on their public stream. Reads only."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from redis.asyncio import Redis
from redis.exceptions import ResponseError
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from services.contracts.streams import PUBLIC_STREAMS

from ..database.opening import Database
from ..database.schema import outbox
from .outbox import Position, position_of

MOST_COUNTED = 100_000  # a lost stream is rebuilt from millions: beyond this the exact number helps nobody


@dataclass(frozen=True)
class RelayBacklog:
    """What one public stream still lacks: how many announcements, and how long ago the oldest was made."""

    stream: str
    waiting: int
    oldest_s: float


async def relay_backlogs(database: Database, redis: Redis, now: datetime) -> list[RelayBacklog]:
    """The backlog of each public stream. Raises RetryLater, redis.exceptions.RedisError."""
    return [await _backlog_of(database, redis, stream.name, now) for stream in PUBLIC_STREAMS]


async def _backlog_of(database: Database, redis: Redis, stream: str, now: datetime) -> RelayBacklog:
    last = await _last_position(redis, stream)
    waiting, oldest = await database.read(lambda connection: _waiting(connection, stream, last))
    return RelayBacklog(stream, waiting, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)


async def _last_position(redis: Redis, stream: str) -> Position:
    try:
        return position_of((await redis.xinfo_stream(stream))["last-generated-id"])
    except ResponseError as error:
        if "no such key" in str(error):
            return (0, 0)
        raise


def _waiting(connection: Connection, stream: str, last: Position) -> tuple[int, datetime | None]:
    waits = _is_waiting(stream, last)
    counted = select(outbox.c.n).where(waits).limit(MOST_COUNTED).subquery()
    waiting = connection.execute(select(func.count()).select_from(counted)).scalar_one()
    first = select(outbox.c.fields).where(waits).order_by(outbox.c.n).limit(1)
    fields = connection.execute(first).scalar_one_or_none() if waiting else None
    made = json.loads(fields).get("time") if fields else None
    return waiting, datetime.fromisoformat(made).astimezone(UTC) if made else None


def _is_waiting(stream: str, last: Position) -> ColumnElement[bool]:
    """Not allotted yet, or above the stream's last id. Rows without a body (forgotten, foreign) are never sent."""
    above = tuple_(outbox.c.ms, outbox.c.seq) > tuple_(*last)
    return and_(outbox.c.stream == stream, outbox.c.fields.is_not(None), or_(outbox.c.ms.is_(None), above))
