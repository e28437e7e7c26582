"""The hostile web through the whole handler, on real sockets: each case ends in bounded time, in one named line of the log."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import trustme
from structlog.testing import capture_logs

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.outcomes import FetchOutcome, Limits
from services.ingest.fetching.fetcher import Fetcher, WebClient, build_client
from services.ingest.fetching.guard import GuardedTransport
from tests.ingest.conftest import BuildWalk, Clock, resolver_to_loopback, source_of
from tests.web import hostile
from tests.web.internet import PUBLIC, Internet
from tests.web.site import Answer, Item, Site, page, rss

HANG_S = 100.0
"""Far above what any case may take: a fetch ends within 25 s, whatever the server does."""
Line = dict[str, Any]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class HurriedFetcher(Fetcher):
    """The fetcher with one time limit cut short, for the two cases that would otherwise take it whole."""

    def __init__(self, allowed_host: str, now: Callable[[], datetime], **shorter: float) -> None:
        super().__init__(build_client("test", frozenset({allowed_host})), now)
        self._shorter = shorter

    async def fetch(self, url: str, limits: Limits, headers: Any = None) -> FetchOutcome:
        is_robots = url.endswith("/robots.txt")
        return await super().fetch(url, limits if is_robots else replace(limits, **self._shorter), headers)


SHORTER = {"slow drip": {"total_s": 2.0}, "hang": {"first_byte_s": 0.7}}


@pytest.fixture
def hurried(build_walk: BuildWalk, site: Site, clock: Clock) -> Callable[..., Any]:
    """Builds a walk for a case of the table below."""

    def build(case: str, sources: str = "") -> Any:
        shorter = SHORTER.get(case)
        fetcher = HurriedFetcher(site.netloc, clock.now, **shorter) if shorter else None
        return build_walk(sources, fetcher=fetcher)

    return build


async def lines_of(walk: Any, request: FetchRequest) -> list[Line]:
    """The outcome lines of one request; it must end by itself."""
    with capture_logs() as logs:
        async with asyncio.timeout(HANG_S):
            await walk.handle(request)
    return [dict(line) for line in logs if "outcome" in line]


async def polled(walk: Any, clock: Clock, *, after_s: float = 0.0) -> list[Line]:
    """Everything logged while the walk polls what is due and fetches what came of it."""
    clock.forward(after_s)
    with capture_logs() as logs:
        async with asyncio.timeout(HANG_S):
            await walk.drain()
    return list(logs)


def event_of(lines: Sequence[Line], event: str) -> Line:
    """The one line of an event."""
    [line] = [line for line in lines if line["event"] == event]
    return line


SHORT_BODY = hostile.raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 500\r\n\r\nshort")
NEGATIVE_LENGTH = hostile.raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: -5\r\n\r\n")
TRANSPORT_CASES: list[tuple[str, Callable[[], Answer], str, str]] = [
    ("reset", lambda: hostile.reset, "fetch_failed", "connection lost"),
    ("truncated body", lambda: SHORT_BODY, "fetch_failed", "protocol"),
    ("slow drip", lambda: hostile.drip, "fetch_failed", "deadline"),
    ("hang", lambda: hostile.hang, "fetch_failed", "first byte"),
    ("header flood", lambda: hostile.header_flood, "fetch_failed", "protocol"),
    ("80 KiB of headers", lambda: hostile.many_headers, "fetch_refused", "header size"),
    ("endless chunks", lambda: hostile.endless_chunks, "fetch_refused", "too large"),
    ("gzip bomb", lambda: hostile.bomb("gzip"), "fetch_refused", "bomb"),
    ("deflate bomb", lambda: hostile.bomb("deflate"), "fetch_refused", "bomb"),
    ("brotli bomb", lambda: hostile.bomb("br"), "fetch_refused", "bomb"),
    ("zstd bomb", lambda: hostile.bomb("zstd"), "fetch_refused", "bomb"),
    ("wrong content-length", lambda: NEGATIVE_LENGTH, "fetch_failed", "protocol"),
    ("gzip declared, not sent", lambda: page("plain", content_encoding="gzip"), "fetch_failed", "content encoding"),
    ("http/2 only", lambda: hostile.http2_only, "fetch_failed", "protocol"),
    ("a video", lambda: page("x", content_type="video/mp4"), "fetch_refused", "content type"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "answer", "event", "reason"), TRANSPORT_CASES)
async def test_article_from_a_hostile_server_ends_in_a_named_line(
    hurried: Any, site: Site, case: str, answer: Callable[[], Answer], event: str, reason: str
) -> None:
    site.pages["/a"] = answer()
    walk = hurried(case)
    [line] = await lines_of(walk, FetchRequest(url=site.url("/a"), why="submitted"))
    assert (line["event"], line["reason"], line["url"]) == (event, reason, site.url("/a"))
    assert await walk.articles() == []


@pytest.mark.parametrize(("case", "answer", "event", "reason"), TRANSPORT_CASES)
async def test_feed_from_a_hostile_server_ends_in_a_named_line(
    hurried: Any, site: Site, case: str, answer: Callable[[], Answer], event: str, reason: str
) -> None:
    site.pages["/feed"] = answer()
    walk = hurried(case, source_of(site.url("/feed")))
    [request] = [
        FetchRequest(url=listing.url, kind=listing.kind, source=listing.source, why="poll")
        for listing in walk.ingest.catalogue.listings.values()
    ]
    [line] = await lines_of(walk, request)
    assert (line["event"], line["outcome"], line["reason"]) == ("feed_polled", "failed", reason)
    assert await walk.requests() == []


async def test_body_longer_than_declared_ends_at_the_declaration(build_walk: BuildWalk, site: Site) -> None:
    site.pages["/a"] = page("abcdef", content_length="3")
    walk = build_walk()
    [line] = await lines_of(walk, FetchRequest(url=site.url("/a"), why="submitted"))
    assert (line["event"], line["bytes"]) == ("page_fetched", 3)


async def test_page_in_another_charset_than_declared_is_handed_on_as_its_bytes(
    build_walk: BuildWalk, site: Site
) -> None:
    body = "Беларусь".encode("cp1251")
    site.pages["/a"] = page(body, content_type="text/html; charset=utf-8")
    walk = build_walk()
    [line] = await lines_of(walk, FetchRequest(url=site.url("/a"), why="submitted"))
    assert (line["event"], line["bytes"]) == ("page_fetched", len(body))


async def test_redirect_loop_ends_in_a_named_line(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    site.pages["/a"], site.pages["/b"] = hostile.redirect("/b"), hostile.redirect("/a")
    walk = build_walk()
    await lines_of(walk, FetchRequest(url=site.url("/a"), why="submitted"))
    line = event_of(await polled(walk, clock), "fetch_failed")
    assert line["reason"] == "redirects"
    assert len(site.seen) == 1 + 6


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_throttled_article_waits_as_long_as_the_server_says(
    build_walk: BuildWalk, site: Site, clock: Clock, status: int, form: str
) -> None:
    later = (clock.now() + timedelta(seconds=600)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    site.pages["/a"] = page("", status=status, retry_after="600" if form == "seconds" else later)
    walk = build_walk()
    [line] = await lines_of(walk, FetchRequest(url=site.url("/a"), why="submitted"))
    delayed: Any = await walk.redis.zrange(keys.DELAYED, 0, -1, withscores=True)
    [(_member, due)] = delayed
    assert (line["event"], line["outcome"], line["reason"]) == (
        "fetch_failed",
        "retry later",
        f"http {status}",
    )
    assert due >= clock.now().timestamp() + 599


@pytest.mark.parametrize("case", ["expired", "wrong host", "untrusted"])
async def test_bad_certificate_ends_in_a_named_line_and_sends_nothing(
    build_walk: BuildWalk, case: str
) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    issuer = stranger if case == "untrusted" else authority
    name = "other.test" if case == "wrong host" else "news.test"
    expiry = datetime.now(UTC) - timedelta(days=1) if case == "expired" else None
    server_tls, client_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    issuer.issue_cert(name, not_after=expiry).configure_cert(server_tls)
    authority.configure_trust(client_tls)
    secure = await Site(pages={"/a": page("secret")}).start(server_tls)
    walk = build_walk(tls=client_tls, allowed={f"news.test:{secure.port}"}, resolve=resolver_to_loopback)

    [line] = await lines_of(walk, FetchRequest(url=secure.url("/a", host="news.test"), why="submitted"))

    # robots.txt is asked first, and a site whose certificate is bad has none that could be believed.
    assert (line["event"], line["reason"]) == ("fetch_failed", "robots unreachable")
    assert "tls" in line["detail"]
    assert secure.seen == []
    await secure.stop()


async def test_http2_only_server_behind_tls_ends_in_a_named_line(build_walk: BuildWalk) -> None:
    authority = trustme.CA()
    server_tls, client_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    server_tls.set_alpn_protocols(["h2"])
    authority.issue_cert("news.test").configure_cert(server_tls)
    authority.configure_trust(client_tls)
    secure = await Site(pages={"/a": hostile.http2_only}).start(server_tls)
    walk = build_walk(tls=client_tls, allowed={f"news.test:{secure.port}"}, resolve=resolver_to_loopback)
    [line] = await lines_of(walk, FetchRequest(url=secure.url("/a", host="news.test"), why="submitted"))
    assert (line["event"], line["reason"]) == ("fetch_failed", "protocol")
    await secure.stop()


@pytest.fixture
async def internet(site: Site) -> AsyncIterator[Internet]:
    """`site` is public, a second listener is everything else."""
    inner = await Site(pages={}).start()
    net = Internet(site, inner, httpx.AsyncHTTPTransport(trust_env=False))
    yield net
    await inner.stop()


def guarded(internet: Internet, resolve: Resolver) -> GuardedTransport:
    return GuardedTransport(internet, frozenset(), resolve=resolve)


def answering(*answers: str) -> Resolver:
    """A resolver that gives these addresses one after the other, the last one for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return [left.pop(0) if len(left) > 1 else left[0]]

    return resolve


def walk_over(build_walk: BuildWalk, internet: Internet, clock: Clock, resolve: Resolver) -> Any:
    client = WebClient(guarded(internet, resolve), {"user-agent": "test"})
    return build_walk(fetcher=Fetcher(client, clock.now))


async def test_listener_sees_a_breach_when_there_is_no_guard(internet: Internet) -> None:
    """The proof below is worth something: the same request without a guard arrives at the inner listener."""
    await internet.handle_async_request(httpx.Request("GET", "http://169.254.169.254/latest/"))
    assert internet.inner.connections == 1


FORBIDDEN = [
    "127.0.0.1",
    "169.254.169.254",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::a00:1]",
    "10.0.0.1",
    "100.64.0.1",
    "0",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
]


@pytest.mark.parametrize("address", FORBIDDEN)
async def test_redirect_to_a_forbidden_address_ends_in_a_named_line_and_never_connects(
    build_walk: BuildWalk, site: Site, internet: Internet, clock: Clock, address: str
) -> None:
    site.pages["/a"] = hostile.redirect(f"http://{address}/latest/meta-data/")
    walk = walk_over(build_walk, internet, clock, answering(PUBLIC))

    [first] = await lines_of(walk, FetchRequest(url="http://news.test/a", why="submitted"))
    lines = await polled(walk, clock)

    assert first["event"] == "fetch_redirected"
    # The new host's robots.txt would be asked before the page: the guard stops that request already.
    assert event_of(lines, "fetch_refused")["reason"] == "address"
    assert len(site.asked("/a")) == 1
    assert internet.inner.connections == 0


@pytest.mark.parametrize("private", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
async def test_name_that_turns_private_between_two_requests_is_never_connected_to(
    build_walk: BuildWalk, site: Site, internet: Internet, clock: Clock, private: str
) -> None:
    site.pages["/a"] = page("<p>public</p>")
    # robots.txt and the first page look the name up, each once; from then on it is private.
    walk = walk_over(build_walk, internet, clock, answering(PUBLIC, PUBLIC, private))

    [first] = await lines_of(walk, FetchRequest(url="http://news.test/a", why="submitted"))
    clock.forward(60)
    [second] = await lines_of(walk, FetchRequest(url="http://news.test/a", why="submitted"))

    assert first["event"] == "page_fetched"
    assert (second["event"], second["reason"]) == ("fetch_refused", "address")
    assert len(site.asked("/a")) == 1
    assert internet.inner.connections == 0


async def test_name_with_a_public_and_a_private_address_is_not_connected_to_at_all(
    build_walk: BuildWalk, site: Site, internet: Internet, clock: Clock
) -> None:
    async def both(_host: str, _port: int) -> Sequence[str]:
        return [PUBLIC, "10.0.0.7"]

    walk = walk_over(build_walk, internet, clock, both)
    [line] = await lines_of(walk, FetchRequest(url="http://news.test/a", why="submitted"))
    assert (line["event"], line["reason"]) == ("fetch_refused", "address")
    assert "10.0.0.7" in line["detail"]
    assert (site.connections, internet.inner.connections) == (0, 0)


@pytest.mark.parametrize("length", ["declared", "undeclared"])
async def test_feed_of_200_megabytes_is_cut_and_named(
    build_walk: BuildWalk, site: Site, clock: Clock, length: str
) -> None:
    endless = hostile.EndlessFeed()
    site.pages["/feed"] = endless if length == "undeclared" else page("x", content_length="200000000")
    walk = build_walk(source_of(site.url("/feed")))
    line = event_of(await polled(walk, clock), "feed_polled")
    assert (line["outcome"], line["reason"]) == ("failed", "too large")
    assert endless.sent_mb < 50


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("\n" * 11, "empty"),
        ("<rss></rss>", "empty"),
        (hostile.CHALLENGE, "challenge page"),
        ("<html><body>Welcome</body></html>", "html"),
    ],
)
async def test_what_is_no_feed_is_named(
    build_walk: BuildWalk, site: Site, clock: Clock, body: str, reason: str
) -> None:
    site.pages["/feed"] = page(body)
    walk = build_walk(source_of(site.url("/feed")))
    line = event_of(await polled(walk, clock), "feed_polled")
    assert (line["outcome"], line["reason"]) == ("failed", reason)


async def test_frozen_feed_is_named_as_a_change_of_its_state(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/feed"] = page(rss(Item(site.url("/a"))))
    site.pages["/a"] = page("<p>a</p>")
    walk = build_walk(source_of(site.url("/feed")))
    await polled(walk, clock)
    lines = [line for _day in range(14) for line in await polled(walk, clock, after_s=86_400)]
    states = [line["state"] for line in lines if line["event"] == "source_state_changed"]
    assert states == ["quiet", "frozen"]


@pytest.mark.parametrize("kind", ["feed", "sitemap", "search"])
async def test_billion_laughs_are_not_laughed(
    build_walk: BuildWalk, site: Site, clock: Clock, kind: str
) -> None:
    site.pages["/list"] = page(hostile.BILLION_LAUGHS, content_type="application/xml")
    walk = build_walk(source_of(site.url("/list"), kind=kind))
    line = event_of(await polled(walk, clock), "feed_polled")
    assert line["outcome"] == ("failed" if kind == "sitemap" else "new")
    assert "haha" not in repr(line) + repr(await walk.requests())


@pytest.mark.parametrize("kind", ["feed", "sitemap", "search"])
async def test_external_entity_is_neither_fetched_nor_read(
    build_walk: BuildWalk, site: Site, clock: Clock, kind: str, tmp_path: Any
) -> None:
    secret = await Site(pages={"/secret": page("TOPSECRET")}).start()
    (tmp_path / "secret.txt").write_text("TOPSECRET")
    for number, target in enumerate((secret.url("/secret"), f"file://{tmp_path}/secret.txt")):
        body = hostile.EXTERNAL_ENTITY.format(target=target).replace("https://example.org", site.url())
        site.pages[f"/list{number}"] = page(body, content_type="application/xml")
    site.pages["/xxe"] = page("<p>page</p>")
    sources = "".join(source_of(site.url(f"/list{n}"), name=f"S{n}", kind=kind) for n in range(2))
    walk = build_walk(sources)

    both = [
        *await polled(walk, clock),
        *await polled(walk, clock, after_s=60),
    ]  # the second list is due a moment later
    lines = [line for line in both if line["event"] == "feed_polled"]

    assert len(lines) == 2
    assert "TOPSECRET" not in repr(lines) + repr(await walk.articles())
    assert secret.connections == 0
    await secret.stop()


async def test_entry_dated_tomorrow_is_taken_today_and_its_date_believed_by_nobody(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    site.pages["/feed"] = page(rss(Item(site.url("/a"), published=tomorrow)))
    site.pages["/a"] = page("<p>a</p>")
    walk = build_walk(source_of(site.url("/feed")))
    lines = await polled(walk, clock)
    [article] = await walk.articles()
    assert event_of(lines, "feed_polled")["new"] == 1
    assert article.hint.published is None


async def test_one_article_under_ten_urls_is_fetched_once(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    spellings = ["", "?utm_source=rss", "?fbclid=1", "#top", "?utm_medium=x&amp;utm_campaign=y", "/", "/amp", "?amp=1", "?ref=home", "?yclid=3"]  # fmt: skip
    site.pages["/a"] = page("<p>a</p>")
    site.pages["/feed"] = page(rss(*(Item(site.url(f"/a{spelling}")) for spelling in spellings)))
    walk = build_walk(source_of(site.url("/feed")))
    lines = await polled(walk, clock)
    line = event_of(lines, "feed_polled")
    assert (line["entries"], line["new"], line["skipped"]) == (10, 1, {"repeated": 9})
    assert [line["event"] for line in lines].count("page_fetched") == 1


async def test_feed_that_changes_every_guid_brings_nothing_new(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk(source_of(site.url("/feed")))
    told = []
    for poll in range(3):
        items = [Item(site.url(f"/{n}"), guid=f"poll-{poll}-{n}") for n in range(8)]
        site.pages |= {f"/{n}": page("<p>a</p>") for n in range(8)}
        site.pages["/feed"] = page(rss(*items))
        line = event_of(await polled(walk, clock, after_s=7200), "feed_polled")
        told.append((line["outcome"], line["new"], line["skipped"]))
    assert told == [("new", 8, {}), ("unchanged", 0, {"seen": 8}), ("unchanged", 0, {"seen": 8})]
    assert len([seen for seen in site.seen if seen.path != "/feed" and seen.path[1:].isdigit()]) == 8
