"""Hostile bodies cost bounded memory: measured on this process, with the server in another."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GROWTH_LIMIT_MB = 40

FETCH_AND_TELL = """
import asyncio, sys
from pathlib import Path
from services.ingest.app import utc_now
from services.ingest.core.outcomes import ARTICLE_LIMITS
from services.ingest.fetching.fetcher import Fetcher, build_client
from tests.web import hostile
from tests.web.site import Site

def peak_kb():
    # Not getrusage: its peak outlives exec, so a large parent would hide all growth.
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1])

async def main(case):
    # The server's own share is taken before: the bomb is packed and the process has its size.
    answer = hostile.bomb(case) if case in hostile.BOMBS else getattr(hostile, case)
    site = await Site(pages={"/x": answer}).start()
    fetcher = Fetcher(build_client("test", frozenset({site.netloc})), utc_now)
    del hostile.ZEROS
    before = peak_kb()
    outcome = await fetcher.fetch(site.url("/x"), ARTICLE_LIMITS)
    after = peak_kb()
    print(outcome.reason, (after - before) // 1024)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("gzip", "bomb"),
        ("deflate", "bomb"),
        ("br", "bomb"),
        ("zstd", "bomb"),
        ("endless_chunks", "too large"),
        ("header_flood", "protocol"),
    ],
)
def test_nothing_hostile_makes_the_process_grow(case: str, reason: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FETCH_AND_TELL, case],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said, grown_mb = told.stdout.strip().rsplit(" ", 1)
    assert said == reason
    assert int(grown_mb) < GROWTH_LIMIT_MB


def test_the_measure_itself_can_fail() -> None:
    """Without our limits the smallest bomb does what it was built for."""
    unbounded = FETCH_AND_TELL.replace(
        'outcome = await fetcher.fetch(site.url("/x"), ARTICLE_LIMITS)',
        'import httpx; held = (await httpx.AsyncClient().get(site.url("/x"))).content; outcome = hostile',
    ).replace("outcome.reason", "len(held)")
    told = subprocess.run(
        [sys.executable, "-c", unbounded, "gzip"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(told.stdout.strip().rsplit(" ", 1)[1]) > 50
