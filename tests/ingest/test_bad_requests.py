"""Requests that make no sense, and a Redis that is away: outcomes, never crashes."""

import pytest
from redis.asyncio import Redis

from services.contracts.failures import RetryLater
from services.contracts.messages import FetchRequest
from services.ingest.fetching.politeness import Politeness
from services.ingest.fetching.robots import Robots
from services.ingest.fetching.visitor import Visitor
from tests.ingest.conftest import BuildWalk
from tests.ports import free_port
from tests.web.site import Site, page

BAD_URLS = [
    "",
    "no url",
    "http://",
    "http://[::1",
    "http://a.example:99999/",
    "http://a.example:port/",
    "https:///path",
    "mailto:a@b.example",
    "javascript:alert(1)",
    "http://\x00/",
    "http://" + "a" * 300 + ".example/",
    "http://xn--a.example/",
    "http://user:pass@127.0.0.1/",
]


@pytest.mark.parametrize("kind", ["article", "feed", "search"])
@pytest.mark.parametrize("url", BAD_URLS)
async def test_request_for_nonsense_ends_in_an_outcome(
    build_walk: BuildWalk, url: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = build_walk()
    await walk.handle(FetchRequest(url=url, kind=kind, why="test"))
    assert "reason=" in capsys.readouterr().out
    assert await walk.articles() == []


async def test_revisit_of_nonsense_fetches_nothing(build_walk: BuildWalk) -> None:
    walk = build_walk()
    await walk.handle(FetchRequest(url="no url", why="revisit 15m"))
    assert await walk.articles() == []


async def test_redis_that_is_away_sends_the_request_back_uncounted(build_walk: BuildWalk, site: Site) -> None:
    site.pages["/a"] = page("ok")
    walk = build_walk()
    away = Redis.from_url(f"redis://127.0.0.1:{free_port()}")
    ingest = walk.ingest
    politeness = Politeness(away, 0.1, ingest.scheduler._now, ingest.scheduler._wait)
    robots = Robots(away, ingest.fetcher, politeness, ingest.scheduler._now)
    ingest.handler._taker._visitor = Visitor(politeness, robots, ingest.fetcher)
    with pytest.raises(RetryLater, match="redis"):
        await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    assert site.seen == []
    await away.aclose()
