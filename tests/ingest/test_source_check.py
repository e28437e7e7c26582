"""`cleanwire source check` and `add`, `backfill`, `politeness`: on a site of our own."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.console.exits import CommandError
from services.console.settings import ConsoleSettings
from services.console.source_steering import add_block, check_lines, json_of, sample_of, with_choices
from services.contracts.messages import FetchRequest
from services.ingest.app import utc_now
from services.ingest.core.source_verdict import SourceCheck
from services.ingest.fetching.fetcher import Fetcher, build_client
from services.ingest.fetching.host_days import politeness_of_day
from services.ingest.sources.check import SourceChecker
from services.ingest.sources.reports import backfill_requests, source_rows
from services.ingest.sources.sources_file import parse_catalogue
from tests.ingest.conftest import BuildWalk, Clock, source_of
from tests.web.site import Item, Site, page, rss

PARAGRAPH = "Talks between the two delegations went on in Minsk on Friday, officials of both sides said after the meeting. "
ARTICLE = (
    '<html lang="en"><head><title>Talks go on in Minsk</title></head><body><article><h1>Talks go on in Minsk</h1>'
    + f"<p>{PARAGRAPH * 2}</p>" * 6
    + "</article></body></html>"
)
HOME = (
    '<html lang="lt-LT"><head><meta property="og:site_name" content="Our Paper">'
    '<link rel="alternate" type="application/rss+xml" href="/rss"></head><body>Hello</body></html>'
)


@pytest.fixture
async def checker(site: Site) -> AsyncIterator[SourceChecker]:
    fetcher = Fetcher(build_client("test", frozenset({site.netloc})), utc_now)

    async def no_wait(_seconds: float) -> None:
        return None

    yield SourceChecker(fetcher, sample_of, now=utc_now, wait=no_wait, gap_s=1.0)
    await fetcher.close()


def recent(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def serve_paper(site: Site) -> None:
    site.pages["/"] = page(HOME)
    site.pages["/robots.txt"] = page(
        f"User-agent: *\nDisallow: /private\nSitemap: {site.url('/s.xml')}\n", content_type="text/plain"
    )
    items = [Item(site.url(f"/{n}"), published=recent(n)) for n in range(1, 6)]
    site.pages["/rss"] = page(rss(*items), content_type="application/rss+xml")
    site.pages["/1"] = page(ARTICLE)


async def test_good_site_is_told_whole(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    check = await checker.check(site.url("/"))
    assert (check.outlet, check.language, check.robots, check.judgement) == (
        "Our Paper",
        "lt",
        "allowed",
        "good",
    )
    [found] = check.lists
    assert (found.kind, found.url, found.entries, found.cadence_s) == ("feed", site.url("/rss"), 5, 3600)
    assert check.sitemaps == (site.url("/s.xml"),)
    assert check.sample is not None
    assert check.sample.words > 80
    assert check.sample.score > 0.5


async def test_block_of_a_check_is_a_valid_sources_file(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    check = await checker.check(site.url("/"))
    [listing] = parse_catalogue(check.block(), "block").listings.values()
    assert (listing.source.name, listing.source.language, listing.url) == (
        "Our Paper",
        "lt",
        site.url("/rss"),
    )
    assert json.loads(json_of(check))["judgement"] == "good"
    assert any("Our Paper" in line for line in check_lines(check))


async def test_feed_itself_may_be_named(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    check = await checker.check(site.url("/rss"))
    assert [found.url for found in check.lists] == [site.url("/rss")]


async def test_site_that_keeps_us_out_is_poor(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /\n", content_type="text/plain")
    check = await checker.check(site.url("/"))
    assert check.judgement == "poor"
    assert check.reasons[0] == "robots.txt keeps us out"
    assert [seen.path for seen in site.seen] == ["/robots.txt"]


async def test_site_whose_feed_stands_still_is_only_usable(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    site.pages["/rss"] = page(rss(Item(site.url("/1"), published=recent(24 * 30))))
    check = await checker.check(site.url("/"))
    assert (check.judgement, check.reasons) == ("usable", ("nothing new for a week",))


async def test_site_without_a_named_feed_is_tried_in_the_usual_places(
    checker: SourceChecker, site: Site
) -> None:
    serve_paper(site)
    site.pages["/"] = page("<html><body>Hello</body></html>")
    check = await checker.check(site.url("/"))
    assert [found.url for found in check.lists if not found.problem] == [site.url("/rss")]


async def test_site_with_sitemaps_alone_is_looked_at_through_them(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    site.pages["/"] = page("<html><body>Hello</body></html>")
    del site.pages["/rss"]
    today = datetime.now(UTC).date()
    site.pages["/s.xml"] = page(
        f"<sitemapindex><sitemap><loc>/news.xml</loc><lastmod>{today}</lastmod></sitemap></sitemapindex>",
        content_type="application/xml",
    )
    urls = "".join(f"<url><loc>/{n}</loc><lastmod>{today}</lastmod></url>" for n in range(1, 4))
    site.pages["/news.xml"] = page(f"<urlset>{urls}</urlset>", content_type="application/xml")

    check = await checker.check(site.url("/"))

    assert [(found.kind, found.url, found.entries) for found in check.lists] == [
        ("sitemap", site.url("/robots.txt"), 3)
    ]
    assert check.sample is not None
    assert check.judgement == "good"
    assert 'kind = "sitemap"' in check.block()


async def test_page_that_is_missing_is_told_first(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    check = await checker.check(site.url("/nothing"))
    assert check.reasons[0] == "the page itself did not come: http 404"


async def test_what_is_no_web_address_is_not_asked(checker: SourceChecker) -> None:
    with pytest.raises(ValueError, match="not an http"):
        await checker.check("nonsense")


async def test_reserved_rights_are_told_and_written(checker: SourceChecker, site: Site) -> None:
    serve_paper(site)
    site.pages["/.well-known/tdmrep.json"] = page(
        '[{"location": "/", "tdm-reservation": 1}]', content_type="application/json"
    )
    check = await checker.check(site.url("/"))
    assert "rights to text mining are reserved" in check.reasons
    assert 'licence = "headline"' in check.block()


async def test_nobody_there_is_poor(checker: SourceChecker, site: Site) -> None:
    await site.stop()
    check = await checker.check(site.url("/"))
    assert isinstance(check, SourceCheck)
    assert check.judgement == "poor"


def test_block_is_added_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    settings = ConsoleSettings(sources_file=file)
    block = with_choices(source_of("https://a.example/feed", name="A"), {"side": "state", "scope": None})
    add_block(settings, block)
    add_block(settings, source_of("https://b.example/feed", name="B"))
    listings = parse_catalogue(file.read_text(), "x").listings.values()
    assert [(one.source.name, one.source.side) for one in listings] == [("A", "state"), ("B", "exile")]

    before = file.read_text()
    with pytest.raises(CommandError, match="name 'A' is taken"):
        add_block(settings, source_of("https://c.example/feed", name="A"))
    assert file.read_text() == before


async def test_politeness_of_a_day_is_reported_per_host(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /no\n", content_type="text/plain")
    site.pages["/a"] = page("<p>page</p>")
    site.pages["/b"] = page("", status=429, retry_after="1")
    walk = build_walk(host_gap_s=5.0)
    for path, pause in (("/a", 7.5), ("/a", 9.0), ("/no", 10.0), ("/b", 10.0)):
        await walk.handle(FetchRequest(url=site.url(path), why="test"))
        clock.forward(pause)

    [row] = await politeness_of_day(walk.redis, clock.now().date().isoformat())
    assert (row.host, row.requests, row.throttled, row.robots_refusals) == (site.netloc, 4, 1, 1)
    assert row.bytes == 2 * len("<p>page</p>")
    assert row.shortest_gap_s == pytest.approx(7.5)


async def test_sources_are_listed_with_their_state(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    site.pages["/feed"] = page(rss(Item(site.url("/a"))))
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()
    [row] = await source_rows(walk.redis, walk.ingest.catalogue)
    assert (row.source, row.state, row.last_new, row.muted) == ("Ours", "alive", row.since, False)
    assert row.due is not None
    assert row.due > clock.now()


def test_backfill_goes_to_the_sitemaps_or_else_to_the_robots_file() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    catalogue = parse_catalogue(
        source_of("https://a.example/feed", name="A")
        + source_of("https://b.example/s.xml", name="B", kind="sitemap"),
        "x",
    )
    [first] = backfill_requests(catalogue, "A", since)
    [second] = backfill_requests(catalogue, "B", since)
    assert (first.url, first.lane, first.since) == ("https://a.example/robots.txt", "backfill", since)
    assert second.url == "https://b.example/s.xml"
    with pytest.raises(KeyError):
        backfill_requests(catalogue, "C", since)
