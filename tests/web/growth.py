"""`python -m tests.web.growth CASE [KIND]`: takes one hostile answer and prints how it ended and by how many MB this process grew."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx

from services.contracts.messages import FetchKind
from services.ingest.app import utc_now
from services.ingest.core.outcomes import ARTICLE_LIMITS, Fetched
from services.ingest.fetching.fetcher import Fetcher, build_client
from services.ingest.listings.reader import limits_of, read_listing
from tests.web import hostile
from tests.web.site import Answer, Site, page

LISTS: dict[str, Answer] = {
    "feed of 200 MB": hostile.EndlessFeed(),
    "billion laughs": page(hostile.BILLION_LAUGHS),
}


def peak_kb() -> int:
    # Not getrusage: its peak outlives exec, so a large parent would hide all growth.
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])


def answer_of(case: str) -> Answer:
    if case in LISTS:
        return LISTS[case]
    return hostile.bomb(case) if case in hostile.BOMBS else getattr(hostile, case)


async def taken(fetcher: Fetcher, url: str, kind: FetchKind) -> Any:
    """What came of the URL; of a list what its reader made of it."""
    outcome = await fetcher.fetch(url, ARTICLE_LIMITS if kind == "article" else limits_of(kind))
    if isinstance(outcome, Fetched) and kind != "article":
        return await read_listing(kind, url, outcome)
    return outcome


async def taken_without_limits(url: str) -> str:
    """The control: what the same answer does to a client that trusts it."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return f"{len((await client.get(url)).content)} bytes"


async def main(case: str, kind: str) -> None:
    # The server's own share is taken before: the bomb is packed and the process has its size.
    site = await Site(pages={"/x": answer_of(case)}).start()
    fetcher = Fetcher(build_client("test", frozenset({site.netloc})), utc_now)
    del hostile.ZEROS
    before = peak_kb()
    if kind == "unlimited":
        said = await taken_without_limits(site.url("/x"))
    else:
        said = getattr(await taken(fetcher, site.url("/x"), kind), "reason", "read")
    print(f"{said}|{(peak_kb() - before) // 1024}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
