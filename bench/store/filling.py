"""A large archive by a fast path: rows in bulk, hashes drawn at random as a hash function's values are."""

import os
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

from bench.store.messages import NOW, make_words
from services.store.database.opening import Database
from services.store.database.schema import day_of, microseconds_of
from services.store.upkeep.window import keep_window

HASHES = 31  # of a text of 250 words; the sketch keeps an eighth of the shingles, at least 24
WINDOW = 30
BATCH = 50_000
PARAGRAPHS, IN_ARTICLE = 4_000, 5
COLUMNS = (
    "number", "article_id", "group_id", "url", "canonical_url", "outlet", "outlet_group", "title", "text", "text_hash",
    "first_seen", "fetched_at", "fetch_id", "page_hash", "engine", "revision", "language",
)  # fmt: skip
SERIES = {
    "sqlite": (
        "WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last), "
        f"k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < {HASHES}) ",
        "abs(random())",
        "lower(hex(n)) || substr('00000000000000000000000000000000', 1, 32 - length(lower(hex(n))))",
        "n",
        "k",
    ),
    "postgresql": (
        "",
        "(random() * 9.2e18)::bigint",
        "rpad(encode(convert_to(n::text, 'UTF8'), 'hex'), 32, '0')",
        "generate_series(cast(:first AS bigint), cast(:last AS bigint)) AS n",
        f"generate_series(1, {HASHES}) AS k",
    ),
}


async def fill(database: Database, want: int) -> None:
    """Grow the archive to `want` articles over thirty days: groups, articles with their texts, sketches."""
    for days_ago in range(WINDOW, -1, -5):
        await keep_window(database, NOW - timedelta(days=days_ago))
    have, rng = await database.read(last_number), random.Random(7)
    paragraphs = [" ".join(make_words(50, rng)) for _ in range(PARAGRAPHS)]
    for first in range(have + 1, want + 1, BATCH):
        last = min(first + BATCH - 1, want)
        rows = list(_articles(first, last, paragraphs, rng))
        await database.write(lambda connection, f=first, n=last, r=rows: _fill(connection, f, n, r))  # type: ignore[misc]
        if want > BATCH:
            print(f"{database.dialect}: filled {last:,} of {want:,}", file=sys.stderr, flush=True)
    if database.dialect == "postgresql":
        await database.write(_analyze)


def last_number(connection: Connection) -> int:
    """The number of the last article."""
    return int(connection.execute(text("SELECT coalesce(max(number), 0) FROM article")).scalar_one())


def _articles(first: int, last: int, paragraphs: list[str], rng: random.Random) -> Iterator[tuple[Any, ...]]:
    at = microseconds_of(NOW)
    for n in range(first, last + 1):
        body = "\n\n".join(rng.choices(paragraphs, k=IN_ARTICLE))
        url, article_id = f"https://outlet{n % 50}.example/stored/{n}", str(n).encode().hex().ljust(32, "0")
        names = (url, url, f"outlet{n % 50}", f"outlet{n % 50}", body[:60], body, os.urandom(16))
        yield n, article_id, n, *names, at, at, article_id, article_id, "bench", 1, "en"


def _fill(connection: Connection, first: int, last: int, rows: list[tuple[Any, ...]]) -> None:
    series, draw, article_id, numbers, places = SERIES[connection.dialect.name]
    bounds, today = {"first": first, "last": last}, day_of(NOW)
    _in_bulk(connection)
    groups = "INSERT INTO article_group (group_id, canonical_id, revision, members)"
    connection.execute(text(f"{groups} {series} SELECT n, {article_id}, 1, 1 FROM {numbers}"), bounds)
    _put_articles(connection, rows)
    hashes = f"SELECT {draw} AS h, n, {today} - n % {WINDOW} FROM {numbers}, {places} ORDER BY 1"
    connection.execute(text(f"INSERT INTO sketch (h, number, day) {series} {hashes}"), bounds)
    if connection.dialect.name == "postgresql":
        sequences = "SELECT setval('article_number_seq', :last), setval('article_group_group_id_seq', :last)"
        connection.execute(text(sequences), {"last": last})


def _in_bulk(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -1000000")
    else:
        for line in ("statement_timeout = 0", "work_mem = '256MB'"):
            connection.execute(text(f"SET LOCAL {line}"))


def _put_articles(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "postgresql":
        await_only(driver.copy_records_to_table("article", records=rows, columns=COLUMNS))
    else:
        places = ", ".join("?" * len(COLUMNS))
        driver.executemany(f"INSERT INTO article ({', '.join(COLUMNS)}) VALUES ({places})", rows)


def _analyze(connection: Connection) -> None:
    for table in ("sketch", "article", "article_group"):
        connection.execute(text(f"ANALYZE {table}"))
