"""Replay beside the engine alone: pages per second of `cleanwire replay --dry-run`, and of extraction in a loop."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import zstandard

from bench.raw_articles import raw_article
from services.console.replay.report import Report
from services.console.replay.walk import replayed
from services.contracts.messages import NormalizedArticle, RawArticle
from services.contracts.streams import PAGE_FIELD
from services.normalize import extract
from services.normalize.core.normalized import normalized_article
from services.normalize.core.rejections import Rejection
from services.normalize.page_keeping import page_keeper
from services.runtime.kept_pages import KeptPages
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database

TARGET_SHARE = 0.8
BEGIN = datetime(2025, 12, 1, tzinfo=UTC)
WORDS = (
    "talks envoy Minsk prisoners sanctions meeting spokesman Friday border potash visa release " * 3
).split()


def page_of(number: int) -> bytes:
    """A page of some 60 KB: menus, fifteen paragraphs, lists of other articles, a footer."""
    rng = random.Random(number)

    def sentence(words: int) -> str:
        return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."

    links = "".join(f'<li><a href="/{n}">{sentence(6)}</a></li>' for n in range(300))
    text = "".join(f"<p>{sentence(25)} {sentence(20)}</p>" for _ in range(15))
    return (
        f'<html lang="en"><head><title>{sentence(8)}</title></head><body><nav><ul>{links}</ul></nav>'
        f"<article><h1>{sentence(8)}</h1>{text}</article><aside><ul>{links}</ul></aside><footer>About us</footer>"
        "</body></html>"
    ).encode()


def raw_of(number: int, page: bytes) -> RawArticle:
    """The fetch of that page."""
    return raw_article(f"https://outlet.example/{number}", BEGIN + timedelta(seconds=number), page)


async def prepare(folder: Path, pages: list[bytes]) -> tuple[str, str]:
    """Keep the pages and archive their articles, every tenth as an older engine saw it."""
    kept, url = str(folder / "kept"), f"sqlite:///{folder / 'archive.db'}"
    keep, database = page_keeper(kept), open_database(url)
    await migrate(database)
    archive = Archive(database)
    for number, page in enumerate(pages):
        raw = raw_of(number, page)
        await keep(raw, page, {PAGE_FIELD.encode(): zstandard.compress(page)})
        found = extract(page, raw.final_url, "text/html")
        if isinstance(found, Rejection):
            continue
        article = normalized_article(raw, found, ())
        if isinstance(article, NormalizedArticle):
            older = {"text": article.text.rpartition("\n\n")[0]} if number % 10 == 0 else {}
            await archive.claim(incoming_of(article.model_copy(update=older)))
    await database.close()
    return kept, url


def engine_alone(pages: list[bytes]) -> float:
    """Pages per second of extraction in a loop."""
    began = time.perf_counter()
    for number, page in enumerate(pages):
        extract(page, f"https://outlet.example/{number}", "text/html")
    return len(pages) / (time.perf_counter() - began)


async def replay_all(kept: str, url: str) -> tuple[float, Report]:
    """Pages per second of a whole dry run."""
    report, database = Report(), open_database(url)
    began = time.perf_counter()
    async for raw, outcome in replayed(KeptPages(kept), database, (), BEGIN):
        report.add(raw, outcome)
    seconds = time.perf_counter() - began
    await database.close()
    return sum(report.counts.values()) / seconds, report


def main(arguments: list[str]) -> int:
    """Exit code 0 where the replay reaches four fifths of the engine's own pace."""
    parser = argparse.ArgumentParser(prog="./run bench replay", description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    pages = [page_of(number) for number in range(parser.parse_args(arguments).pages)]
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        kept, url = asyncio.run(prepare(Path(folder), pages))
        shares = []
        for _ in range(3):  # in turn, so that a busy machine slows both
            alone, (whole, report) = engine_alone(pages), asyncio.run(replay_all(kept, url))
            shares.append(whole / alone)
            print(json.dumps({"engine_per_second": round(alone, 1), "replay_per_second": round(whole, 1)}))
    share = sorted(shares)[1]
    print(json.dumps({"share": round(share, 2), "target": TARGET_SHARE, "outcomes": dict(report.counts)}))
    return 0 if share >= TARGET_SHARE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
