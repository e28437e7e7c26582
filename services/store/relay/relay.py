"""The relay: copies announcements from the outbox to one public stream. SQL is the truth; the stream's last id is the position."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from sqlalchemy import Connection, select, tuple_

from services.runtime.monitoring.spans import note_published
from services.runtime.monitoring.tracing import tracer

from ..database.opening import Database
from ..database.schema import outbox
from .foreign import ForeignEntries, is_ours
from .outbox import Position, allot_ids, entry_id_of, has_waiting, position_of
from .scripts import APPEND, ASIDE, SEPARATOR

BATCH = 100  # entries in one script: about 1 ms of server time; more is hardly faster
BYTES_AT_ONCE = 4_000_000  # and no more than this, for a batch of very long articles
NEWS = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(frozen=True)
class Row:
    """One announcement with its place, its fields packed as the append script takes them."""

    position: Position
    packed: bytes


class Relay:
    """Start-up, repair and normal work are one thing: `step`. Only one step of a relay runs at a time."""

    def __init__(self, database: Database, redis: Redis, stream: str, now_ms: Callable[[], int]) -> None:
        self._database, self._redis, self.stream, self._now_ms = database, redis, stream, now_ms
        self._last: Position | None = None  # where outbox and stream agree; None: compare first
        self._ahead: list[Row] = []  # read while the batch before them was on its way
        self._append = redis.register_script(APPEND)
        self._aside = redis.register_script(ASIDE)
        self._foreign = ForeignEntries(database, redis, stream)
        self.is_level = False  # whether the last step found nothing left to send
        self.floor: Position = (0, 0)  # an empty stream is rebuilt from here (`retention`)

    def forget_position(self) -> None:
        """Compare anew at the next step: after an error, and now and then when idle."""
        self._last = None

    async def step(self) -> int:
        """Append up to 100 announcements. Returns how many.

        Raises redis.exceptions.RedisError or RetryLater; the next step finds out what had been done.
        """
        last = self._last if self._last is not None else await self._compare()
        rows, self._ahead = self._ahead if last == self._last else [], []
        if not rows:
            await self._allot()
            rows = await self._read_above(last)
        self.is_level = not rows
        self._last = last if not rows else None  # unknown until the server has answered
        if rows and await self._append_rows(last, rows):
            self._last = rows[-1].position
            if tracer() is not None:
                _note_spans(self.stream, rows)
            return len(rows)
        return 0

    async def _append_rows(self, last: Position, rows: Sequence[Row]) -> bool:
        """Send one batch; while the server works at it, read the next one."""
        arguments: list[str | bytes] = [entry_id_of(last)]
        for row in rows:
            arguments += (entry_id_of(row.position), row.packed)
        reading = asyncio.ensure_future(self._read_above(rows[-1].position))
        try:
            appended, _ = await self._append(keys=[self.stream], args=arguments)
        finally:
            ahead = await reading
        self._ahead = ahead if appended else []
        return bool(appended)

    async def _read_above(self, position: Position) -> list[Row]:
        return await self._database.read(lambda connection: self._rows_above(connection, position))

    async def _allot(self) -> None:
        if await self._database.read(lambda connection: has_waiting(connection, self.stream)):
            await self._database.write(lambda connection: allot_ids(connection, self.stream, self._now_ms()))

    def _rows_above(self, connection: Connection, last: Position) -> list[Row]:
        above = max(last, self.floor) if last == (0, 0) else last
        found = connection.execute(rows_above(self.stream, above, BATCH)).all()
        rows: list[Row] = []
        size = 0
        for fields, ms, seq in found:
            size += len(fields)
            if rows and size > BYTES_AT_ONCE:
                break
            rows.append(Row((ms, seq), _packed(fields)))
        return rows

    async def _compare(self) -> Position:
        """Where the stream stands, in our ids; foreign entries on it are dealt with first."""
        while True:
            last = await self._last_id()
            top: Any = await self._redis.xrevrange(self.stream, count=1) if last != (0, 0) else []
            if last == (0, 0) or await self._is_settled(last, top):
                return last
            settled = await self._foreign.settle(last)
            if settled is not None:
                return settled
            await self._move_aside(last)

    async def _is_settled(self, last: Position, top: Sequence[Any]) -> bool:
        """Whether what stands on top is ours. A trimmed or deleted top is judged by its id alone."""
        known = await self._database.read(lambda connection: self._foreign.known_at(connection, last))
        if known is None:
            return False
        if not top or position_of(top[0][0]) != last:
            return True
        return is_ours(known, last, top[0][1])

    async def _last_id(self) -> Position:
        try:
            information = await self._redis.xinfo_stream(self.stream)
        except ResponseError as error:
            if "no such key" in str(error):
                return (0, 0)
            raise
        return position_of(information["last-generated-id"])

    async def _move_aside(self, last: Position) -> None:
        name = f"{self.stream}.foreign.{self._now_ms()}"
        if await self._aside(keys=[self.stream, name], args=[entry_id_of(last)]):
            log.error(
                "foreign_stream_moved_aside", stream=self.stream, moved_to=name, last_id=entry_id_of(last)
            )


def _note_spans(stream: str, rows: Sequence[Row]) -> None:
    """The last span of each announcement's walk. What is sent again after a loss was told when it was new."""
    now = datetime.now(UTC)
    for row in rows:
        parts = row.packed.decode().split(SEPARATOR)
        fields = dict(zip(parts[::2], parts[1::2], strict=True))
        made = datetime.fromisoformat(fields["time"])
        if now - made < NEWS:
            note_published(stream, fields["id"], fields.get("traceparent", ""), made)


def rows_above(stream: str, above: Position, limit: int) -> Any:
    """The announcements that stand above a position, in order, as (fields, ms, seq)."""
    ms, seq = above
    return (
        select(outbox.c.fields, outbox.c.ms, outbox.c.seq)
        .where(
            outbox.c.stream == stream,
            outbox.c.fields.is_not(None),
            tuple_(outbox.c.ms, outbox.c.seq) > tuple_(ms, seq),
        )
        .order_by(outbox.c.ms, outbox.c.seq)
        .limit(limit)
    )


def _packed(fields: str) -> bytes:
    return SEPARATOR.join(part for pair in json.loads(fields).items() for part in pair).encode()
