"""Forgetting an article removes its text everywhere, and subscribers are told before its entries go."""

import json

import pytest
from sqlalchemy import select

from services.contracts.streams import ARTICLES_CLEANED, STORIES_UPDATED
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import outbox
from services.store.reading.search_index import index_waiting, search_articles
from services.store.reading.views import read_article
from services.store.relay.relaying import rebuild
from services.store.upkeep.forget import Forgotten, forget_articles
from tests.store.builders import make_article, make_text

SECRET = "zanzibarish"


@pytest.fixture
async def archive(database_url):
    database = open_database(database_url)
    await migrate(database)
    yield Archive(database)
    await database.close()


async def types(redis, stream):
    return [fields[b"type"].decode().split(".")[2] for _, fields in await redis.xrange(stream)]


async def test_forgotten_article_leaves_a_withdrawal_and_nothing_of_its_text(archive, redis_client):
    message = make_article(
        "https://one.example/a",
        f"{SECRET} " + make_text(1),
        title=f"About {SECRET} and other things",
        outlet="One",
    )
    settled = await archive.claim(incoming_of(message))
    await archive.claim(incoming_of(make_article("https://two.example/b", seed=5, title="Other")))
    await index_waiting(archive.database)
    await rebuild(archive.database, redis_client)
    done = await forget_articles(
        archive.database, redis_client, article_id=settled.article_id, reason="court order"
    )
    assert done == Forgotten(articles=1, withdrawn=1, entries_deleted=2)
    assert await types(redis_client, ARTICLES_CLEANED) == ["published", "withdrawn"]
    [event] = [
        fields for _, fields in await redis_client.xrange(ARTICLES_CLEANED) if b"withdrawn" in fields[b"type"]
    ]
    assert event[b"id"].decode() == f"{settled.article_id}:2:withdrawn"
    assert json.loads(event[b"data"])["reason"] == "court order"
    everything = str(await redis_client.xrange(ARTICLES_CLEANED)) + str(
        await redis_client.xrange(STORIES_UPDATED)
    )
    assert SECRET not in everything
    view = await read_article(archive.database, settled.article_id)
    assert (view.text, view.title, view.revisions[0].text) == ("", None, None)
    assert await search_articles(archive.database, SECRET) == []
    bodies = await archive.database.read(lambda c: c.execute(select(outbox.c.fields)).scalars().all())
    assert not any(SECRET in (body or "") for body in bodies)


async def test_forgotten_article_stays_forgotten_when_its_page_is_fetched_again(archive, redis_client):
    settled = await archive.claim(incoming_of(make_article()))
    await forget_articles(archive.database, redis_client, article_id=settled.article_id)
    again = await archive.claim(incoming_of(make_article(seed=3, minutes=5)))
    assert (again.verdict, again.reason) == ("redelivery", "withdrawn")
    assert (await read_article(archive.database, settled.article_id)).text == ""


async def test_source_is_forgotten_whole_and_twice_is_once(archive, redis_client):
    for number in range(3):
        message = make_article(
            f"https://one.example/{number}", seed=number, title=f"Title {number}", outlet="One"
        )
        await archive.claim(incoming_of(message))
    first = await forget_articles(archive.database, redis_client, source="One feed")
    again = await forget_articles(archive.database, redis_client, source="One feed")
    assert (first.articles, first.withdrawn) == (3, 3)
    assert again == Forgotten(articles=0, withdrawn=0, entries_deleted=0)
    with pytest.raises(ValueError, match="no article of source 'Two'"):
        await forget_articles(archive.database, redis_client, source="Two")


async def test_rebuilt_stream_leaves_forgotten_articles_out(archive, redis_client):
    settled = await archive.claim(incoming_of(make_article()))
    await archive.claim(incoming_of(make_article("https://two.example/b", seed=5, title="Other")))
    await rebuild(archive.database, redis_client)
    await forget_articles(archive.database, redis_client, article_id=settled.article_id)
    before = await redis_client.xrange(ARTICLES_CLEANED)
    await redis_client.flushdb()
    await rebuild(archive.database, redis_client)
    assert await redis_client.xrange(ARTICLES_CLEANED) == before
