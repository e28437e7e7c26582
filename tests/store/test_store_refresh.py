"""A new snapshot while claims go on: this process takes over the index that was computed, nobody reads everything anew."""

import asyncio
import random

from services.store.archive import Archive
from services.store.core.stories.index import StoryIndex
from services.store.core.stories.snapshot import Snapshot
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
