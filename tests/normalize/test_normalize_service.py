"""The service as it runs: a page on articles.raw becomes an article on articles.normalized, through a real server."""

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from redis.asyncio import Redis

from services.contracts.identities import page_hash_of
from services.contracts.messages import EntryHint, RawArticle, Source
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE
from services.normalize.app import build_normalize
from services.normalize.settings import NormalizeSettings
from services.runtime.settings import SettingsError
from services.runtime.wire import publish
from tests.normalize.running import running_normalize
from tests.places import ROOT

TOPICS = ROOT / "deploy" / "topics"

ON_TOPIC = """<html lang="en"><head><title>Envoy lands in Minsk | The Ledger</title>
<meta property="og:site_name" content="The Ledger"><meta name="robots" content="noarchive, noai"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>Envoy lands in Minsk</h1><p class="byline">By Nora Field</p>
<p>U.S. envoy John Coale arrived in Minsk on Monday for talks with Alexander Lukashenko about prisoners, officials said.</p>
<p>Washington has eased sanctions on Belarus twice this year, and each time people came out of jail within a few days.</p>
<p>The president's office published a short film of the handshake and said that the meeting would go on until the evening.</p>
</article><footer>Copyright The Ledger</footer></body></html>"""

OFF_TOPIC = """<html lang="en"><head><title>Bakers agree on a longer loaf</title></head><body>
<aside><h3>Read also</h3><ul><li><a href="/1">Trump envoy Coale meets Lukashenko in Minsk over prisoners</a></li></ul></aside>
<article><h1>Bakers agree on a longer loaf</h1>
<p>The guild of bakers voted on Tuesday for a loaf that is two centimetres longer than the one sold since the war ended.</p>
<p>Shops have until spring to buy new tins, and the guild will lend money to those that cannot pay for them at once.</p>
<p>Customers at the market said that they had not noticed how short the old loaf was until the papers wrote about it.</p>
</article></body></html>"""


def raw_article(page: bytes, **fields: object) -> RawArticle:
    described = {
        "fetch_id": "f1",
        "url": "https://ledger.example/world/envoy",
        "final_url": "https://ledger.example/world/envoy?utm_source=feed",
        "headers": {"content-type": "text/html; charset=utf-8", "x-robots-tag": "noindex"},
        "fetched_at": datetime(2026, 1, 5, 12, 0, tzinfo=UTC),
        "page_hash": page_hash_of(page),
    }
    return RawArticle.model_validate(described | fields)


@pytest.fixture
async def running(redis_url: str, redis_client: Redis, tmp_path: Path):
    settings = NormalizeSettings(redis_url=redis_url, data_dir=tmp_path, topics_dir=TOPICS)
    async with running_normalize(settings):
        yield redis_client


async def settled(client: Redis, entries: int, within_s: float = 20.0) -> list[dict[str, Any]]:
    """The messages on articles.normalized once the group has finished `entries` of articles.raw."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        groups = await client.xinfo_groups(ARTICLES_RAW)
        done = [one for one in groups if one["name"] == GROUP_NORMALIZE.encode()]
        if done and done[0].get("entries-read") == entries and done[0]["pending"] == 0:
            break
        await asyncio.sleep(0.02)
    else:
        pytest.fail("the entries were not finished in time")
    out = await client.xrange(ARTICLES_NORMALIZED)
    return [json.loads(json.loads(fields[b"__data__"])["data"]) for _, fields in out]


async def test_page_about_the_topic_becomes_an_article(running: Redis) -> None:
    page = ON_TOPIC.encode()
    hint = EntryHint(title="Envoy lands", published=datetime(2026, 1, 5, 9, 30, tzinfo=UTC))
    await publish(running, ARTICLES_RAW, raw_article(page, hint=hint), page=zstandard.compress(page))
    [article] = await settled(running, 1)
    assert article["title"] == "Envoy lands in Minsk"
    assert article["canonical_url"] == "https://ledger.example/world/envoy"
    assert article["text"].startswith("U.S. envoy John Coale arrived")
    assert article["authors"] == [{"name": "Nora Field", "role": "author"}]
    assert article["published"]["evidence"] == "feed"
    assert article["topics"][0]["topic"] == "belarus-talks"
    assert article["rights"]["robots"] == "noai,noarchive,noindex"
    assert article["rights"]["noai"] is True


async def test_page_that_names_the_topic_only_beside_the_article_is_off_topic(running: Redis) -> None:
    page = OFF_TOPIC.encode()
    source = Source(name="ledger", outlet="The Ledger", scope="topic")
    await publish(running, ARTICLES_RAW, raw_article(page, source=source), page=zstandard.compress(page))
    assert await settled(running, 1) == []
    assert await running.xlen(f"{ARTICLES_RAW}.dead") == 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, b"no field 'page'"),
        ({"page": b"not zstd at all"}, b"no zstd data"),
        ({"page": zstandard.compress(b"\x00" * 13_000_000)}, b"holds more than"),
    ],
)
async def test_page_that_cannot_be_unpacked_is_a_dead_letter_with_its_reason(
    running: Redis, fields: dict[str, bytes], named: bytes
) -> None:
    await publish(running, ARTICLES_RAW, raw_article(b"x"), **fields)
    assert await settled(running, 1) == []
    [(_, dead)] = await running.xrange(f"{ARTICLES_RAW}.dead")
    assert any(named in value for value in dead.values())


async def test_page_of_zeros_is_rejected_and_kills_nothing(running: Redis) -> None:
    page = b"\x00" * 100_000
    await publish(running, ARTICLES_RAW, raw_article(page), page=zstandard.compress(page))
    good = ON_TOPIC.encode()
    await publish(running, ARTICLES_RAW, raw_article(good), page=zstandard.compress(good))
    assert len(await settled(running, 2)) == 1
    assert await running.xlen(f"{ARTICLES_RAW}.dead") == 0


def test_wrong_topics_folder_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CLEANWIRE_TOPICS_DIR"):
        build_normalize(NormalizeSettings(topics_dir=tmp_path / "none"))
