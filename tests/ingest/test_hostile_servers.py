"""What a server can do to one request: each case ends in a named outcome, in bounded time and memory."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from services.ingest.app import utc_now
from services.ingest.core.outcomes import (
    ARTICLE_LIMITS,
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Redirected,
    Refused,
    Throttled,
)
from services.ingest.fetching.fetcher import Fetcher, build_client
from tests.web import hostile
from tests.web.site import Answer, Site, page

SMALL = replace(ARTICLE_LIMITS, wire_bytes=512 * 1024, body_bytes=2 * 1024 * 1024)
ENDS_WITHIN_S = 100.0
SHORTER = {hostile.drip: replace(SMALL, total_s=2.0), hostile.hang: replace(SMALL, first_byte_s=0.7)}
"""Only who takes a time limit whole has a short one: a loaded machine is slow with everything else, too."""


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    one = Fetcher(build_client("Cleanwire test", frozenset({site.netloc})), utc_now)
    yield one
    await one.close()


async def outcome_of(fetcher: Fetcher, site: Site, answer: Answer) -> FetchOutcome:
    site.pages["/x"] = answer
    async with asyncio.timeout(ENDS_WITHIN_S):
        return await fetcher.fetch(site.url("/x"), SHORTER.get(answer, SMALL))


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (hostile.reset, "connection lost"),
        (
            hostile.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\ncontent-type: text/html\r\n\r\nshort"),
            "protocol",
        ),
        (hostile.raw(b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n"), "protocol"),
        (hostile.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello"), "protocol"),
        (hostile.raw(b"\x16\x03\x01 this is no HTTP at all\r\n\r\n"), "protocol"),
        (hostile.drip, "deadline"),
        (hostile.hang, "first byte"),
        (hostile.header_flood, "protocol"),
        (hostile.many_headers, "header size"),
        (hostile.endless_chunks, "too large"),
        (hostile.http2_only, "protocol"),
        (hostile.bomb("gzip"), "bomb"),
        (hostile.bomb("deflate"), "bomb"),
        (hostile.bomb("br"), "bomb"),
        (hostile.bomb("zstd"), "bomb"),
        (page("plain", content_encoding="gzip"), "content encoding"),
        (page("plain", content_encoding="br"), "content encoding"),
        (page("plain", content_encoding="zstd"), "content encoding"),
        (page("plain", content_encoding="snappy"), "content encoding"),
        (page("plain", content_encoding="gzip, gzip, gzip, gzip"), "content encoding"),
        (page("x", content_length="900000000"), "too large"),
        (page("x", content_type="video/mp4"), "content type"),
        (page("", status=302), "redirect without location"),
        (page("", status=500), "http 500"),
        (page("", status=204), "http 204"),
        (page("", status=403), "http 403"),
    ],
)
async def test_every_misbehaviour_has_its_name(
    fetcher: Fetcher, site: Site, answer: Answer, outcome: str
) -> None:
    result = await outcome_of(fetcher, site, answer)
    assert isinstance(result, Failed | Refused)
    assert result.reason == outcome


async def test_body_longer_than_declared_is_cut_at_the_declaration(fetcher: Fetcher, site: Site) -> None:
    result = await outcome_of(fetcher, site, page("abcdef", content_length="3"))
    assert isinstance(result, Fetched | Failed)
    if isinstance(result, Fetched):
        assert result.body == b"abc"


async def test_page_with_wrong_charset_comes_as_its_bytes(fetcher: Fetcher, site: Site) -> None:
    body = "Беларусь".encode("cp1251")
    result = await outcome_of(fetcher, site, page(body, content_type="text/html; charset=utf-8"))
    assert isinstance(result, Fetched)
    assert result.body == body


@pytest.mark.parametrize("status", [404, 410])
async def test_missing_page_is_gone(fetcher: Fetcher, site: Site, status: int) -> None:
    assert await outcome_of(fetcher, site, page("", status=status)) == Gone(status)


async def test_both_forms_of_retry_after_are_read(fetcher: Fetcher, site: Site) -> None:
    assert await outcome_of(fetcher, site, page("", status=429, retry_after="120")) == Throttled(429, 120.0)
    later = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    dated = await outcome_of(fetcher, site, page("", status=503, retry_after=later))
    assert isinstance(dated, Throttled)
    assert dated.retry_after_s is not None
    assert 290 < dated.retry_after_s <= 300


async def test_redirect_is_told_and_not_followed(fetcher: Fetcher, site: Site) -> None:
    site.pages["/y"] = page("target")
    assert await outcome_of(fetcher, site, hostile.redirect("/y", 301)) == Redirected(
        site.url("/y"), True, 301
    )
    assert site.asked("/y") == []


async def test_no_cookie_is_ever_sent_back(fetcher: Fetcher, site: Site) -> None:
    await outcome_of(fetcher, site, page("ok", set_cookie="session=1; Path=/"))
    await outcome_of(fetcher, site, page("ok"))
    assert all("cookie" not in seen.headers for seen in site.seen)


async def test_nobody_listening_is_a_failed_connection(fetcher: Fetcher, site: Site) -> None:
    await site.stop()
    await asyncio.sleep(0)
    result = await fetcher.fetch(site.url("/x"), SMALL)
    assert isinstance(result, Failed)
    assert result.reason == "connect"


async def local(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize("case", ["good", "expired", "wrong host", "untrusted"])
async def test_only_a_valid_certificate_of_the_name_is_accepted(case: str) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    issuer = stranger if case == "untrusted" else authority
    name = "other.test" if case == "wrong host" else "news.test"
    expiry = datetime.now(UTC) - timedelta(days=1) if case == "expired" else None
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert(name, not_after=expiry).configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    site = await Site(pages={"/": page("secret")}).start(server_tls)
    allowed = frozenset({f"news.test:{site.port}"})
    fetcher = Fetcher(build_client("test", allowed, tls=client_tls, resolve=local), utc_now)

    outcome = await fetcher.fetch(site.url("/", host="news.test"), SMALL)

    if case == "good":
        assert isinstance(outcome, Fetched)
    else:
        assert isinstance(outcome, Failed)
        assert outcome.reason == "tls"
        assert site.seen == []
    await fetcher.close()
    await site.stop()


async def test_plain_http_on_a_tls_port_is_a_tls_failure(site: Site) -> None:
    fetcher = Fetcher(build_client("test", frozenset({site.netloc})), utc_now)
    outcome = await fetcher.fetch(f"https://{site.netloc}/", replace(SMALL, first_byte_s=0.7))
    assert isinstance(outcome, Failed)
    assert outcome.reason in {"tls", "connection lost", "connect", "first byte"}
    await fetcher.close()
