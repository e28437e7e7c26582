"""Sites remembered in a real server: through the service, bounded, and not needed."""

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
import zstandard
from redis.asyncio import Redis

from services.contracts.identities import page_hash_of
from services.contracts.messages import RawArticle
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW
from services.normalize.app import build_normalize
from services.normalize.core.site_template import Sighting, pack
from services.normalize.keys import site_sightings
from services.normalize.settings import NormalizeSettings
from services.runtime.wire import publish

APPEAL = "No owner tells us what to write: please give what you can today, so that this newsroom stays open for all of our towns."
MENU = "".join(
    f"<li><a href='/{word}'>{word} and all about it</a></li>"
    for word in ("Islands", "Sport", "Letters", "Weather")
)


def page_of(n: int, menu: str = MENU) -> bytes:
    paragraphs = "".join(
        f"<p>Ferry number {n} left on day {k} because its crew had waited for {n * 7 + k} loads of timber, the harbour said.</p>"
        for k in range(5)
    )
    return (
        f"<html lang='en'><head><title>Ferry number {n} leaves</title></head><body><ul>{menu}</ul><article>"
        f"<h1>Ferry number {n} leaves</h1><div class='text'>{paragraphs}<p>{APPEAL}</p></div></article></body></html>"
    ).encode()


async def send(client: Redis, n: int, page: bytes) -> None:
    raw = RawArticle(
        fetch_id=f"f{n}",
        url=f"https://ledger.example/{n}",
        final_url=f"https://ledger.example/{n}",
        headers={"content-type": "text/html"},
        fetched_at=datetime(2026, 1, 5, 12, n, tzinfo=UTC),
        page_hash=page_hash_of(page),
    )
    await publish(client, ARTICLES_RAW, raw, page=zstandard.compress(page))


async def articles(client: Redis, count: int, within_s: float = 20.0) -> list[dict[str, Any]]:
    deadline = time.monotonic() + within_s
    while await client.xlen(ARTICLES_NORMALIZED) < count:
        assert time.monotonic() < deadline, "the articles did not come in time"
        await asyncio.sleep(0.02)
    return [
        json.loads(json.loads(fields[b"__data__"])["data"])
        for _, fields in await client.xrange(ARTICLES_NORMALIZED)
    ]


@pytest.fixture
async def start(redis_url: str, tmp_path: Path):
    running = []

    async def begin(**settings: Any) -> None:
        (tmp_path / "topics").mkdir(exist_ok=True)
        broker, normalize = build_normalize(
            NormalizeSettings(
                redis_url=redis_url,
                data_dir=tmp_path,
                topics_dir=tmp_path / "topics",
                concurrency=1,
                **settings,
            )
        )
        await broker.start()
        running.append((broker, normalize))

    yield begin
    for broker, normalize in running:
        for engine in broker.engines:
            await engine.stop()
        await broker.stop()
        await normalize.close()


async def test_what_a_site_repeats_is_cut_after_three_articles(start, redis_client: Redis) -> None:
    await start()
    for n in range(5):
        await send(redis_client, n, page_of(n))
        await articles(redis_client, n + 1)
    found = await articles(redis_client, 5)
    assert [APPEAL in one["text"] for one in found] == [True, True, True, False, False]
    assert found[0]["template"] is None
    assert found[4]["template"]
    assert any(block["rule"] == "site template" for block in found[4]["ledger"])


async def test_a_page_the_template_cuts_nothing_of_carries_no_version(start, redis_client: Redis) -> None:
    """Otherwise what changes on it would pass for a better extraction, and a revision would be lost."""
    await start()
    for n in range(4):
        await send(redis_client, n, page_of(n))
        await articles(redis_client, n + 1)
    await send(redis_client, 9, page_of(9).replace(APPEAL.encode(), b""))
    found = await articles(redis_client, 5)
    assert found[3]["template"]
    assert found[4]["template"] is None


async def test_a_page_delivered_again_is_no_second_sighting(start, redis_client: Redis) -> None:
    await start()
    for _ in range(4):
        await send(redis_client, 1, page_of(1))
    await articles(redis_client, 4)
    await send(redis_client, 2, page_of(2))
    assert APPEAL in (await articles(redis_client, 5))[-1]["text"]
    assert await redis_client.hlen(site_sightings("ledger.example")) == 2


async def test_switched_off_nothing_is_learnt(start, redis_client: Redis) -> None:
    await start(site_templates=False)
    for n in range(5):
        await send(redis_client, n, page_of(n))
    assert all(APPEAL in one["text"] for one in await articles(redis_client, 5))
    assert not await redis_client.exists(site_sightings("ledger.example"))


async def test_site_rebuilt_overnight_raises_one_alarm(start, redis_client: Redis) -> None:
    await start()
    for n in range(6):
        await send(redis_client, n, page_of(n))
    await articles(redis_client, 6)
    with structlog.testing.capture_logs() as logs:
        for n in (7, 8):
            await send(redis_client, n, page_of(n, menu="<li><a href='/a'>Neu: Inseln und Wetter</a></li>"))
        await articles(redis_client, 8)
    [alarm] = [line for line in logs if line["event"] == "template_changed"]
    assert alarm["host"] == "ledger.example"


async def test_a_host_takes_no_more_than_forty_kilobytes(redis_client: Redis) -> None:
    key = site_sightings("ledger.example")
    for n in range(60):
        hashes = [bytes([n, k]) * 4 for k in range(52)]
        full = Sighting(f"{n:016x}", 20_000, hashes[0], frozenset(hashes[:40]), frozenset(hashes[40:]))
        await redis_client.hset(key, full.article, pack(full))
    assert await redis_client.memory_usage(key) <= 40_000
