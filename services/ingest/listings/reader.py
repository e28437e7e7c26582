"""A fetched listing read into entries, by its kind, in a bounded thread: a slow parse stops no other handler."""

import asyncio

from services.contracts.messages import FetchKind
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.core.outcomes import FEED_LIMITS, SITEMAP_LIMITS, Fetched, Limits
from services.ingest.listings.feeds import parse_feed
from services.ingest.listings.pages import FrontPage, front_page_of, parse_listing_page
from services.ingest.listings.searches import parse_search
from services.ingest.listings.sitemaps import parse_sitemap
from services.ingest.listings.telegram import parse_telegram

AT_ONCE = 2

_threads = asyncio.Semaphore(AT_ONCE)


async def read_listing(
    kind: FetchKind, url: str, fetched: Fetched, *, shapes: tuple[str, ...] = (), pattern: str | None = None
) -> Listed | Unreadable:
    """The entries that the fetched listing shows; links absolute against `url`.

    `shapes` and `pattern` matter to listing pages only: what was learnt of their links, or what the operator wrote.
    """
    content_type = fetched.headers.get("content-type", "")
    async with _threads:
        match kind:
            case "sitemap":
                return await asyncio.to_thread(parse_sitemap, fetched.body, url, content_type)
            case "listing":
                return await asyncio.to_thread(parse_listing_page, fetched.body, url, shapes, pattern)
            case "telegram":
                return await asyncio.to_thread(parse_telegram, fetched.body, url, content_type)
            case "search":
                return await asyncio.to_thread(parse_search, fetched.body, url, content_type)
        return await asyncio.to_thread(parse_feed, fetched.body, url, content_type)


async def read_front_page(url: str, fetched: Fetched) -> FrontPage:
    """What a page that stands where a list should be names itself: feeds, and links to articles."""
    async with _threads:
        return await asyncio.to_thread(front_page_of, fetched.body, url)


def limits_of(kind: FetchKind) -> Limits:
    """The bounds for a listing of this kind."""
    return SITEMAP_LIMITS if kind == "sitemap" else FEED_LIMITS
