"""Ingest as its container runs it: a process, killed and told to stop, on a web of our own."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.contracts.messages import FetchRequest, RawArticle
from services.contracts.streams import ARTICLES_RAW, FETCH_REQUESTS
from services.runtime.envelope import DATA_KEY, unseal
from services.runtime.wire import publish
from tests.web.site import Item, Site, page, rss

ROOT = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
async def web() -> AsyncIterator[Site]:
    site = await Site().start()
    yield site
    await site.stop()


@pytest.fixture
def start(redis_url: str, tmp_path: Path, web: Site):
    """Starts an ingest process that follows `/feed` of the web each second."""
    processes: list[subprocess.Popen[str]] = []

    def start_one(sources: str | None = None, **settings: str) -> subprocess.Popen[str]:
        file = tmp_path / "sources.toml"
        own = f'[[source]]\nname = "A"\noutlet = "A"\n[[source.feed]]\nkind = "feed"\nurl = "{web.url("/feed")}"\npoll_s = 1\n'
        file.write_text(own if sources is None else sources)
        environ = {
            **os.environ,
            "CLEANWIRE_REDIS_URL": redis_url,
            "CLEANWIRE_SOURCES_FILE": str(file),
            "CLEANWIRE_ALLOW_PRIVATE_HOSTS": web.netloc,
            "CLEANWIRE_CONTACT": "ops@example.org",
            "CLEANWIRE_HOST_GAP_S": "0.05",
            "CLEANWIRE_VISIBILITY_S": "2",
            **settings,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "services.ingest"],
            cwd=ROOT,
            env=environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start_one
    for process in processes:
        process.kill()
        process.wait()
        process.stderr.close()


async def urls_of_pages(redis: Redis) -> list[str]:
    rows = await redis.xrange(ARTICLES_RAW)
    return [RawArticle.model_validate_json(unseal(fields[DATA_KEY])[0]).url for _id, fields in rows]


async def wait_for_pages(redis: Redis, wanted: set[str], within_s: float = 30.0) -> list[str]:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        urls = await urls_of_pages(redis)
        if wanted <= set(urls):
            return urls
        await asyncio.sleep(0.1)
    raise AssertionError(f"missing after {within_s} s: {wanted - set(await urls_of_pages(redis))}")


def serve(web: Site, count: int) -> set[str]:
    urls = {web.url(f"/{n}") for n in range(count)}
    for number in range(count):
        web.pages[f"/{number}"] = page(f"<p>{number}</p>")
    web.pages["/feed"] = page(
        rss(*(Item(url, url) for url in sorted(urls))), content_type="application/rss+xml"
    )
    return urls


async def test_process_follows_its_feed_and_stops_cleanly(
    redis_client: Redis, web: Site, start: Start
) -> None:
    urls = serve(web, 5)
    process = start()
    assert sorted(await wait_for_pages(redis_client, urls)) == sorted(urls)

    urls |= serve(web, 7)
    await wait_for_pages(redis_client, urls)
    web.pages["/feed"] = page(rss(Item(web.url("/0"), "A new title")))
    deadline = time.monotonic() + 15
    while len(web.asked("/0")) < 2 and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    assert len(web.asked("/0")) == 2

    process.terminate()
    assert await asyncio.to_thread(process.wait, 15) == 0


async def test_kill_9_in_mid_work_loses_no_page(redis_client: Redis, web: Site, start: Start) -> None:
    urls = serve(web, 40)
    first = start()
    deadline = time.monotonic() + 20
    while len(await urls_of_pages(redis_client)) < 5 and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    first.kill()
    assert len(await urls_of_pages(redis_client)) < 40

    start()
    await wait_for_pages(redis_client, urls, 40.0)


async def test_submitted_url_is_fetched(redis_client: Redis, web: Site, start: Start) -> None:
    web.pages["/submitted"] = page("<p>words</p>")
    start(sources="")
    await publish(redis_client, FETCH_REQUESTS, FetchRequest(url=web.url("/submitted"), why="submitted"))
    assert await wait_for_pages(redis_client, {web.url("/submitted")}) == [web.url("/submitted")]


async def test_mistake_in_the_sources_file_ends_it_with_the_line(start: Start) -> None:
    process = start(sources='[[source]]\nname = "A"\noutlet = "A"\nsid = "exile"\n')
    _, said = await asyncio.to_thread(process.communicate, None, 30)
    assert process.returncode == 2
    assert "sources.toml, line 4: unknown key 'sid'; allowed: name, outlet" in said


async def test_without_a_contact_it_does_not_start(start: Start) -> None:
    process = start(CLEANWIRE_CONTACT="")
    _, said = await asyncio.to_thread(process.communicate, None, 30)
    assert process.returncode == 2
    assert "CLEANWIRE_CONTACT is ''" in said
