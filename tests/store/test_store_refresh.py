"""A new snapshot while claims go on: this process takes over the index that was computed, nobody reads everything anew."""

import asyncio
import random
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert

from services.store.archive import Archive
from services.store.core.stories.decision import Move, StoryDecision
from services.store.core.stories.index import StoryIndex
from services.store.core.stories.snapshot import Snapshot
from services.store.core.stories.terms import pack_terms
from services.store.database.schema import day_of, story, story_member, story_state
from services.store.stories.refresh import WRITTEN_AT_ONCE, in_slices, weighed_anew, write_slice
from services.store.stories.standing import standing_of
from tests.store.builders import NOON
from tests.store.test_store_stories import QUAKE, TALKS, report

TOPIC = "quakes-and-talks"


def known_of(archive):
    return archive.stories._topics[TOPIC]


async def fresh_known(archive, day=20_777):
    fresh = Archive(archive.database)
    await fresh.stories.prepare(TOPIC, day)
    return known_of(fresh)


def as_sets(index):
    return {story: sorted(names) for story, names in index.stories().items()}


async def test_index_after_a_refresh_is_what_another_store_reads_from_the_archive(archive):
    for n in range(5):
        await archive.claim(report(QUAKE, n, f"o{n}"))
    refreshing = asyncio.ensure_future(archive.weigh_stories_anew())
    await asyncio.gather(*(archive.claim(report(TALKS, n, f"o{n}")) for n in range(6)))
    assert await refreshing == [TOPIC]
    fresh, known = await fresh_known(archive), known_of(archive)
    assert as_sets(known.index) == as_sets(fresh.index)
    assert (known.seq, known.snapshot.version, known.index.next_story_id) == (
        fresh.seq,
        fresh.snapshot.version,
        fresh.index.next_story_id,
    )


async def test_claims_after_a_refresh_go_on_with_the_index_it_computed(archive):
    for n in range(5):
        await archive.claim(report(QUAKE, n, f"o{n}"))
        await archive.claim(report(TALKS, n, f"o{n}"))
    await archive.weigh_stories_anew()
    computed = known_of(archive).index
    settled = await asyncio.gather(*(archive.claim(report(QUAKE, n, f"o{n}")) for n in range(5, 20)))
    assert {one.story_id for one in settled} == {f"{TOPIC}-1"}
    assert known_of(archive).index is computed


async def test_index_that_many_claims_find_stale_is_loaded_once(archive):
    await archive.claim(report(QUAKE, 0, "o"))
    await archive.claim(report(QUAKE, 1, "p"))
    other = Archive(archive.database)
    await other.stories.prepare(TOPIC, 20_777)
    await archive.weigh_stories_anew()
    stale = known_of(other).snapshot.version
    await other.stories.prepare(TOPIC, 20_777, stale=stale)
    loaded = known_of(other)
    await asyncio.gather(*(other.stories.prepare(TOPIC, 20_777, stale=stale) for _ in range(8)))
    assert known_of(other) is loaded


def test_renumbering_shifts_the_new_stories_and_nothing_else():
    index = StoryIndex(Snapshot())
    rng = random.Random(4)
    for place in range(12):
        index.place(f"a{place:02}", {rng.randrange(2**32): 1.0 for _ in range(20)}, 1 + place % 6)
    before = as_sets(index)
    index.renumber(4, 9)
    after = as_sets(index)
    assert after == {story + 5 if story >= 4 else story: names for story, names in before.items()}
    assert index.next_story_id == 12
    assert all(index.story_of(name) == story for story, names in after.items() for name in names)


EVENTS = [" ".join(f"{kind}{n:02}word" for n in range(12)) for kind in "abcdefghijkl"]
REPORTS = 8  # of each event: its words stand in too few stories to count as the feed's own


@pytest.fixture
async def scattered(archive):
    """An archive in which every article has a story of its own, whatever it tells of: a refresh has much to move."""
    articles = [report(event, n, f"s{n}") for n in range(REPORTS) for event in EVENTS]
    members = [
        {
            "topic": TOPIC,
            "article_id": one.member.article_id,
            "story_id": place + 1,
            "terms": pack_terms(one.terms),
            "day": day_of(NOON),
        }
        for place, one in enumerate(articles)
    ]
    begun = [
        {"topic": TOPIC, "story_id": row["story_id"], "started_at": NOON, "changes": 0} for row in members
    ]
    state = {"topic": TOPIC, "seq": 1, "next_story_id": len(members) + 1, "snapshot": 0}

    def fill(connection):
        connection.execute(insert(story_member), members)
        connection.execute(insert(story), begun)
        connection.execute(insert(story_state), state)

    await archive.database.write(fill)
    later = Archive(archive.database, clock=lambda: NOON + timedelta(hours=1))
    await later.stories.prepare(TOPIC, day_of(NOON))
    return later


async def test_many_moves_are_written_in_slices_with_claims_between_them(scattered):
    refreshing = asyncio.ensure_future(scattered.weigh_stories_anew())
    claimed = [report(event, 100 + n, f"o{n}") for n in range(2) for event in EVENTS]
    await asyncio.gather(*(scattered.claim(one) for one in claimed))
    assert await refreshing == [TOPIC]
    fresh, known = await fresh_known(scattered, day_of(NOON)), known_of(scattered)
    assert as_sets(known.index) == as_sets(fresh.index)
    assert (known.seq, known.snapshot.version) == (fresh.seq, 1)
    assert known.index.next_story_id >= fresh.index.next_story_id
    assert sum(len(names) > 1 for names in as_sets(known.index).values()) >= len(EVENTS)


async def test_refresh_that_died_after_a_slice_is_done_again_from_where_it_stands(scattered):
    database = scattered.database
    standing = await standing_of(database, TOPIC, frozenset(), day_of(NOON))
    refresh = await weighed_anew(database, standing, frozenset())
    assert sum(len(decision.moved) for some in refresh.changes for decision in some) > WRITTEN_AT_ONCE
    assert len(refresh.changes) > 1
    work = partial(write_slice, refresh=refresh, number=0, now=NOON, announce=lambda *_: None)
    assert (await database.write(work, refresh.note)).seqs
    started_anew = Archive(database, clock=lambda: NOON + timedelta(hours=1))
    await started_anew.stories.prepare(TOPIC, day_of(NOON))
    assert known_of(started_anew).snapshot.version == 0
    assert await started_anew.weigh_stories_anew() == [TOPIC]
    fresh, known = await fresh_known(started_anew, day_of(NOON)), known_of(started_anew)
    assert as_sets(known.index) == as_sets(fresh.index)
    assert known.snapshot.version == fresh.snapshot.version == 1


async def test_refresh_that_another_process_overtook_writes_nothing_more(scattered):
    database = scattered.database
    standing = await standing_of(database, TOPIC, frozenset(), day_of(NOON))
    refresh = await weighed_anew(database, standing, frozenset())
    assert await scattered.weigh_stories_anew() == [TOPIC]
    work = partial(write_slice, refresh=refresh, number=0, now=NOON, announce=lambda *_: None)
    assert await database.write(work, refresh.note) is None
    fresh, known = await fresh_known(scattered, day_of(NOON)), known_of(scattered)
    assert as_sets(known.index) == as_sets(fresh.index)


def test_slices_keep_every_change_in_order_and_end_once_enough_moved():
    moves = tuple(Move(f"a{n}", 1, 2) for n in range(3))
    changes = [StoryDecision(f"d{n}", 1, 0.0, moved=moves) for n in range(7)]
    slices = in_slices(changes, most=5)
    assert [len(one) for one in slices] == [2, 2, 2, 1]
    assert [change for one in slices for change in one] == changes
    assert in_slices([]) == []
