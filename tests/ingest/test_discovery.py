"""Sitemaps, listing pages, Telegram previews, searches: read into entries."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from services.ingest.core.entries import ListedEntry
from services.ingest.core.link_shapes import shape_of
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.core.sitemap_choice import chosen_sitemaps
from services.ingest.listings.pages import feeds_named_by, parse_listing_page
from services.ingest.listings.searches import parse_search
from services.ingest.listings.sitemaps import parse_sitemap
from services.ingest.listings.telegram import parse_telegram
from tests.web import hostile

BASE = "https://news.example/sitemap.xml"
NEWS_SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/a</loc><lastmod>2026-11-21T11:00:00Z</lastmod>
<news:news><news:publication><news:name>Ours</news:name></news:publication>
<news:publication_date>2026-11-21T10:00:00Z</news:publication_date><news:title>Talks &amp; more</news:title></news:news>
<image:image><image:loc>https://news.example/a.jpg</image:loc></image:image></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example/s1.xml</loc><lastmod>2026-11-20</lastmod></sitemap>
<sitemap><loc>/s2.xml.gz</loc></sitemap></sitemapindex>"""


def listed(result: Listed | Unreadable) -> Listed:
    assert isinstance(result, Listed)
    return result


def test_news_sitemap_gives_title_and_both_dates() -> None:
    [entry] = listed(parse_sitemap(NEWS_SITEMAP.encode(), BASE)).entries
    assert entry == ListedEntry(
        "https://news.example/a",
        "Talks & more",
        published=datetime(2026, 11, 21, 10, tzinfo=UTC),
        updated=datetime(2026, 11, 21, 11, tzinfo=UTC),
    )


def test_gzipped_sitemap_is_unpacked() -> None:
    assert len(listed(parse_sitemap(gzip.compress(NEWS_SITEMAP.encode()), BASE)).entries) == 1


def test_index_gives_its_children() -> None:
    children = listed(parse_sitemap(INDEX.encode(), BASE)).children
    assert [child.url for child in children] == [
        "https://news.example/s1.xml",
        "https://news.example/s2.xml.gz",
    ]


def test_robots_file_gives_the_sitemaps_it_names() -> None:
    body = b"User-agent: *\nDisallow: /x\nSitemap: https://news.example/s.xml\nsitemap: /news.xml\n"
    assert [child.url for child in listed(parse_sitemap(body, BASE)).children] == [
        "https://news.example/s.xml",
        "https://news.example/news.xml",
    ]


def test_sitemap_cut_short_gives_what_it_has() -> None:
    cut = NEWS_SITEMAP.encode()[: NEWS_SITEMAP.index("</urlset>")]
    assert len(listed(parse_sitemap(cut, BASE)).entries) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html><body>x</body></html>", "html"),
        (hostile.BILLION_LAUGHS.encode(), "not a sitemap"),
        (b"<urlset", "not a sitemap"),
        (b"hello", "not a sitemap"),
        (b"\x1f\x8bnonsense", "broken gzip"),
        (gzip.compress(bytes(70 * 1024 * 1024)), "bomb"),
    ],
)
def test_what_is_no_sitemap_has_a_reason(body: bytes, reason: str) -> None:
    result = parse_sitemap(body, BASE)
    assert isinstance(result, Unreadable)
    assert result.reason == reason


def test_news_children_come_before_others() -> None:
    children = [
        ListedEntry(f"https://a.example/{name}.xml") for name in ("posts-1", "posts-2", "news-sitemap")
    ]
    oldest = datetime(2026, 11, 14, tzinfo=UTC)
    assert chosen_sitemaps(children, oldest, is_backfill=False) == ["https://a.example/news-sitemap.xml"]
    assert len(chosen_sitemaps(children, oldest, is_backfill=True)) == 3


def test_children_unchanged_since_the_window_are_not_asked() -> None:
    old = ListedEntry("https://a.example/2019.xml", updated=datetime(2019, 1, 1, tzinfo=UTC))
    new = ListedEntry("https://a.example/2026.xml", updated=datetime(2026, 11, 20, tzinfo=UTC))
    assert chosen_sitemaps([old, new], datetime(2026, 11, 14, tzinfo=UTC), is_backfill=False) == [new.url]


LISTING = """<html lang="ru"><head><link rel="alternate" type="application/rss+xml" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" title="x" href="/feed"></head><body>
<nav><a href="/news/">News of the day from all regions</a><a href="/about/">About us</a></nav>
<a href="/news/politics/talks-in-minsk-go-on-101">Talks in Minsk go on for a second day</a>
<a href="/news/politics/envoy-meets-families-102#top">Envoy meets the families of prisoners</a>
<a href="/news/society/snow-falls-over-brest-103">Snow falls over Brest for a third day</a>
<a href="/news/politics/potash-trade-may-resume-104">Potash trade may resume, officials say</a>
<a href="/news/politics/one-more-for-good-measure-105"><img src="x"></a>
<a href="https://elsewhere.example/news/politics/not-of-this-site-at-all-7">Not of this site at all, a partner</a>
<a href="/tag/politics/some-long-tag-page-of-things-8">Everything that we ever wrote on politics</a></body></html>"""


def test_article_links_of_a_listing_page_are_learnt_from_their_shapes() -> None:
    result = listed(parse_listing_page(LISTING.encode(), "https://news.example/"))
    assert [entry.url.rsplit("-", 1)[1] for entry in result.entries] == ["101", "102", "104", "105"]
    assert result.shapes == ("/news/politics/*",)
    assert result.entries[0].title == "Talks in Minsk go on for a second day"


def test_learnt_shapes_serve_a_page_with_few_articles() -> None:
    page = '<a href="/news/politics/only-one-today-106">Only one today, but a new one</a>'
    assert isinstance(parse_listing_page(page.encode(), "https://news.example/"), Unreadable)
    result = listed(parse_listing_page(page.encode(), "https://news.example/", ("/news/politics/*",)))
    assert len(result.entries) == 1


def test_pattern_of_the_operator_decides_alone() -> None:
    result = listed(parse_listing_page(LISTING.encode(), "https://news.example/", (), r"^/news/society/"))
    assert [entry.url for entry in result.entries] == [
        "https://news.example/news/society/snow-falls-over-brest-103"
    ]


def test_page_drawn_by_script_has_no_links() -> None:
    result = parse_listing_page(b"<html><body><div id=app></div></body></html>", "https://news.example/")
    assert result == Unreadable("no links", "44 bytes")


def test_homepage_names_its_feeds_comments_last() -> None:
    assert feeds_named_by(LISTING.encode(), "https://news.example/") == [
        "https://news.example/feed",
        "https://news.example/comments/feed",
    ]


def test_shapes_keep_sections_and_forget_articles() -> None:
    assert shape_of("https://a.example/2026/11/21/x/a-b-c") == "/#/#/#/x/*"
    assert shape_of("https://a.example/news/123.html") == "/news/#"


TELEGRAM = """<html><body><main class="tgme_main"><section>
<div class="tgme_widget_message" data-post="ours/41"><div class="tgme_widget_message_text">Talks go on<br/>More on our site:
<a href="https://t.me/other">channel</a> <a href="https://news.example/news/talks-go-on">read</a></div>
<a class="tgme_widget_message_date"><time datetime="2026-11-21T10:00:00+00:00"></time></a></div>
<div class="tgme_widget_message" data-post="ours/42"><div class="tgme_widget_message_text">Only words</div>
<time datetime="2026-11-21T11:00:00+00:00"></time></div>
<div class="tgme_widget_message" data-post="javascript:x"></div></section></main></body></html>"""


def test_post_with_a_link_stands_for_its_article() -> None:
    first, second = listed(parse_telegram(TELEGRAM.encode(), "https://t.me/s/ours")).entries
    assert first.url == "https://news.example/news/talks-go-on"
    assert first.title == "Talks go on"
    assert first.published == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert second.url == "https://t.me/ours/42?embed=1&mode=tme"


def test_channel_without_preview_is_named() -> None:
    result = parse_telegram(b'<div class="tgme_page">contact @ours</div>', "https://t.me/s/ours")
    assert isinstance(result, Unreadable)
    assert result.reason == "no posts"


def test_gdelt_answer_is_read() -> None:
    body = json.dumps(
        {
            "articles": [
                {"url": "https://a.example/x", "title": "T", "seendate": "20261121T100000Z"},
                {"url": 7},
            ]
        }
    )
    [entry] = listed(parse_search(body.encode(), "https://api.example/doc")).entries
    assert (entry.url, entry.published) == ("https://a.example/x", datetime(2026, 11, 21, 10, tzinfo=UTC))


def test_refusal_of_a_search_in_plain_words_is_named() -> None:
    result = parse_search(b"Please limit requests to one every 5 seconds", "https://api.example/doc")
    assert isinstance(result, Unreadable)
    assert result.reason == "refused by the search"
