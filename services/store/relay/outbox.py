"""The outbox: announcements written with the claim, entry ids allotted afterwards. Strictly rising, whatever the clock does."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from services.contracts.events import stream_of_type

from ..database.prepared import put_new
from ..database.schema import head, outbox
from ..database.statements import insert_new
from .announcement import Announcement

ALLOTTED_AT_ONCE = 1_000

Position = tuple[int, int]
"""An entry id as two integers, milliseconds and sequence; never compared as text."""


def write_announcements(
    connection: Connection, announcements: Sequence[Announcement], traceparent: str = ""
) -> None:
    """Add announcements in order; runs inside the claim. An event id that is there already stays as it is.

    `traceparent` is that of the claim, for the trace to go on at the subscribers.
    """
    put_new(connection, outbox, outbox_rows(announcements, traceparent))


def outbox_rows(announcements: Sequence[Announcement], traceparent: str = "") -> list[dict[str, Any]]:
    """The rows of announcements, in order."""
    return [
        {
            "stream": stream_of_type(announcement.event.type),
            "event_id": announcement.event.id,
            "article_id": announcement.article_id,
            "fields": json.dumps(_fields_of(announcement, traceparent), ensure_ascii=False),
        }
        for announcement in announcements
    ]


def _fields_of(announcement: Announcement, traceparent: str) -> dict[str, str]:
    event = announcement.event
    return (event.model_copy(update={"traceparent": traceparent}) if traceparent else event).to_fields()


def allot_ids(connection: Connection, stream: str, now_ms: int) -> int:
    """Give the waiting announcements of `stream` their entry ids; a short transaction of its own. Returns how many."""
    last = locked_head(connection, stream)
    waiting = select(outbox.c.n).where(outbox.c.stream == stream, outbox.c.ms.is_(None))
    numbers = connection.execute(waiting.order_by(outbox.c.n).limit(ALLOTTED_AT_ONCE)).scalars().all()
    rows = []
    for n in numbers:
        last = (now_ms, 0) if now_ms > last[0] else (last[0], last[1] + 1)
        rows.append({"row": n, "to_ms": last[0], "to_seq": last[1]})
    place_rows(connection, rows)
    if rows:
        move_head(connection, stream, last)
    return len(rows)


def has_waiting(connection: Connection, stream: str) -> bool:
    """Whether an announcement has no entry id yet."""
    waiting = select(outbox.c.n).where(outbox.c.stream == stream, outbox.c.ms.is_(None))
    return connection.execute(waiting.limit(1)).first() is not None


def locked_head(connection: Connection, stream: str) -> Position:
    """The last id allotted on `stream`, its row locked until the transaction ends."""
    row = select(head.c.ms, head.c.seq).where(head.c.stream == stream).with_for_update()
    found = connection.execute(row).first()
    if found is None:
        connection.execute(insert_new(connection, head), {"stream": stream, "ms": 0, "seq": 0})
        found = connection.execute(row).one()
    return found.ms, found.seq


def move_head(connection: Connection, stream: str, last: Position) -> None:
    """Note the last id allotted."""
    connection.execute(update(head).where(head.c.stream == stream), {"ms": last[0], "seq": last[1]})


def place_rows(connection: Connection, rows: Sequence[dict[str, int]]) -> None:
    """Give outbox rows (`row`) their entry ids (`to_ms`, `to_seq`)."""
    if rows:
        statement = update(outbox).where(outbox.c.n == bindparam("row"))
        connection.execute(statement.values(ms=bindparam("to_ms"), seq=bindparam("to_seq")), list(rows))


def note_foreign(connection: Connection, stream: str, position: Position) -> None:
    """Keep a place on the stream that another writer took, as a row without a body."""
    row = {"stream": stream, "event_id": foreign_id(position), "ms": position[0], "seq": position[1]}
    connection.execute(insert_new(connection, outbox), row)


def note_event(
    connection: Connection, stream: str, position: Position, fields: Mapping[Any, Any], article_id: str | None
) -> None:
    """Keep an event that stands on the stream as if it had been announced from here."""
    body = json.dumps(dict(fields), ensure_ascii=False)
    row = {"stream": stream, "event_id": fields["id"], "article_id": article_id, "fields": body}
    connection.execute(insert_new(connection, outbox), row | {"ms": position[0], "seq": position[1]})


def foreign_id(position: Position) -> str:
    """The event id that such a row carries."""
    return f"foreign:{position[0]}-{position[1]}"


def entry_id_of(position: Position) -> str:
    """The entry id as Redis spells it."""
    return f"{position[0]}-{position[1]}"


def position_of(entry_id: str | bytes) -> Position:
    """The two integers of an entry id."""
    text = entry_id.decode() if isinstance(entry_id, bytes) else entry_id
    ms, _, seq = text.partition("-")
    return int(ms), int(seq or 0)
