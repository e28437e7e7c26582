"""A fetched listing read into entries, by its kind, in a bounded thread: a slow parse stops no other handler."""

import asyncio
from collections.abc import Callable

from services.contracts.messages import FetchKind
from services.ingest.core.outcomes import Fetched
from services.ingest.feeds import Listed, Unreadable, parse_feed

Parse = Callable[[bytes, str, str], Listed | Unreadable]
PARSERS: dict[FetchKind, Parse] = {"feed": parse_feed}
AT_ONCE = 2

_threads = asyncio.Semaphore(AT_ONCE)


async def read_listing(kind: FetchKind, url: str, fetched: Fetched) -> Listed | Unreadable:
    """The entries that the fetched listing shows; links absolute against `url`."""
    parse = PARSERS[kind]
    async with _threads:
        return await asyncio.to_thread(parse, fetched.body, url, fetched.headers.get("content-type", ""))
