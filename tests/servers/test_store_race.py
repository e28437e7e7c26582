"""Copies claimed at once, by tasks and by processes: none passes as new twice. The long form is `./run bench store`."""

import asyncio

import pytest

from bench.store.messages import race_messages
from bench.store.racing import claim_at_once, race
from services.store.database.migrate import migrate
from services.store.database.opening import open_database

ARTICLES, COPIES = 30, 5


async def emptied(url: str) -> str:
    database = open_database(url)
    await migrate(database, "base")
    await migrate(database)
    await database.close()
    return url


@pytest.mark.parametrize("seed", range(4))
async def test_copies_claimed_by_eight_tasks_pass_as_new_once(database_url, seed):
    incomings = race_messages(seed, ARTICLES, COPIES)
    alone = await claim_at_once(await emptied(database_url), incomings, 1)
    together = await claim_at_once(await emptied(database_url), incomings, 8)
    assert together["new"] == alone["new"] == ARTICLES
    assert together["copy"] == ARTICLES * (COPIES - 1)


async def test_copies_claimed_by_eight_processes_pass_as_new_once(postgres_url):
    incomings = race_messages(9, ARTICLES, COPIES)
    verdicts = await asyncio.to_thread(race, await emptied(postgres_url), incomings, 8)
    assert verdicts == {"new": ARTICLES, "copy": ARTICLES * (COPIES - 1)}
