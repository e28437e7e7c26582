"""The store as a process: from `articles.normalized` to the public streams, through kill -9 and SIGTERM."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis

from services.contracts.events import parse_event
from services.contracts.streams import ARTICLES_CLEANED, ARTICLES_NORMALIZED, GROUP_STORE, STORIES_UPDATED
from services.runtime.wire import publish
from tests.store.builders import make_article

START_WITHIN_S = 30.0


@contextmanager
def running_store(redis_url: str, database_url: str, data_dir) -> Iterator[subprocess.Popen]:
    environ = os.environ | {
        "CLEANWIRE_REDIS_URL": redis_url,
        "CLEANWIRE_DATABASE_URL": database_url,
        "CLEANWIRE_DATA_DIR": str(data_dir),
        "CLEANWIRE_VISIBILITY_S": "1",
    }
    with (data_dir / "store.log").open("ab") as output:
        process = subprocess.Popen([sys.executable, "-m", "services.store"], env=environ, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def entries_of(redis: Redis, stream: str, at_least: int) -> list:
    deadline = time.monotonic() + START_WITHIN_S
    while len(entries := await redis.xrange(stream)) < at_least and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    return [parse_event(fields) for _, fields in entries]


async def test_plain_client_reads_each_article_once_with_its_copies_beside_it(
    redis_url, redis_client, database_url, tmp_path
):
    await publish(redis_client, ARTICLES_NORMALIZED, make_article("https://one.example/a", seed=1))
    await publish(
        redis_client, ARTICLES_NORMALIZED, make_article("https://one.example/b", seed=2, title="Other")
    )
    with running_store(redis_url, database_url, tmp_path):
        cleaned = await entries_of(redis_client, ARTICLES_CLEANED, 2)
        await publish(
            redis_client, ARTICLES_NORMALIZED, make_article("https://two.example/c", seed=1, minutes=4)
        )
        changes = await entries_of(redis_client, STORIES_UPDATED, 3)
    assert sorted(data.text for _, data in cleaned) == sorted(make_article(seed=seed).text for seed in (1, 2))
    assert any(data.verdict == "copy" for _, data in changes)
    assert await redis_client.xlen(ARTICLES_CLEANED) == 2


async def test_killed_store_loses_and_doubles_nothing(
    redis_url, redis_client, database_url, tmp_path, eventually
):
    total = 60
    for number in range(total):
        url = f"https://one.example/{number}"
        await publish(
            redis_client, ARTICLES_NORMALIZED, make_article(url, seed=number, title=f"Headline {number}")
        )
    for kill_after in (5, 30):
        with running_store(redis_url, database_url, tmp_path) as process:
            await entries_of(redis_client, ARTICLES_CLEANED, kill_after)
            process.send_signal(signal.SIGKILL)
            process.wait()
    await publish(redis_client, ARTICLES_NORMALIZED, make_article("https://one.example/last", seed=total))
    with running_store(redis_url, database_url, tmp_path) as process:
        await entries_of(redis_client, ARTICLES_CLEANED, total + 1)
        await eventually(lambda: nothing_pends(redis_client))  # what the killed one held is taken over later
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    cleaned = await entries_of(redis_client, ARTICLES_CLEANED, total + 1)
    assert sorted(event.id for event, _ in cleaned) == sorted({event.id for event, _ in cleaned})
    assert len(cleaned) == total + 1


async def nothing_pends(redis: Redis) -> bool:
    return (await redis.xpending(ARTICLES_NORMALIZED, GROUP_STORE))["pending"] == 0
