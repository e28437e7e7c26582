"""The life of a source on a real socket: dying in every way, its fallback, its move; searches and sitemaps walked."""

import asyncio
import json

import pytest

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.topic_names import topic_names
from services.ingest.stored import read_hash
from tests.ingest.conftest import BuildWalk, Clock, Walk, source_of
from tests.web import hostile
from tests.web.hostile import redirect
from tests.web.site import Item, Seen, Site, page, rss

HOUR = 3600.0


async def pass_hours(walk: Walk, clock: Clock, hours: float) -> None:
    for _step in range(int(hours * 4)):
        clock.forward(HOUR / 4)
        await walk.drain()


async def state_of(walk: Walk, number: int = 0) -> str:
    listing = [*walk.ingest.catalogue.listings.values()][number]
    return (await read_hash(walk.redis, keys.listing_state(listing.listing_id)))["state"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (page("no feed here"), "wrong content"),
        (page("<rss></rss>"), "empty"),
        (page("\n\n\n\n\n\n\n\n\n\n\n"), "empty"),
        (page(hostile.CHALLENGE), "challenge"),
        (page(rss(*(Item("http://a.example/" + name, name, "") for name in ("News", "Sport", "Life", "World")))), "wrong content"),
        (page("<html><body>Welcome to our new homepage</body></html>"), "wrong content"),
        (page("x", content_type="image/png"), "wrong content"),
        (page("", status=403), "blocked"),
        (page("", status=404), "gone"),
        (page("", status=410), "gone"),
        (page("", status=500), "unreachable"),
        (hostile.reset, "unreachable"),
        (page(hostile.BILLION_LAUGHS.replace("<item>", "<x>").replace("</item>", "</x>")), "wrong content"),
    ],
)  # fmt: skip
async def test_feed_that_dies_is_found_out_and_never_stops_the_walk(
    build_walk: BuildWalk, site: Site, clock: Clock, answer, state: str
) -> None:
    site.pages["/feed"] = page(rss(Item(site.url("/a"))))
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()
    assert await state_of(walk) == "alive"

    site.pages["/feed"] = answer
    await pass_hours(walk, clock, 6)

    assert await state_of(walk) == state


async def test_front_page_in_place_of_a_feed_tells_where_the_feed_is_now(
    build_walk: BuildWalk, site: Site, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    links = "".join(
        f'<a href="/2026/11/2{n}/talks-go-on-{n}">Talks go on for the {n}th day</a>' for n in range(4)
    )
    site.pages["/feed"] = page(
        f'<html><head><link rel="alternate" type="application/rss+xml" href="/new"></head><body>{links}</body></html>'
    )
    walk = build_walk(source_of(site.url("/feed")))
    await pass_hours(walk, clock, 1)
    told = capsys.readouterr().out
    assert (
        f"the page names the feeds {site.url('/new')} and 4 article links such as {site.url('/2026/')}"
        in told
    )


async def test_feed_that_stands_still_is_frozen_in_the_end(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk(source_of(site.url("/feed")))
    for number in range(12):
        site.pages["/feed"] = page(rss(Item(site.url(f"/{number}"))))
        await pass_hours(walk, clock, 1)
    await pass_hours(walk, clock, 24 * 4)
    assert await state_of(walk) == "frozen"


async def test_fallback_takes_over_and_hands_back(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    sources = (
        source_of(site.url("/feed"))
        + f'[[source.feed]]\nkind = "feed"\nurl = "{site.url("/second")}"\nfallback = true\n'
    )
    site.pages["/feed"] = page(rss(Item(site.url("/a"))))
    site.pages["/second"] = page(rss(Item(site.url("/b"))))
    walk = build_walk(sources)
    await pass_hours(walk, clock, 3)
    assert site.asked("/second") == []

    site.pages["/feed"] = page("", status=404)
    await pass_hours(walk, clock, 6)
    assert len(site.asked("/b")) == 1

    site.pages["/feed"] = page(rss(Item(site.url("/c"))))
    await pass_hours(walk, clock, 6)
    asked = len(site.asked("/second"))
    await pass_hours(walk, clock, 6)
    assert len(site.asked("/c")) == 1
    assert len(site.asked("/second")) == asked


async def test_three_permanent_redirects_move_the_source(
    build_walk: BuildWalk, site: Site, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    site.pages["/feed"] = redirect("/new-feed", 301)
    site.pages["/new-feed"] = page(rss(Item(site.url("/a"))))
    walk = build_walk(source_of(site.url("/feed")))
    await pass_hours(walk, clock, 6)
    assert len(site.asked("/feed")) == 3
    assert len(site.asked("/new-feed")) > 4
    assert "state=moved" in capsys.readouterr().out

    site.pages["/new-feed"] = page("", status=404)
    site.pages["/feed"] = page(rss(Item(site.url("/b"))))
    await pass_hours(walk, clock, 12)
    assert len(site.asked("/b")) == 1


async def test_feed_of_200_mb_is_refused_before_it_is_held(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    async def endless(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\nconnection: close\r\n\r\n<rss><channel>"
        )
        for _piece in range(3200):
            writer.write(b"<item><title>x</title></item>" * 2250)
            await writer.drain()

    site.pages["/feed"] = endless
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()
    listing = next(iter(walk.ingest.catalogue.listings))
    assert (await read_hash(walk.redis, keys.listing_state(listing)))["hinted"] == "wrong content"


async def test_index_leads_to_its_news_sitemap_and_that_to_articles(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/robots.txt"] = page(
        f"User-agent: *\nSitemap: {site.url('/index.xml')}\n", content_type="text/plain"
    )
    site.pages["/index.xml"] = page(
        f"<sitemapindex><sitemap><loc>{site.url('/old.xml')}</loc></sitemap>"
        f"<sitemap><loc>{site.url('/news.xml')}</loc></sitemap></sitemapindex>",
        content_type="application/xml",
    )
    site.pages["/news.xml"] = page(
        f"<urlset><url><loc>{site.url('/a')}</loc><lastmod>2026-11-21T10:00:00Z</lastmod></url>"
        f"<url><loc>{site.url('/undated')}</loc></url></urlset>",
        content_type="application/xml",
    )
    site.pages["/a"] = page("<p>page</p>")
    walk = build_walk(source_of(site.url("/robots.txt"), kind="sitemap"))
    await pass_hours(walk, clock, 1)
    assert [article.url for article in await walk.articles()] == [site.url("/a")]
    assert site.asked("/old.xml") == []
    assert site.asked("/undated") == []


async def test_search_results_count_only_where_a_plain_redirect_leads_out(
    build_walk: BuildWalk, site: Site, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet = await Site(pages={"/article": page("<p>article</p>")}).start()
    site.pages["/search?q=Belarus+Coale"] = page(rss(Item(site.url("/r/1")), Item(site.url("/r/2"))))
    site.pages["/r/1"] = redirect(outlet.url("/article"))
    site.pages["/r/2"] = page("<html>click here to read on</html>")
    topics = (topic_names("talks", ["belarus*"], {"en": ["Belarus Coale"]}),)
    sources = source_of(site.url("/search?q={query}"), kind="search").replace("side", 'language = "en"\nside')
    walk = build_walk(sources, topics=topics, allowed=[outlet.netloc])
    await pass_hours(walk, clock, 0.5)

    [article] = await walk.articles()
    assert (article.final_url, article.why, article.source) == (outlet.url("/article"), "search result", None)
    assert "search_hint_unresolved" in capsys.readouterr().out
    await outlet.stop()


async def test_direct_results_of_a_search_are_articles(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    outlet = await Site(pages={"/article": page("<p>article</p>")}).start()
    answer = {"articles": [{"url": outlet.url("/article"), "title": "T", "seendate": "20261121T100000Z"}]}
    site.pages["/doc"] = page(json.dumps(answer), content_type="application/json")
    walk = build_walk(source_of(site.url("/doc"), kind="search"), allowed=[outlet.netloc])
    await pass_hours(walk, clock, 0.5)
    assert len(await walk.articles()) == 1
    await outlet.stop()


async def test_off_topic_entry_of_a_general_source_is_skipped_and_said_so(
    build_walk: BuildWalk, site: Site, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "A bridge was opened in the city on Friday after two years of work and the mayor thanked all of the builders for it."
    feed = (
        f'<rss version="2.0"><channel><item><title>Bridge</title><link>{site.url("/a")}</link><description>{words}</description></item>'
        f"<item><title>Talks in Minsk</title><link>{site.url('/b')}</link><description>{words}</description></item></channel></rss>"
    )
    site.pages["/feed"] = page(feed)
    topics = (topic_names("talks", ["minsk*"], {}),)
    walk = build_walk(source_of(site.url("/feed")), topics=topics)
    await walk.drain()
    assert site.asked("/a") == []
    assert len(site.asked("/b")) == 1
    assert "'off topic': 1" in capsys.readouterr().out

    topical = build_walk(
        source_of(site.url("/feed"), name="Other").replace("side", 'scope = "topic"\nside'), topics=topics
    )
    await pass_hours(topical, clock, 0.5)
    assert len(site.asked("/a")) == 1


async def test_backfill_walks_the_sitemaps_in_its_own_lane(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    rows = "".join(
        f"<url><loc>{site.url(f'/{day}')}</loc><lastmod>2026-10-{day:02}</lastmod></url>"
        for day in range(1, 31)
    )
    site.pages["/sitemap.xml"] = page(f"<urlset>{rows}</urlset>", content_type="application/xml")
    walk = build_walk(source_of(site.url("/sitemap.xml"), kind="sitemap"))
    [listing] = walk.ingest.catalogue.listings.values()
    since = clock.now().replace(month=10, day=20, hour=0)
    request = FetchRequest(
        url=listing.url, kind="sitemap", source=listing.source, why="backfill", lane="backfill", since=since
    )
    await walk.handle(request)
    assert await walk.redis.xlen("fetch.backfill") == 11
    assert await walk.requests() == []
