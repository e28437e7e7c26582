"""Kept pages, through the running service: what goes on is kept, and while nothing can be kept nothing goes on."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zstandard
from redis.asyncio import Redis

from services.contracts.identities import page_hash_of
from services.contracts.messages import RawArticle
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE
from services.normalize.app import build_normalize
from services.normalize.settings import NormalizeSettings
from services.runtime.kept_pages import KeptPages
from services.runtime.settings import SettingsError
from services.runtime.wire import publish
from tests.normalize.running import running_normalize

WITHIN_S = 30.0
FETCHED_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
ARTICLE = b"""<html lang="en"><head><title>Envoy lands in Minsk</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>Envoy lands in Minsk</h1><p>The American envoy arrived in Minsk on Monday for talks about prisoners, officials said.</p>
<p>Washington has eased sanctions twice this year, and each time people came out of jail within a few days.</p>
<p>The president's office published a short film of the handshake and said the meeting would last all evening.</p>
</article><footer>Copyright The Ledger</footer></body></html>"""
NO_ARTICLE = b"\x00" * 500


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
async def running(redis_url: str, redis_client: Redis, tmp_path: Path, kept: Path):
    (tmp_path / "topics").mkdir()
    settings = NormalizeSettings(
        redis_url=redis_url, data_dir=tmp_path, topics_dir=tmp_path / "topics", pages_url=str(kept)
    )
    async with running_normalize(settings):
        yield redis_client


async def send(redis: Redis, page: bytes, name: str) -> None:
    url = f"https://ledger.example/{name}"
    raw = RawArticle(
        fetch_id=name,
        url=url,
        final_url=url,
        headers={"content-type": "text/html"},
        fetched_at=FETCHED_AT,
        page_hash=page_hash_of(page),
    )
    await publish(redis, ARTICLES_RAW, raw, page=zstandard.compress(page))


async def await_that(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not await condition():  # type: ignore[misc]
        assert time.monotonic() < deadline, f"{what} did not happen within {WITHIN_S:.0f} s"
        await asyncio.sleep(0.05)


async def is_finished(redis: Redis, entries: int) -> bool:
    groups = [
        one for one in await redis.xinfo_groups(ARTICLES_RAW) if one["name"] == GROUP_NORMALIZE.encode()
    ]
    return bool(groups) and groups[0]["entries-read"] == entries and groups[0]["pending"] == 0


async def test_every_page_is_kept_whether_it_is_an_article_or_not(running: Redis, kept: Path) -> None:
    await send(running, ARTICLE, "a")
    await send(running, NO_ARTICLE, "b")
    await await_that(lambda: is_finished(running, 2), "the end of both entries")
    pages = KeptPages(str(kept))
    records = [RawArticle.model_validate_json(one) async for one in pages.fetches(date(2026, 1, 5))]
    assert sorted(record.fetch_id for record in records) == ["a", "b"]
    for page in (ARTICLE, NO_ARTICLE):
        packed = await pages.page(page_hash_of(page))
        assert packed is not None and zstandard.decompress(packed) == page
    assert await running.xlen(ARTICLES_NORMALIZED) == 1


async def test_while_nothing_can_be_kept_nothing_goes_on_and_nothing_is_lost(
    running: Redis, kept: Path
) -> None:
    kept.rmdir()
    kept.write_text("the folder is gone")
    await send(running, ARTICLE, "a")

    async def is_waiting() -> bool:
        return any(group["pending"] for group in await running.xinfo_groups(ARTICLES_RAW))

    await await_that(is_waiting, "the first attempt")
    assert await running.xlen(ARTICLES_NORMALIZED) == 0
    kept.unlink()
    kept.mkdir()
    await await_that(lambda: is_finished(running, 1), "the page's own turn after the store came back")
    assert await running.xlen(ARTICLES_NORMALIZED) == 1
    assert await running.xlen(f"{ARTICLES_RAW}.dead") == 0
    assert await KeptPages(str(kept)).page(page_hash_of(ARTICLE)) is not None


def test_a_url_that_names_no_store_is_told_at_the_start(tmp_path: Path) -> None:
    settings = NormalizeSettings(data_dir=tmp_path, topics_dir=tmp_path, pages_url="s3://")
    with pytest.raises(SettingsError, match="CLEANWIRE_PAGES_URL is 's3://': pages cannot be kept there"):
        build_normalize(settings)
