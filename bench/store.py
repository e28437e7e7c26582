"""Claims per second and the index's size as the archive grows, and the race of copies: `./run bench store`."""

import argparse
import asyncio
import multiprocessing
import os
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from bench.embedded_postgres import EmbeddedPostgres, start_postgres
from services.contracts.identities import canonical_url, fetch_id_of, page_hash_of
from services.contracts.messages import NormalizedArticle, Quality
from services.store.archive import Archive
from services.store.claim.incoming import Incoming, incoming_of
from services.store.core.stories.background import background_rates
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.database.schema import day_of
from services.store.upkeep.window import keep_window

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HASHES = 31  # of a text of 250 words; the sketch keeps an eighth of the shingles, at least 24
WORDS = 250
WINDOW = 30
CLAIMS = 1_500
COPY_SHARE = 0.15
PROCESSES = 8
BATCH = 50_000

HEADING = (
    f"{'database':<12}{'stored':>10}{'claims/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms/claim':>12}{'compared':>12}"
    f"{'index B/art':>12}"
)
FILL = {
    "sqlite": (
        "WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last) ",
        "abs(random())",
        "lower(hex(randomblob(16)))",
        "(SELECT n FROM n)",
    ),
    "postgresql": (
        "",
        "(random() * 9.2e18)::bigint",
        "md5(n::text)",
        "generate_series(cast(:first AS bigint), cast(:last AS bigint)) AS n",
    ),
}


def make_words(count: int, rng: random.Random) -> list[str]:
    """Words as frequent as in the background table: real rates, no order."""
    return rng.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=count)


def make_message(number: int, rng: random.Random, words: Sequence[str] | None = None) -> NormalizedArticle:
    """An article of 250 words in five paragraphs, at one of fifty outlets."""
    chosen = list(words or make_words(WORDS, rng))
    body = "\n\n".join(" ".join(chosen[at : at + 50]) for at in range(0, len(chosen), 50))
    url = f"https://outlet{number % 50}.example/{number}-{rng.randrange(10**9)}"
    page_hash = page_hash_of(body.encode())
    return NormalizedArticle(
        fetch_id=fetch_id_of(url, NOW, page_hash),
        page_hash=page_hash,
        fetched_at=NOW,
        engine="bench",
        url=url,
        canonical_url=canonical_url(url),
        title=" ".join(chosen[:8]),
        text=body,
        language="en",
        quality=Quality(score=1, words=WORDS, kept_share=1),
    )


def make_incomings(count: int, seed: int) -> list[Incoming]:
    """New articles, 15 % of them edited copies of one before."""
    rng = random.Random(seed)
    known: list[list[str]] = []
    incomings = []
    for number in range(count):
        words = make_words(WORDS, rng)
        if known and rng.random() < COPY_SHARE:
            words = list(rng.choice(known))
            words[100:110] = make_words(10, rng)
        known.append(words)
        incomings.append(incoming_of(make_message(number, rng, words)))
    return incomings


async def fill(database: Database, have: int, want: int) -> None:
    """Grow the archive to `want` articles; their hashes are drawn at random, as a hash function's values are."""
    for first in range(have + 1, want + 1, BATCH):
        bounds = {"first": first, "last": min(first + BATCH - 1, want)}
        await database.write(lambda connection, bounds=bounds: _fill(connection, bounds))  # type: ignore[misc]


def _fill(connection: Connection, bounds: dict[str, int]) -> None:
    recursive, draw, digest, series = FILL[connection.dialect.name]
    today, at = day_of(NOW), int(NOW.timestamp() * 1e6)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -1000000")
    else:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    run = connection.execute
    run(
        text(
            f"INSERT INTO article_group (group_id, canonical_id, revision, members) {recursive} "
            f"SELECT n, {digest}, 1, 1 FROM {series}"
        ),
        bounds,
    )
    run(
        text(
            f"INSERT INTO article (number, article_id, group_id, url, canonical_url, outlet, outlet_group, title, text, "
            f"text_hash, first_seen, fetched_at, fetch_id, page_hash, engine, revision) {recursive} "
            f"SELECT n, {digest}, n, '', '', '', '', '', '', NULL, {at}, {at}, '', '', '', 1 "
            f"FROM {series}"
        ),
        bounds,
    )
    hashes = (
        "(WITH RECURSIVE k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < 31) SELECT k FROM k) AS k"
    )
    if connection.dialect.name == "postgresql":
        hashes = f"generate_series(1, {HASHES}) AS k"
    run(
        text(
            f"INSERT INTO sketch (h, number, day) {recursive} "
            f"SELECT {draw}, n, {today} - n % {WINDOW} FROM {series}, {hashes}"
        ),
        bounds,
    )
    if connection.dialect.name == "postgresql":
        run(
            text("SELECT setval('article_number_seq', :last), setval('article_group_group_id_seq', :last)"),
            bounds,
        )


async def index_bytes(database: Database) -> int:
    """Bytes on disk of the sketch index: table and keys."""
    return await database.read(_index_bytes)


def _index_bytes(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        sizes = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname ~ '^sketch(_|$)' AND relkind = 'r'"
        return int(connection.execute(text(sizes)).scalar_one())
    return int(connection.execute(text("SELECT sum(pgsize) FROM dbstat WHERE name = 'sketch'")).scalar_one())


@dataclass
class Claimed:
    """What claiming cost: seconds of each claim, of all, of this process's CPU; articles compared."""

    took: list[float] = field(default_factory=list)
    whole: float = 0.0
    cpu: float = 0.0
    compared: int = 0


async def claim_all(url: str, incomings: Sequence[Incoming], at_once: int) -> Claimed:
    """Claim with so many tasks."""
    database = open_database(url)
    archive = Archive(database, with_stories=False)
    await archive.claim(incomings[0])
    waiting = list(reversed(incomings[1:]))
    found = Claimed()

    async def work() -> None:
        while waiting:
            incoming = waiting.pop()
            began = time.perf_counter()
            settled = await archive.claim(incoming)
            found.compared += settled.compared
            found.took.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(at_once)))
    found.whole, found.cpu = time.perf_counter() - began, time.process_time() - cpu
    await database.close()
    return found


def _worker(url: str, seed: int, count: int, at_once: int, start: Any, found: Any) -> None:
    incomings = make_incomings(count, seed)
    start.wait()
    found.put(asyncio.run(claim_all(url, incomings, at_once)))


def claim_in_processes(url: str, processes: int, count: int, at_once: int) -> list[Claimed]:
    """Claim new articles in so many processes at once."""
    context = multiprocessing.get_context("spawn")
    start, found = context.Barrier(processes), context.Queue()
    seeds = [time.time_ns() + number for number in range(processes)]
    workers = [
        context.Process(target=_worker, args=(url, seed, count // processes, at_once, start, found))
        for seed in seeds
    ]
    for worker in workers:
        worker.start()
    results = [found.get() for _ in workers]
    for worker in workers:
        worker.join()
    return results


def server_cpu_s(server: EmbeddedPostgres) -> float:
    """CPU seconds of the server so far, of backends that have ended too."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


async def grow(name: str, url: str, sizes: Sequence[int], server: EmbeddedPostgres, asked: Any) -> None:
    """Print a line per size."""
    database = open_database(url)
    await migrate(database)
    for days_ago in range(WINDOW, -1, -5):
        await keep_window(database, NOW - timedelta(days=days_ago))
    processes, at_once = (1, 16) if name == "sqlite" else (asked.processes, 1)
    for size in sizes:
        began = time.perf_counter()
        await fill(database, await database.read(_last_number), size)
        filled = time.perf_counter() - began
        if database.dialect == "postgresql":
            await database.write(_analyze)
        per_article = await index_bytes(database) / await database.read(_last_number)
        before = server_cpu_s(server)
        results = await asyncio.to_thread(claim_in_processes, url, processes, asked.claims, at_once)
        cpu = sum(one.cpu for one in results) + server_cpu_s(server) - before
        _print_line(
            name, size, results, cpu, per_article, f"load {os.getloadavg()[0]:.1f}, filled in {filled:.0f} s"
        )
    await database.close()


def _print_line(
    name: str, size: int, results: Sequence[Claimed], cpu: float, per_article: float, note: str
) -> None:
    took = sorted(one for result in results for one in result.took)
    rate = sum(len(result.took) / result.whole for result in results)
    figures = (
        f"{rate:>10,.0f}{1e3 * statistics.median(took):>9.2f}{1e3 * took[int(len(took) * 0.99)]:>9.2f}"
        f"{1e3 * cpu / len(took):>12.2f}{sum(one.compared for one in results) / len(took):>12.2f}{per_article:>12,.0f}"
    )
    print(f"{name:<12}{size:>10,}{figures}   {note}", flush=True)


def _last_number(connection: Connection) -> int:
    return int(connection.execute(text("SELECT coalesce(max(number), 0) FROM article")).scalar_one())


def _analyze(connection: Connection) -> None:
    for table in ("sketch", "article", "article_group"):
        connection.execute(text(f"ANALYZE {table}"))


def race_messages(seed: int, articles: int = 150, copies: int = 5) -> list[Incoming]:
    """150 articles, each five times at outlets of its own, the copies side by side."""
    rng = random.Random(seed)
    made = []
    for number in range(articles):
        words = make_words(WORDS, rng)
        for copy in range(copies):
            edited = list(words)
            edited[60 + 8 * copy : 64 + 8 * copy] = make_words(4, rng)
            made.append(incoming_of(make_message(number * 10 + copy, rng, edited)))
    return made


async def _race(url: str, incomings: Sequence[Incoming], at_once: int) -> Counter[str]:
    database = open_database(url)
    archive = Archive(database, with_stories=False)
    waiting, verdicts = list(reversed(incomings)), Counter[str]()

    async def work() -> None:
        while waiting:
            verdicts[(await archive.claim(waiting.pop())).verdict] += 1

    await asyncio.gather(*(work() for _ in range(at_once)))
    await database.close()
    return verdicts


def _race_worker(url: str, incomings: Sequence[Incoming], start: Any, found: Any) -> None:
    start.wait()
    found.put(asyncio.run(_race(url, incomings, 1)))


def race(url: str, incomings: Sequence[Incoming], processes: int) -> Counter[str]:
    """The verdicts when so many processes claim at once (SQLite: so many tasks of one), copies dealt in turn."""
    if url.startswith("sqlite"):
        return asyncio.run(_race(url, incomings, processes))
    context = multiprocessing.get_context("spawn")
    start, found = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=_race_worker, args=(url, incomings[number::processes], start, found))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    verdicts = sum((found.get() for _ in workers), Counter[str]())
    for worker in workers:
        worker.join()
    return verdicts


def _fresh(url: str) -> None:
    async def anew() -> None:
        database = open_database(url)
        await migrate(database, "base")
        await migrate(database)
        await database.close()

    asyncio.run(anew())


def race_runs(name: str, url: str, runs: int) -> None:
    """Print how many articles passed as new twice, beyond what one worker lets pass."""
    doubles = []
    began = time.perf_counter()
    for seed in range(runs):
        incomings = race_messages(seed)
        _fresh(url)
        alone = asyncio.run(_race(url, incomings, 1)) if name == "sqlite" else None
        _fresh(url)
        together = race(url, incomings, PROCESSES)
        expected = alone["new"] if alone else 150
        doubles.append(together["new"] - expected)
    print(
        f"{name:<12}{runs} runs of 150 x 5 with {PROCESSES} workers: doubles {sum(doubles)} "
        f"(each run: {doubles}), {time.perf_counter() - began:.0f} s",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the figures."""
    parser = argparse.ArgumentParser(prog="./run bench store", description=__doc__)
    parser.add_argument(
        "--sizes", default="10000,100000", help="articles stored, comma-separated (10000,100000)"
    )
    parser.add_argument("--claims", type=int, default=CLAIMS, help="claims measured at each size (1500)")
    parser.add_argument("--processes", type=int, default=4, help="store processes on PostgreSQL (4)")
    parser.add_argument("--races", type=int, default=3, help="runs of the race (3)")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database alone")
    asked = parser.parse_args(arguments)
    sizes = [int(size) for size in asked.sizes.split(",") if size]
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        postgres = start_postgres(durable=True)
        urls = {
            "sqlite": f"sqlite:///{Path(folder) / 'archive.db'}",
            "postgresql": postgres.url_of("cleanwire"),
        }
        wanted = [name for name in urls if asked.only in (None, name)]
        try:
            for name in wanted if asked.races else ():
                race_runs(name, urls[name], asked.races)
            if sizes:
                print(HEADING)
            for name in wanted if sizes else ():
                _fresh(urls[name])
                asyncio.run(grow(name, urls[name], sizes, postgres, asked))
        finally:
            postgres.stop()
    print(f"peak RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


def _vocabulary() -> tuple[list[str], list[float]]:
    rates = sorted(background_rates().items())
    words = [f"w{term:x}" for term, _ in rates]
    return words, list(accumulate(rate for _, rate in rates))


_VOCABULARY, _WEIGHTS = _vocabulary()

if __name__ == "__main__":
    raise SystemExit(main())
