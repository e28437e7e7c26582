"""Feeds in every form, and what is no feed."""

import json
from datetime import UTC, datetime

import pytest

from services.ingest.core.listed import Listed, Unreadable
from services.ingest.listings.feeds import parse_feed
from tests.web import hostile

BASE = "https://news.example/feed"
MOMENT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

RSS_2 = """<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><ttl>30</ttl>
<skipHours><hour>1</hour><hour>2</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<item><title>A &amp; B</title><link>/a?utm_source=rss</link><guid isPermaLink="false">7</guid>
<description>&lt;p&gt;Some &lt;b&gt;bold&lt;/b&gt; words&lt;/p&gt;</description><pubDate>Sat, 21 Nov 2026 12:00:00 +0200</pubDate></item>
</channel></rss>"""
RSS_091 = """<?xml version="1.0"?><rss version="0.91"><channel><title>t</title><link>https://news.example</link>
<item><title>A &amp; B</title><link>https://news.example/a</link></item></channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="x"><title>t</title><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel>
<item rdf:about="https://news.example/a"><title>A &amp; B</title><link>https://news.example/a</link><dc:date>2026-11-21T10:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/"><title>t</title>
<entry><title>A &amp; B</title><id>tag:news.example,2026:7</id><link href="a"/><published>2026-11-21T10:00:00Z</published>
<updated>2026-11-21T11:00:00Z</updated><summary>Some bold words</summary></entry></feed>"""
ATOM_03 = """<?xml version="1.0"?><feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title>
<entry><title>A &amp; B</title><link rel="alternate" href="https://news.example/a"/><issued>2026-11-21T10:00:00Z</issued></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": 7,
                "url": "/a",
                "title": "A & B",
                "date_published": "2026-11-21T12:00:00+02:00",
                "summary": "s",
            },
            {"id": 8, "title": "no link"},
            "junk",
        ],
    }
)


@pytest.mark.parametrize("feed", [RSS_2, RSS_091, RDF, ATOM, ATOM_03, JSON_FEED])
def test_entry_is_read_from_every_form(feed: str) -> None:
    listed = parse_feed(feed.encode(), BASE)
    assert isinstance(listed, Listed)
    [entry] = listed.entries
    assert entry.title == "A & B"
    assert entry.url.split("?")[0] == "https://news.example/a"
    if feed is not RSS_091:
        assert (entry.published or entry.updated) == MOMENT


def test_pace_that_a_feed_asks_for_is_read() -> None:
    rss, rdf = parse_feed(RSS_2.encode(), BASE), parse_feed(RDF.encode(), BASE)
    assert isinstance(rss, Listed)
    assert isinstance(rdf, Listed)
    assert (rss.pacing.ttl_s, set(rss.pacing.skip_hours), set(rss.pacing.skip_days)) == (1800, {1, 2}, {6})
    assert rdf.pacing.ttl_s == 1800


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"\n\n \t\r\n      ", "empty"),
        (b"\0" * 4096, "not a feed"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "html"),
        (hostile.CHALLENGE.encode(), "html"),
        (b'{"version": "9", "items": []}', "not a feed"),
        (b'{"items": ', "broken feed"),
        (b"{" * 100_000, "broken feed"),
        (b"<rss", "not a feed"),
        (bytes(range(256)) * 40, "not a feed"),
    ],
)
def test_what_is_no_feed_has_a_reason(body: bytes, reason: str) -> None:
    result = parse_feed(body, BASE)
    assert isinstance(result, Unreadable)
    assert result.reason == reason


def test_feed_cut_short_gives_the_entries_it_has() -> None:
    body = RSS_2.encode()[: RSS_2.index("</channel>")]
    result = parse_feed(body, BASE)
    assert isinstance(result, Listed)
    assert len(result.entries) == 1


def test_feed_in_another_encoding_than_declared_is_read() -> None:
    text = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><item><title>Беларусь</title><link>https://a.example/1</link></item></channel></rss>'
    result = parse_feed(text.encode("cp1251"), BASE, "application/rss+xml; charset=windows-1251")
    assert isinstance(result, Listed)
    assert result.entries[0].title == "Беларусь"


def test_billion_laughs_are_not_laughed() -> None:
    result = parse_feed(hostile.BILLION_LAUGHS.encode(), BASE)
    texts = [entry.title or "" for entry in result.entries] if isinstance(result, Listed) else []
    assert sum(len(text) for text in texts) < 10_000


def test_external_entity_is_never_opened(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret words")
    result = parse_feed(hostile.EXTERNAL_ENTITY.format(target=secret.as_uri()).encode(), BASE)
    titles = [entry.title or "" for entry in result.entries] if isinstance(result, Listed) else []
    assert "top secret" not in " ".join(titles)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "ftp://x/y", "http://[", ""])
def test_entry_without_a_web_link_is_left_out(link: str) -> None:
    feed = f'<rss version="2.0"><channel><item><title>x</title><link>{link}</link></item></channel></rss>'
    result = parse_feed(feed.encode(), "https://news.example/")
    urls = [entry.url for entry in result.entries] if isinstance(result, Listed) else []
    assert all(url.startswith("https://news.example/") for url in urls)


def test_path_as_body_opens_no_file() -> None:
    result = parse_feed(b"/etc/passwd <rss", BASE)
    assert isinstance(result, Unreadable | Listed)
    assert not (isinstance(result, Listed) and result.entries)
