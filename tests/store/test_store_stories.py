"""Stories in the archive: two processes see one another's, a new snapshot reaches both, the events tell every change."""

import asyncio
import json
import random

import pytest
from sqlalchemy import func, select

from services.contracts.events import parse_event
from services.contracts.messages import TopicMatch
from services.store.archive import Archive
from services.store.claim.incoming import incoming_of
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.database.schema import outbox, story_change, story_member
from tests.store.builders import make_article

QUAKE = "earthquake island rescuers rubble harbour hotel survivors magnitude tremor collapsed seismologists epicentre"
TALKS = "envoys negotiations delegates prisoners sanctions lakeside residence ceasefire mediators communique treaty"


def report(event, number, outlet):
    """The same event in other words: its vocabulary in an order of its own, with details of its own."""
    rng, words = random.Random(number * 2 + (event == TALKS)), event.split()
    sentences = [" ".join([*rng.sample(words, 7), f"detail{rng.randrange(10**6)}"]) for _ in range(14)]
    topics = (TopicMatch(topic="quakes-and-talks", score=1.0),)
    title = " ".join(rng.sample(words, 5))
    url = f"https://{outlet}.example/{words[0]}/{number}"
    message = make_article(url, ". ".join(sentences), title=title, minutes=number)
    return incoming_of(message.model_copy(update={"topics": topics}))


async def story_events(archive):
    rows = await archive.database.read(
        lambda c: c.execute(select(outbox.c.fields).order_by(outbox.c.n)).scalars().all()
    )
    told = [parse_event(json.loads(fields)) for fields in rows]
    return [(event, data) for event, data in told if event.type.startswith("cleanwire.story.")]


async def stories_of(archive):
    rows = await archive.database.read(
        lambda c: c.execute(
            select(story_member.c.story_id, func.count()).group_by(story_member.c.story_id)
        ).all()
    )
    return sorted(count for _, count in rows)


async def test_reports_of_two_events_make_two_stories_with_public_ids(archive):
    settled = [await archive.claim(report(kind, n, f"o{n}")) for n in range(6) for kind in (QUAKE, TALKS)]
    assert await stories_of(archive) == [6, 6]
    assert {one.story_id for one in settled} == {"quakes-and-talks-1", "quakes-and-talks-2"}
    told = await story_events(archive)
    assert [data.article_id for _, data in told] == [one.article_id for one in settled]
    assert {event.type for event, _ in told} == {"cleanwire.story.joined.v1"}
    assert len({event.id for event, _ in told}) == len(told)


@pytest.fixture
async def two_archives(postgres_url):
    first = open_database(postgres_url)
    await migrate(first)
    second = open_database(postgres_url)
    yield Archive(first), Archive(second)
    await first.close()
    await second.close()


async def test_two_stores_put_reports_of_one_event_into_one_story(two_archives):
    claims = [two_archives[n % 2].claim(report(QUAKE, n, f"o{n}")) for n in range(16)]
    settled = await asyncio.gather(*claims)
    assert len({one.story_id for one in settled}) == 1
    assert await stories_of(two_archives[0]) == [16]


async def test_new_snapshot_of_one_store_reaches_the_other(two_archives):
    one, other = two_archives
    for n in range(5):
        await one.claim(report(QUAKE, n, f"o{n}"))
        await other.claim(report(TALKS, n, f"o{n}"))
    assert await one.weigh_stories_anew() == ["quakes-and-talks"]
    quakes = [await other.claim(report(QUAKE, n, f"o{n}")) for n in range(5, 9)]
    talks = [await one.claim(report(TALKS, n, f"o{n}")) for n in range(5, 9)]
    assert {place.story_id for place in quakes} == {"quakes-and-talks-1"}
    assert {place.story_id for place in talks} == {"quakes-and-talks-2"}
    known = [store.stories._topics["quakes-and-talks"] for store in two_archives]
    assert known[0].snapshot.version == known[1].snapshot.version == 1


async def test_refresh_writes_around_what_changed_meanwhile_and_cuts_the_log(archive):
    for n in range(5):
        await archive.claim(report(QUAKE, n, f"o{n}"))
        await archive.claim(report(TALKS, n, f"o{n}"))
    refreshing = asyncio.ensure_future(archive.weigh_stories_anew())
    late = await asyncio.gather(*(archive.claim(report(QUAKE, n, f"o{n}")) for n in range(5, 12)))
    await refreshing
    assert {one.story_id for one in late} == {"quakes-and-talks-1"}
    assert await stories_of(archive) == [5, 12]
    kept = await archive.database.read(lambda c: c.execute(select(func.min(story_change.c.seq))).scalar())
    assert kept is None or kept > 10
    fresh = Archive(archive.database)
    await fresh.stories.prepare("quakes-and-talks", 20_777)
    assert len(fresh.stories._topics["quakes-and-talks"].index) == 17
