"""Entries on a public stream that the outbox does not know: adopted if they are ours after all, noted and passed otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from sqlalchemy import Connection, select, tuple_

from services.contracts.events import parse_event, stream_of_type

from ..database.opening import Database
from ..database.schema import outbox
from .outbox import (
    Position,
    entry_id_of,
    foreign_id,
    locked_head,
    move_head,
    note_event,
    note_foreign,
    place_rows,
    position_of,
)

PAGE = 100

log = structlog.get_logger()


@dataclass(frozen=True)
class Seen:
    """An entry met on the stream above the last one that is surely ours."""

    position: Position
    event_id: str
    fields: dict[str | bytes, str | bytes]


class ForeignEntries:
    """Settles with the outbox what else stands on one stream."""

    def __init__(self, database: Database, redis: Redis, stream: str) -> None:
        self._database, self._redis, self._stream = database, redis, stream

    async def settle(self, last: Position) -> Position | None:
        """Walk down to the newest entry that is ours, adopt or note what stands above it, place our lost rows above `last`.

        Returns `last`, from where the relay may go on; None when nothing on the stream is ours.
        """
        seen, base = await self._walk_down()
        if base is None and not await self._database.read(
            lambda connection: self._any_ours(connection, seen)
        ):
            return None
        adopted, moved = await self._database.write(
            lambda connection: self._settle(connection, seen, base, last)
        )
        log.error(
            "foreign_entries_on_stream",
            stream=self._stream,
            foreign=len(seen) - adopted,
            adopted=adopted,
            sent_again_above=moved,
            last_id=entry_id_of(last),
        )
        return last

    def known_at(self, connection: Connection, position: Position) -> str | None:
        """The event id the outbox has at this place; a noted foreign entry goes before a row of ours."""
        statement = (
            select(outbox.c.event_id)
            .where(outbox.c.stream == self._stream, outbox.c.ms == position[0], outbox.c.seq == position[1])
            .order_by(outbox.c.event_id.not_like("foreign:%"))
        )
        return connection.execute(statement).scalars().first()

    async def _walk_down(self) -> tuple[list[Seen], Position | None]:
        seen: list[Seen] = []
        upper = "+"
        while page := await self._page(upper):
            for entry_id, fields in page:
                position = position_of(entry_id)
                known = await self._known(position)
                if known is not None and is_ours(known, position, fields):
                    return seen, position
                seen.append(Seen(position, _event_id(fields), _texts(fields)))
            upper = f"({_text(page[-1][0])}"
        return seen, None

    async def _page(self, upper: str) -> Sequence[Any]:
        page: Any = await self._redis.xrevrange(self._stream, upper, "-", count=PAGE)
        return page or []

    async def _known(self, position: Position) -> str | None:
        return await self._database.read(lambda connection: self.known_at(connection, position))

    def _any_ours(self, connection: Connection, seen: Sequence[Seen]) -> bool:
        return any(self._row_of(connection, entry.event_id) is not None for entry in seen)

    def _settle(
        self, connection: Connection, seen: Sequence[Seen], base: Position | None, last: Position
    ) -> tuple[int, int]:
        top = max(locked_head(connection, self._stream), last)
        adopted: dict[int, Position] = {}
        for entry in seen:  # the newest first: of two entries with one event id the newer is the row's
            row = self._row_of(connection, entry.event_id)
            if row is None and self._take_back(connection, entry):
                row = self._row_of(connection, entry.event_id)
            if row is None or row in adopted:
                note_foreign(connection, self._stream, entry.position)
            else:
                adopted[row] = entry.position
        # Without an entry of ours below, whatever should stand under the oldest entry was trimmed, not lost.
        above = base if base is not None else min(entry.position for entry in seen)
        lost = [row for row in self._rows_above(connection, above) if row not in adopted]
        places = dict(adopted)
        for row in lost:
            top = (top[0], top[1] + 1)
            places[row] = top
        rows = [{"row": row, "to_ms": place[0], "to_seq": place[1]} for row, place in places.items()]
        place_rows(connection, rows)
        move_head(connection, self._stream, top)
        return len(adopted), len(lost)

    def _take_back(self, connection: Connection, entry: Seen) -> bool:
        """An event of ours that the outbox has lost, to a backup older than it: noted whole, it is announced no more.

        True if it was one.
        """
        try:
            event, data = parse_event(entry.fields)
            if stream_of_type(event.type) != self._stream:
                return False
        except (KeyError, ValueError):
            return False
        article_id = getattr(data, "article_id", None)
        note_event(connection, self._stream, entry.position, entry.fields, article_id)
        return True

    def _row_of(self, connection: Connection, event_id: str) -> int | None:
        statement = select(outbox.c.n).where(outbox.c.stream == self._stream, outbox.c.event_id == event_id)
        return connection.execute(statement.where(outbox.c.event_id.not_like("foreign:%"))).scalars().first()

    def _rows_above(self, connection: Connection, base: Position) -> list[int]:
        statement = select(outbox.c.n).where(
            outbox.c.stream == self._stream,
            outbox.c.fields.is_not(None),
            tuple_(outbox.c.ms, outbox.c.seq) > tuple_(base[0], base[1]),
        )
        return list(connection.execute(statement.order_by(outbox.c.ms, outbox.c.seq)).scalars())


def is_ours(known: str, position: Position, fields: Mapping[bytes, bytes]) -> bool:
    """Whether an entry is the one the outbox means: the event id too; an equal entry id proves nothing."""
    return known in (_event_id(fields), foreign_id(position))


def _event_id(fields: Mapping[Any, Any]) -> str:
    value = fields.get(b"id", fields.get("id", b""))
    return _text(value)


def _texts(fields: Mapping[Any, Any]) -> dict[str | bytes, str | bytes]:
    return {_text(name): _text(value) for name, value in fields.items()}


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
