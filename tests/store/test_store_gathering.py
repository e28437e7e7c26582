"""Claims that share a transaction on PostgreSQL come out as if each had been alone; what fails fails alone."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import func, select, text

from bench.store.messages import race_messages
from services.contracts.failures import RetryLater, Unprocessable
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.claim.settling import settle
from services.store.database.locks import url_key
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import article, article_group, outbox, story_member
from services.store.stories.placing import Placing
from services.store.stories.stories import StaleTopic
from tests.store.builders import NOON, make_article, make_text


async def opened(url):
    database = open_database(url)
    await migrate(database)
    return Archive(database)


@pytest.fixture
async def archive(postgres_url):
    archive = await opened(postgres_url)
    yield archive
    await archive.database.close()


def reports(count, first=0):
    made = [
        make_article(f"https://o{n}.example/a", seed=n, title=f"Headline {n}") for n in range(first, count)
    ]
    return [incoming_of(message) for message in made]


async def count(archive, table):
    return await archive.database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


async def at_once(archive, incomings):
    return await asyncio.gather(*(archive.claim(one) for one in incomings), return_exceptions=True)


async def test_claims_that_wait_share_transactions(archive):
    settled = await at_once(archive, reports(40))
    assert Counter(one.verdict for one in settled) == {"new": 40}
    transactions = text("SELECT count(DISTINCT xmin::text) FROM article")
    assert await archive.database.read(lambda c: c.execute(transactions).scalar_one()) < 40
    assert (await count(archive, story_member), await count(archive, outbox)) == (40, 80)


async def test_poison_in_the_middle_is_refused_alone(archive):
    incomings = reports(12)
    incomings[5] = replace(incomings[5], outlet="a \x00 that no database holds")
    settled = await at_once(archive, incomings)
    assert isinstance(settled[5], Unprocessable)
    assert [one.verdict for place, one in enumerate(settled) if place != 5] == ["new"] * 11
    assert await count(archive, article) == await count(archive, story_member) == 11


async def test_two_copies_of_different_halves_of_one_article_join_its_group_one_after_the_other(archive):
    first, second = make_text(1, 90), make_text(2, 90)
    whole = make_article("https://whole.example/a", f"{first}\n\n{second}", title="Both halves together")
    await archive.claim(incoming_of(whole))
    halves = [
        make_article("https://first.example/a", first, title="The first half", minutes=5),
        make_article("https://second.example/a", second, title="The second half", minutes=6),
    ]
    settled = await at_once(archive, [incoming_of(half) for half in halves])
    assert [one.verdict for one in settled] == ["copy", "copy"]
    groups = await archive.database.read(
        lambda c: c.execute(select(article_group.c.members, article_group.c.changes)).all()
    )
    assert [tuple(row) for row in groups] == [(3, 2)]


def mixed_feed():
    """New articles, copies, revisions, redeliveries, an earlier original and an update, in one order."""
    body, longer = make_text(1), make_text(1) + "\n\n" + make_text(2, 40)
    early = "2026-11-20T11:00:00+00:00"
    messages = [
        make_article("https://one.example/a", body),
        make_article("https://two.example/b", body, minutes=1),
        make_article("https://one.example/a", longer, minutes=5),
        make_article("https://one.example/a", longer, minutes=5),
        make_article("https://three.example/c", longer, minutes=7, published=early),
        make_article("https://one.example/a-2", longer + "\n\n" + make_text(3, 40), minutes=90),
        make_article("https://four.example/d", make_text(9), title="Another matter", minutes=91),
        make_article("https://four.example/d", make_text(9), title="Another matter", minutes=95),
    ]
    return [*race_messages(3, 12, 3), *(incoming_of(message) for message in messages)]


async def verdicts_and_groups(archive, settled):
    rows = await archive.database.read(
        lambda c: c.execute(
            select(article.c.article_id, article_group.c.canonical_id, article.c.revision).join(article_group)
        ).all()
    )
    events = await archive.database.read(lambda c: c.execute(select(outbox.c.event_id)).scalars().all())
    told = sorted(event for event in events if not event.startswith("all-"))  # stories: by their own order
    return [one.verdict for one in settled], sorted(tuple(row) for row in rows), told


async def test_outcome_is_that_of_one_claim_after_the_other(archive, tmp_path):
    alone = await opened(f"sqlite:///{tmp_path / 'archive.db'}")
    incomings = mixed_feed()
    one_by_one = [await alone.claim(one) for one in incomings]
    together = await at_once(archive, incomings)
    assert await verdicts_and_groups(archive, together) == await verdicts_and_groups(alone, one_by_one)
    await alone.database.close()


async def test_same_message_many_times_at_once_is_stored_once(archive):
    incoming = reports(1)[0]
    settled = await at_once(archive, [incoming] * 20)
    assert Counter(one.verdict for one in settled) == {"new": 1, "redelivery": 19}
    assert (await count(archive, article), await count(archive, outbox)) == (1, 2)


async def test_transaction_that_deadlocks_at_its_end_is_tried_again_whole_and_memory_follows(archive):
    incomings, tries = reports(6), []
    await archive.stories.prepare("", 20_777)
    placing = Placing(archive.stories)

    def work(connection):
        settled = settle(connection, incomings, placing, NOON)
        tries.append(settled)
        if len(tries) == 1:
            raise asyncpg.DeadlockDetectedError("the first time")
        return settled

    async def again():
        return await archive.database.write(work, lambda _: placing.commit(), placing.end)

    with pytest.raises(StaleTopic):
        await again()  # what was made true in memory is dropped with the transaction
    await archive.stories.prepare("", 20_777)
    assert [one.verdict for one in await again()] == ["new"] * 6
    assert (await count(archive, article), await count(archive, outbox)) == (6, 12)
    fresh = Archive(archive.database)
    await fresh.stories.prepare("", 20_777)
    assert archive.stories._topics[""].index.stories() == fresh.stories._topics[""].index.stories()
    assert archive.stories._topics[""].seq == fresh.stories._topics[""].seq == 6


async def test_claim_that_is_cancelled_while_it_waits_hinders_nobody(archive):
    incomings = reports(20)
    tasks = [asyncio.create_task(archive.claim(one)) for one in incomings]
    await asyncio.sleep(0)
    for task in tasks[5:15]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    settled = await at_once(archive, incomings)
    assert {one.verdict for one in settled} <= {"new", "redelivery"}
    assert await count(archive, article) == await count(archive, story_member) == 20


async def test_database_that_is_away_sends_every_waiting_claim_back():
    archive = Archive(open_database("postgresql://cleanwire@127.0.0.1:9/none"), with_stories=False)
    settled = await at_once(archive, reports(20))
    assert [type(one) for one in settled] == [RetryLater] * 20


KILLED_STORE = """
import asyncio, sys, time
from services.store.archive import Archive
from services.store.claim.settling import settle
from services.store.database.opening import open_database
from services.store.stories.placing import Placing
from services.store.stories.stories import StaleTopic
from tests.store.builders import NOON
from tests.store.test_store_gathering import reports
async def main():
    archive = Archive(open_database(sys.argv[1]))
    await archive.stories.prepare("", 20_777)
    def work(connection):
        settle(connection, reports(8), Placing(archive.stories), NOON)
        print("written", flush=True)
        time.sleep(60)
    await archive.database.write(work)
asyncio.run(main())
"""


async def test_store_killed_before_its_commit_leaves_nothing_of_any_claim(archive, postgres_url):
    killed = subprocess.Popen([sys.executable, "-c", KILLED_STORE, postgres_url], stdout=subprocess.PIPE)
    try:
        assert await asyncio.to_thread(killed.stdout.readline) == b"written\n"
        assert await count(archive, article) == 0
        os.kill(killed.pid, signal.SIGKILL)
        settled = await at_once(archive, reports(8))
    finally:
        killed.kill()
        killed.wait()
    assert [one.verdict for one in settled] == ["new"] * 8
    assert (await count(archive, article), await count(archive, outbox)) == (8, 16)


async def test_claims_that_share_no_key_do_not_wait_for_one_that_is_locked_out(archive, postgres_url):
    """Two transactions at once: while one waits for a lock of somebody else's, the other goes on."""
    incomings = reports(30)
    other = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    async with other.transaction():
        key = url_key(incomings[0].member.article_id)
        await other.execute("SELECT pg_advisory_xact_lock($1)", key)
        waiting = asyncio.create_task(archive.claim(incomings[0]))
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        settled = await at_once(archive, incomings[1:])
        assert {one.verdict for one in settled} == {"new"}
        assert not waiting.done()
    await other.close()
    assert (await waiting).verdict == "new"
