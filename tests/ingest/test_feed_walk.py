"""The walk of a feed: polled, its entries sent on, its pages fetched, on a real socket and a real server."""

import zstandard

from services.contracts.messages import FetchRequest
from services.contracts.streams import ARTICLES_RAW
from tests.ingest.conftest import BuildWalk, Clock, source_of
from tests.web.site import Item, Site, page, rss


async def test_new_entries_of_a_feed_come_out_as_raw_articles(site: Site, build_walk: BuildWalk) -> None:
    site.pages["/feed"] = page(
        rss(Item(site.url("/a"), "First"), Item(site.url("/b"), "Second")), content_type="application/rss+xml"
    )
    site.pages["/a"] = page("<p>first page</p>")
    site.pages["/b"] = page("<p>second page</p>")
    walk = build_walk(source_of(site.url("/feed")))

    await walk.drain()

    articles = await walk.articles()
    assert {article.url for article in articles} == {site.url("/a"), site.url("/b")}
    assert {article.hint.title for article in articles} == {"First", "Second"}
    assert articles[0].source.side == "exile"
    rows = await walk.redis.xrange(ARTICLES_RAW)
    pages = {zstandard.decompress(fields[b"page"]) for _id, fields in rows}
    assert pages == {b"<p>first page</p>", b"<p>second page</p>"}


async def test_second_poll_asks_with_both_validators_and_takes_nothing_twice(
    site: Site, build_walk: BuildWalk, clock: Clock
) -> None:
    site.pages["/feed"] = page(
        rss(Item(site.url("/a"))), etag='"v1"', last_modified="Sat, 21 Nov 2026 11:00:00 GMT"
    )
    site.pages["/a"] = page("<p>page</p>")
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()

    clock.forward(3600)
    await walk.drain()

    first, second = site.asked("/feed")
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == '"v1"'
    assert second.headers["if-modified-since"] == "Sat, 21 Nov 2026 11:00:00 GMT"
    assert len(site.asked("/a")) == 1


async def test_entry_with_a_new_title_is_fetched_again(
    site: Site, build_walk: BuildWalk, clock: Clock
) -> None:
    site.pages["/feed"] = page(rss(Item(site.url("/a"), "Before")))
    site.pages["/a"] = page("<p>page</p>")
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()

    site.pages["/feed"] = page(rss(Item(site.url("/a"), "After")))
    clock.forward(3600)
    await walk.drain()

    assert [article.hint.title for article in await walk.articles()] == ["Before", "After"]


async def test_changed_entry_is_asked_for_conditionally_and_an_unchanged_page_goes_no_further(
    site: Site, build_walk: BuildWalk, clock: Clock
) -> None:
    site.pages["/feed"] = page(rss(Item(site.url("/a"), "Before")))
    site.pages["/a"] = page("<p>page</p>", etag='"1"')
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()

    site.pages["/feed"] = page(rss(Item(site.url("/a"), "After")))
    site.pages["/a"] = page("", status=304)
    clock.forward(1800)
    await walk.drain()

    assert [seen.headers.get("if-none-match") for seen in site.asked("/a")] == [None, '"1"']
    assert len(await walk.articles()) == 1


async def test_entries_older_than_the_window_are_not_fetched(site: Site, build_walk: BuildWalk) -> None:
    old = Item(site.url("/old"), published="Sat, 07 Nov 2026 10:00:00 GMT")
    site.pages["/feed"] = page(rss(old, Item(site.url("/a"))))
    site.pages["/a"] = page("<p>page</p>")
    walk = build_walk(source_of(site.url("/feed")))

    await walk.drain()

    assert site.asked("/old") == []
    assert len(site.asked("/a")) == 1


async def test_unreadable_feed_is_an_outcome_and_polled_again(
    site: Site, build_walk: BuildWalk, clock: Clock
) -> None:
    site.pages["/feed"] = page(b"\0" * 5000, content_type="application/rss+xml")
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()

    clock.forward(3600)
    await walk.drain()

    assert len(site.asked("/feed")) == 2
    assert await walk.requests() == []


async def test_submitted_article_without_a_source_is_fetched(site: Site, build_walk: BuildWalk) -> None:
    site.pages["/a"] = page("<p>page</p>")
    walk = build_walk()

    await walk.handle(FetchRequest(url=site.url("/a"), why="submitted"))

    [article] = await walk.articles()
    assert article.why == "submitted"
    assert article.source is None


async def test_article_in_a_feed_and_a_sitemap_of_one_source_is_fetched_once(
    site: Site, build_walk: BuildWalk, clock: Clock
) -> None:
    urls = "".join(
        f"<url><loc>{site.url(f'/{n}')}</loc><lastmod>2026-11-21</lastmod></url>" for n in range(8)
    )
    site.pages["/s.xml"] = page(f"<urlset>{urls}</urlset>", content_type="application/xml")
    site.pages["/feed"] = page(rss(*(Item(site.url(f"/{n}"), f"Title {n}") for n in range(8))))
    site.pages |= {f"/{n}": page(f"<p>{n}</p>") for n in range(8)}
    sitemap = f'[[source.feed]]\nkind = "sitemap"\nurl = "{site.url("/s.xml")}"\n'
    walk = build_walk(source_of(site.url("/feed")) + sitemap)

    for _hour in range(6):
        clock.forward(3600)
        await walk.drain()

    assert len(site.asked("/feed")) > 1
    assert len(site.asked("/s.xml")) > 1
    assert [len(site.asked(f"/{n}")) for n in range(8)] == [1] * 8
