"""Walks over the kept fetches: each page through today's engine, and what that would change."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from services.console.replay.archived import Archived, archived_of
from services.console.replay.outcomes import Outcome, StillRejected, Superseded, outcome_of
from services.contracts.failures import Unprocessable
from services.contracts.messages import RawArticle
from services.contracts.streams import PAGE_FIELD
from services.normalize.core.normalized import normalized_article
from services.normalize.core.rejections import Rejection
from services.normalize.core.topics.topic import Topic
from services.normalize.extractor import Extractor
from services.normalize.page_field import unpack_page
from services.runtime.kept_pages import KeptPages
from services.store.database.opening import Database

READ_AHEAD = 16  # pages read while one is extracted: a store across the network answers in tens of ms


@dataclass(frozen=True)
class Kept:
    """A kept fetch with its page, and what the archive has of it."""

    raw: RawArticle
    page: bytes | None
    archived: Archived | None


async def replayed(
    pages: KeptPages, database: Database, topics: Sequence[Topic], since: datetime
) -> AsyncIterator[tuple[RawArticle, Outcome]]:
    """The outcome of every kept fetch since a moment, in the order of days. Raises RetryLater."""
    extractor = Extractor()
    try:
        async for kept in _read_ahead(pages, database, since):
            yield kept.raw, await _outcome(kept, extractor, topics)
    finally:
        await extractor.close()


async def _outcome(kept: Kept, extractor: Extractor, topics: Sequence[Topic]) -> Outcome:
    if kept.archived is not None and kept.archived.article is None:
        return Superseded()
    if kept.page is None:
        return StillRejected("the page is not kept")
    raw = kept.raw
    before = kept.archived.article if kept.archived else None
    try:
        page = unpack_page({PAGE_FIELD.encode(): kept.page})
        found = await extractor.extract(page, raw.final_url, _content_type(raw))
        after = found if isinstance(found, Rejection) else normalized_article(raw, found, topics)
    except (Unprocessable, ValueError) as error:
        return StillRejected(str(error))
    return outcome_of(before, after)


async def _read_ahead(pages: KeptPages, database: Database, since: datetime) -> AsyncIterator[Kept]:
    reading: deque[asyncio.Task[Kept]] = deque()
    try:
        async for record in pages.fetches(since.date()):
            raw = _raw_of(record)
            if raw is None or raw.fetched_at < since:
                continue
            reading.append(asyncio.create_task(_read(pages, database, raw)))
            if len(reading) >= READ_AHEAD:
                yield await reading.popleft()
        while reading:
            yield await reading.popleft()
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def _read(pages: KeptPages, database: Database, raw: RawArticle) -> Kept:
    try:
        archived = await database.read(lambda connection: archived_of(connection, raw))
    except ValueError:  # its URL is none: it was never an article
        archived = None
    is_history = archived is not None and archived.article is None
    return Kept(raw, None if is_history else await pages.page(raw.page_hash), archived)


def _raw_of(record: bytes) -> RawArticle | None:
    """A record that is no fetch (another release's, half a file) is passed over."""
    try:
        return RawArticle.model_validate_json(record)
    except ValidationError:
        return None


def _content_type(raw: RawArticle) -> str | None:
    return next((value for name, value in raw.headers.items() if name.lower() == "content-type"), None)
