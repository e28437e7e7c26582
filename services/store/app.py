"""Wires the store: the only place that builds its clients."""

import asyncio
import fcntl
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy import make_url

from services.contracts.failures import RetryLater
from services.contracts.streams import ARTICLES_NORMALIZED, GROUP_STORE
from services.runtime.broker import build_broker, connect_redis
from services.runtime.collector import spare_what_is_there
from services.runtime.service import run_service
from services.runtime.settings import SettingsError
from services.runtime.subscriber import reliable

from .archive import Archive
from .core.stories import arithmetic
from .database.migrate import migrate
from .database.opening import Database, open_database
from .handler import build_handler
from .metrics import measure_relay, tell_relay
from .reading.search_index import index_waiting
from .relay.relaying import Relaying
from .relay.retention import Retention
from .settings import StoreSettings
from .stories.topic_words import topic_terms
from .upkeep.window import keep_window

LOCK_TRY_S = 0.5
STORIES_EVERY_S = 1.0
INDEX_EVERY_S = 1.0
PARTITIONS_EVERY_S = 3_600.0
DATABASE_TRY_S = (0.5, 5.0)

log = structlog.get_logger()


async def run_store(settings: StoreSettings) -> int:
    """Run the store until it is told to stop; returns the exit code."""
    async with _sole_process(settings):
        database = open_database(settings.database_url)
        await _migrated(database)
        broker = build_broker(settings)
        redis = connect_redis(settings.redis_url)
        relaying = Relaying(database, redis, _lease_holder(database))
        archive = Archive(database, topic_terms=topic_terms(settings.topics_dir))
        handler = build_handler(archive, relaying.poke)
        reliable(broker, ARTICLES_NORMALIZED, GROUP_STORE)(handler)
        log.info("story_arithmetic_chosen", arithmetic="compiled" if arithmetic.IS_COMPILED else "python")
        spare_what_is_there()
        return await run_service(
            "store",
            settings,
            broker,
            tasks=(
                *relaying.tasks,
                Retention(database, redis).run,
                lambda: keep_stories(archive, relaying.poke),
                lambda: keep_index(database),
                lambda: tell_relay(database, redis, settings.standing_every_s),
            ),
            measures=(lambda: measure_relay(database, redis),),
            close=(relaying.flush, redis.aclose, database.close),
        )


def _lease_holder(database: Database) -> str:
    """Who holds the relays' leases; the sole store of a SQLite archive need not wait for one that was killed."""
    return "sole" if database.dialect == "sqlite" else f"{socket.gethostname()}-{os.getpid()}"


async def keep_stories(archive: Archive, poke_relay: Callable[[], None]) -> None:
    """Take the stories' snapshots when they are due, for ever."""
    while True:
        await asyncio.sleep(STORIES_EVERY_S)
        try:
            if await archive.weigh_stories_anew():
                poke_relay()
        except RetryLater as failure:
            log.warning("stories_wait", dependency=failure.dependency, reason=failure.detail)


async def keep_index(database: Database) -> None:
    """Index new texts for the search, and give the window of the sketch index its days, for ever."""
    prepared = 0.0
    while True:
        try:
            if time.monotonic() - prepared > PARTITIONS_EVERY_S or not prepared:
                await keep_window(database, datetime.now(UTC))
                prepared = time.monotonic()
            if await index_waiting(database):
                continue
        except RetryLater as failure:
            log.warning("index_waits", dependency=failure.dependency, reason=failure.detail)
        await asyncio.sleep(INDEX_EVERY_S)


async def _migrated(database: Database) -> None:
    """Bring the archive to this release's schema; wait for a database that is not up yet."""
    delay = DATABASE_TRY_S[0]
    while True:
        try:
            revision = await migrate(database)
        except RetryLater as failure:
            log.warning(
                "archive_waits", dependency=failure.dependency, reason=failure.detail, retry_in_s=delay
            )
            await asyncio.sleep(delay)
            delay = min(delay * 2, DATABASE_TRY_S[1])
            continue
        log.info("archive_ready", dialect=database.dialect, revision=revision)
        return


@asynccontextmanager
async def _sole_process(settings: StoreSettings) -> AsyncIterator[None]:
    """On SQLite one store process works; a second one waits here until the first has ended."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    path = Path(url.database)
    with _opened_lock(path) as lock:
        told = False
        while not _taken(lock.fileno()):
            if not told:
                log.warning("store_waits", reason="another store process has this archive", archive=str(path))
            told = True
            await asyncio.sleep(LOCK_TRY_S)
        yield


def _opened_lock(archive: Path) -> IO[str]:
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        return archive.with_suffix(".lock").open("w")
    except OSError as error:
        raise SettingsError(
            f"the archive's folder is '{archive.parent}' (CLEANWIRE_DATABASE_URL, else CLEANWIRE_DATA_DIR): "
            f"{error.strerror}; name one that the store may write to"
        ) from None


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
