"""Reads the announced events from the archive, page by page, with constant memory; no transaction outlives its page."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic_core import from_json  # half the time of json.loads on 5 KB
from sqlalchemy import Connection, Select, and_, func, or_, select

from services.contracts.events import ARTICLE_WITHDRAWN
from services.contracts.streams import ARTICLES_CLEANED
from services.store.database.opening import Database
from services.store.database.schema import article, article_group, outbox

PAGE = 250
Position = tuple[int, int]
"""An entry id as two numbers, milliseconds and sequence."""
START: Position = (0, 0)
LAST_SEQUENCE = 2**63 - 1  # what the databases' integers hold; a stream's own sequences never come near
END: Position = (2**62, 0)


@dataclass(frozen=True)
class Wanted:
    """Which events to export: after an entry id, of a topic, of some articles; `newest`: only the state that holds now."""

    after: Position = START
    topic: str = ""
    articles: frozenset[str] | None = None
    newest: bool = False
    newest_first: bool = False


@dataclass(frozen=True)
class ExportedEvent:
    """One event with its place on the stream. `fields` are the entry's; `data` is parsed when it is first asked for."""

    entry_id: str
    fields: dict[str, str]

    @cached_property
    def data(self) -> dict[str, Any]:
        """The message itself."""
        parsed: dict[str, Any] = from_json(self.fields["data"])
        return parsed

    @property
    def time(self) -> datetime:
        """When the store decided."""
        return datetime.fromisoformat(self.fields["time"])


async def exported_events(database: Database, wanted: Wanted) -> AsyncIterator[list[ExportedEvent]]:
    """The events in pages, in the order of the stream (or newest first); the next page is read meanwhile."""
    position = END if wanted.newest_first else wanted.after
    reading = asyncio.create_task(database.read(_page_reader(wanted, position)))
    try:
        while True:
            rows = await reading
            if not rows:
                return
            position = (rows[-1].ms, rows[-1].seq)
            reading = asyncio.create_task(database.read(_page_reader(wanted, position)))
            yield await _chosen(database, wanted, rows)
    finally:
        reading.cancel()
        await asyncio.wait([reading])


async def count_events(database: Database, wanted: Wanted) -> int:
    """How many events there are to look at, before any filter: what a progress bar counts to."""
    statement = select(func.count()).select_from(outbox).where(_stands(), _beyond(wanted.after))
    return int(await database.read(lambda connection: connection.execute(statement).scalar_one()))


def _page_reader(wanted: Wanted, position: Position) -> Any:
    order = (outbox.c.ms.desc(), outbox.c.seq.desc()) if wanted.newest_first else (outbox.c.ms, outbox.c.seq)
    bounds = (_before(position), _beyond(wanted.after)) if wanted.newest_first else (_beyond(position),)
    statement: Select[Any] = select(outbox.c.ms, outbox.c.seq, outbox.c.fields).where(_stands(), *bounds)
    statement = statement.order_by(*order).limit(PAGE)
    return lambda connection: connection.execute(statement).all()


def _stands() -> Any:
    return and_(outbox.c.stream == ARTICLES_CLEANED, outbox.c.fields.is_not(None))


def _beyond(position: Position) -> Any:
    ms, sequence = position
    return and_(outbox.c.ms >= ms, or_(outbox.c.ms > ms, outbox.c.seq > sequence))


def _before(position: Position) -> Any:
    ms, sequence = position
    return and_(outbox.c.ms <= ms, or_(outbox.c.ms < ms, outbox.c.seq < sequence))


async def _chosen(database: Database, wanted: Wanted, rows: Sequence[Any]) -> list[ExportedEvent]:
    events = [ExportedEvent(f"{row.ms}-{row.seq}", from_json(row.fields)) for row in rows]
    if wanted.articles is not None:
        events = [event for event in events if event.data["article_id"] in wanted.articles]
    if wanted.topic:
        events = [event for event in events if _is_on(event, wanted.topic)]
    return await _holding(database, events) if wanted.newest and events else events


def _is_on(event: ExportedEvent, topic: str) -> bool:
    """A withdrawal names no topic: it passes, for it may take back what passed before."""
    if event.fields["type"] == ARTICLE_WITHDRAWN:
        return True
    return any(match["topic"] == topic for match in event.data.get("topics", ()))


async def _holding(database: Database, events: list[ExportedEvent]) -> list[ExportedEvent]:
    """Those that tell the state which holds now: the group's face at its present revision, not withdrawn."""
    ids = {event.data["article_id"] for event in events}
    holding = await database.read(lambda connection: _faces(connection, ids))
    return [
        event
        for event in events
        if (event.data["article_id"], event.data["revision"]) in holding
        and event.fields["type"] != ARTICLE_WITHDRAWN
    ]


def _faces(connection: Connection, article_ids: set[str]) -> set[tuple[str, int]]:
    statement = (
        select(article.c.article_id, article.c.revision)
        .join(article_group, article_group.c.face == article.c.number)
        .where(article.c.article_id.in_(article_ids), article.c.withdrawn_at.is_(None))
    )
    return {(row.article_id, row.revision) for row in connection.execute(statement)}
