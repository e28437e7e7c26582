"""Export: articles per second and memory of each format, out of an archive of 5 KB entries made for it."""

import argparse
import asyncio
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

from services.console.export.events import Wanted
from services.console.export.run import FORMATS, export_events, writer_of
from services.contracts.events import ARTICLE_PUBLISHED, PublicEvent, article_event_id
from services.contracts.messages import Author, CleanArticle, Quality, TopicMatch
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.database.schema import outbox

TARGETS = {"jsonl": 20_000, "parquet": 10_000}
MOST_RSS_MB = 200
WORDS = [
    "talks",
    "envoy",
    "Minsk",
    "prisoners",
    "sanctions",
    "meeting",
    "spokesman",
    "Friday",
    "border",
    "potash",
]
TEXT_CHARS = 3_500  # with its fields and its attributes an entry of 5 KB


def rows_of(count: int) -> Iterator[dict[str, object]]:
    """Outbox rows as the store writes them, each with a text of its own."""
    rng = random.Random(8)
    for number in range(count):
        text = "\n\n".join(" ".join(rng.choices(WORDS, k=TEXT_CHARS // 40)) for _ in range(5))
        article_id = f"{number:032x}"
        article = CleanArticle(
            article_id=article_id,
            canonical_id=article_id,
            revision=1,
            url=f"https://outlet.example/{number}",
            canonical_url=f"https://outlet.example/{number}",
            outlet="Outlet",
            title=" ".join(rng.choices(WORDS, k=8)),
            text=text,
            authors=(Author(name="Jane Example"),),
            topics=(TopicMatch(topic="belarus-talks", score=0.9, evidence=("envoy", "Minsk")),),
            quality=Quality(score=0.9, words=500, kept_share=0.6),
        )
        event = PublicEvent(
            id=article_event_id(article_id, 1),
            type=ARTICLE_PUBLISHED,
            subject=article_id,
            time=datetime(2025, 12, 12, tzinfo=UTC),
            data=article.model_dump_json(),
        )
        fields = json.dumps(event.to_fields(), ensure_ascii=False)
        yield {
            "stream": "articles.cleaned",
            "event_id": event.id,
            "article_id": article_id,
            "fields": fields,
            "ms": 1_764_547_200_000 + number,
            "seq": 0,
        }


async def fill(database: Database, count: int) -> None:
    """Write `count` rows into a new archive."""
    await migrate(database)
    rows = rows_of(count)
    while page := list(itertools.islice(rows, 5_000)):
        await database.write(partial(put_announcements, page))


def put_announcements(rows: Sequence[Mapping[str, object]], connection: Connection) -> None:
    """Rows of the outbox, as the claim writes them."""
    connection.execute(insert(outbox), rows)


async def measure(url: str, format_: str) -> dict[str, object]:
    """Export everything once, in this process; rate and the highest resident size it ever had."""
    database = open_database(url)
    with tempfile.TemporaryFile() as output:
        began, busy = time.perf_counter(), time.process_time()
        count = await export_events(database, Wanted(), writer_of(format_, output))
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - busy
        size = output.tell()
    await database.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "format": format_,
        "articles": count,
        "per_second": round(count / seconds),
        "per_cpu_second": round(count / cpu_s),
        "peak_rss_mb": round(peak_mb),
        "output_mb": round(size / 2**20),
    }


async def make_archive(url: str, count: int) -> None:
    """Build the archive."""
    database = open_database(url)
    await fill(database, count)
    await database.close()


def main(arguments: list[str]) -> int:
    """Exit code 0 where every target is met."""
    parser = argparse.ArgumentParser(prog="./run bench export", description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--format", choices=list(FORMATS), help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help="an archive that exists already, instead of a new one")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.fill:
        asyncio.run(make_archive(chosen.url, chosen.articles))
        return 0
    if chosen.format:
        print(json.dumps(asyncio.run(measure(chosen.url, chosen.format))))
        return 0
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'archive.db'}"
        if not chosen.url:
            run_apart("--url", url, "--fill", "--articles", str(chosen.articles))
        return report([measured(url, name) for name in ("jsonl", "csv", "parquet")])


def measured(url: str, format_: str) -> dict[str, object]:
    """One format in a process of its own."""
    result: dict[str, object] = json.loads(run_apart("--url", url, "--format", format_))
    return result


def run_apart(*arguments: str) -> bytes:
    """A process of its own: a child counts its parent's memory as its own until then, so this one stays small."""
    command = [sys.executable, "-m", "bench.export", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def report(results: list[dict[str, object]]) -> int:
    """Print a line for each format, and what was missed."""
    missed = 0
    for result in results:
        target = TARGETS.get(str(result["format"]), 0)
        met = int(str(result["per_second"])) >= target and int(str(result["peak_rss_mb"])) <= MOST_RSS_MB
        missed += not met
        print(json.dumps(result | {"target_per_second": target, "most_rss_mb": MOST_RSS_MB, "met": met}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
