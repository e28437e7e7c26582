"""Hostile messages and broken databases: stored cleanly, refused with the field named, or RetryLater; nothing is lost or doubled."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, make_url, select, text

from services.contracts.failures import RetryLater, Unprocessable
from services.contracts.messages import ArticleDate
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.locks import url_key
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import article, outbox
from tests.store.builders import make_article, make_text


async def claim(archive, message):
    return await archive.claim(incoming_of(message))


async def count(archive, table):
    return await archive.database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def stored_text(archive):
    return await archive.database.read(lambda c: c.execute(select(article.c.text)).scalar_one())


async def test_nul_and_lone_surrogates_are_replaced_not_fatal(archive):
    await claim(
        archive,
        make_article(text=make_text(1) + "\x00 \ud83d end", title="A\x00 title \udc00 of six words here"),
    )
    assert (await stored_text(archive)).endswith("\ufffd \ufffd end")


async def test_five_megabytes_of_text_are_stored_whole(archive):
    long = " ".join(f"{number:023d}x" for number in range(200_000))
    assert len(long) > 4_900_000
    assert (await claim(archive, make_article(text=long))).verdict == "new"
    assert await stored_text(archive) == long


@pytest.mark.parametrize(
    "value", ["0000-00-00", "9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+14:00", "soon", ""]
)
async def test_absurd_publication_date_is_stored_as_it_stands_and_never_trusted(archive, value):
    message = make_article().model_copy(update={"published": ArticleDate(value=value, precision="second")})
    settled = await claim(archive, message)
    assert settled.verdict == "new"


@pytest.mark.parametrize("year", [1, 9999])
def test_absurd_fetch_time_is_refused_by_name(year):
    message = make_article().model_copy(update={"fetched_at": datetime(year, 6, 1, tzinfo=UTC)})
    with pytest.raises(Unprocessable, match=r"fetched_at is .*allowed: 1990 to 2099"):
        incoming_of(message)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "x" * 8_000_001),
        ("canonical_url", "ftp://x/"),
        ("canonical_url", "https:///a"),
        ("engine", "e" * 65),
    ],
)
def test_value_no_archive_can_hold_is_refused_by_name(field, value):
    with pytest.raises(Unprocessable, match=f"^{field} "):
        incoming_of(make_article().model_copy(update={field: value}))


def test_fetch_time_without_a_zone_is_taken_as_utc():
    naive = make_article().model_copy(update={"fetched_at": datetime(2026, 11, 20, 12)})
    assert incoming_of(naive).member.fetched_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
async def sqlite_archive(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'archive.db'}")
    await migrate(database)
    yield Archive(database)
    await database.close()


async def pragma(archive, line):
    return await archive.database.write(lambda c: c.exec_driver_sql(f"PRAGMA {line}").scalar())


async def test_full_disk_is_retried_and_nothing_is_lost_or_doubled(sqlite_archive):
    archive = sqlite_archive
    pages = await pragma(archive, "page_count")
    await pragma(archive, f"max_page_count={pages + 3}")
    message = make_article(text=make_text(4, 20_000))
    for _ in range(3):
        with pytest.raises(RetryLater, match=r"sqlite.*full"):
            await claim(archive, message)
    assert await count(archive, article) == 0
    await pragma(archive, "max_page_count=1000000")
    assert (await claim(archive, message)).verdict == "new"
    assert (await count(archive, article), await count(archive, outbox)) == (1, 2)


async def test_locked_file_is_retried(sqlite_archive):
    archive = sqlite_archive
    await pragma(archive, "busy_timeout=100")
    other = sqlite3.connect(archive.database.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RetryLater, match=r"sqlite.*locked"):
        await claim(archive, make_article())
    other.execute("ROLLBACK")
    other.close()
    assert (await claim(archive, make_article())).verdict == "new"


async def test_connections_that_the_server_closed_are_replaced_and_nothing_is_doubled(postgres_archive):
    archive = postgres_archive
    await claim(archive, make_article("https://one.example/a", seed=1))
    killer = open_database(
        f"postgresql://{make_url(str(archive.database._engine.url)).render_as_string().split('://')[1]}"
    )
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname=current_database() AND pid<>pg_backend_pid()"
    )
    await killer.write(lambda c: c.execute(kill).all())
    await killer.close()
    message = make_article("https://one.example/b", seed=2, title="Second")
    assert (await claim_until_settled(archive, message)).verdict == "new"
    assert await count(archive, article) == 2


async def claim_until_settled(archive, message):
    """As the delivery engine does: again after RetryLater."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return await claim(archive, message)
        except RetryLater:
            assert time.monotonic() < deadline


async def test_connection_lost_in_mid_transaction_is_retried_and_replaced(postgres_archive):
    def work(connection):
        connection.execute(text("CREATE TABLE half_done (n int)"))
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    for _ in range(12):  # more often than the pool has connections
        with pytest.raises(RetryLater, match="postgresql"):
            await postgres_archive.database.write(work)
    assert (await claim(postgres_archive, make_article())).verdict == "new"
    here = text("SELECT to_regclass('half_done')")
    assert await postgres_archive.database.read(lambda c: c.execute(here).scalar_one()) is None


async def test_absent_postgresql_is_retried():
    archive = Archive(open_database("postgresql://cleanwire@127.0.0.1:9/none"))
    with pytest.raises(RetryLater, match="postgresql"):
        await claim(archive, make_article())


async def test_deadlock_is_tried_again_until_both_are_through(postgres_archive):
    tries = []

    def lock(first, second):
        def work(connection):
            tries.append(first)
            for statement in (f"SELECT pg_advisory_xact_lock({first})", "SELECT pg_sleep(0.3)"):
                connection.execute(text(statement))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({second})"))

        return postgres_archive.database.write(work)

    await asyncio.gather(lock(1, 2), lock(2, 1))
    assert len(tries) == 3


STOPPED_STORE = """
import asyncio, sys, time
from services.store.database.opening import open_database
from services.store.database.locks import lock_keys
def work(connection):
    lock_keys(connection, [int(sys.argv[2])])
    print("locked", flush=True)
    time.sleep(60)
asyncio.run(open_database(sys.argv[1]).write(work))
"""


async def test_store_stopped_in_mid_transaction_blocks_nobody_for_long(postgres_archive, postgres_url):
    incoming = incoming_of(make_article())
    arguments = [sys.executable, "-c", STOPPED_STORE, postgres_url, str(url_key(incoming.member.article_id))]
    stopped = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    try:
        assert stopped.stdout.readline() == b"locked\n"
        os.kill(stopped.pid, signal.SIGSTOP)
        began, settled = time.monotonic(), None
        while settled is None:
            try:
                settled = await postgres_archive.claim(incoming)
            except RetryLater:
                assert time.monotonic() - began < 40  # the server ends such a transaction after 10
        assert settled.verdict == "new"
    finally:
        stopped.kill()
        stopped.wait()
