"""How a topic stands in the archive, read slice by slice: no transaction is long, and terms are not kept."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select

from ..core.fingerprint import WINDOW_DAYS
from ..core.stories.index import StoryIndex
from ..core.stories.snapshot import Snapshot
from ..core.stories.terms import Terms, unpack_terms
from ..database.opening import Database
from ..database.schema import story_member
from .rows import TopicState, read_snapshot, topic_state

SLICE = 500
"""Articles read at once: some twenty milliseconds of a reading connection, a megabyte of terms."""

GIVEN_WAY_EVERY = 8  # articles: a millisecond


@dataclass(frozen=True)
class Standing:
    """A topic as it stood: its state, the snapshot that weighs it, its articles with their stories, by id.

    What happens to an article later stands in the topic's log after `state.seq`.
    """

    topic: str
    state: TopicState
    snapshot: Snapshot
    taken_at: datetime | None
    members: list[tuple[str, int]]


async def standing_of(database: Database, topic: str, own: frozenset[int], day: int) -> Standing:
    """Read how a topic stands, the articles of the window before `day`; `own` are its words. Raises RetryLater."""
    return await database.read(lambda connection: _read(connection, topic, own, day - WINDOW_DAYS))


async def for_each(database: Database, standing: Standing, use: Callable[[str, int, Terms], None]) -> None:
    """Give every article with its story and its terms to `use`, in a thread beside the claims. Raises RetryLater.

    One that has left the topic since is left out.
    """
    async for rows in _slices(database, standing):
        await asyncio.to_thread(_use_each, use, rows)


async def filled(database: Database, standing: Standing, scorer: Snapshot) -> StoryIndex:
    """An index of the articles as they stand, weighed by `scorer`. Raises RetryLater."""
    index = StoryIndex(scorer, standing.state.next_story_id)
    await for_each(database, standing, lambda name, story_id, terms: index.place(name, terms, story_id))
    return index


def give_way() -> None:
    """Let a claim have the interpreter: it would wait five milliseconds each time it asks for it, and it asks often.

    Not by a sleep of nothing, which fails where libfaketime shows the process another clock.
    """
    os.sched_yield()


async def _slices(database: Database, standing: Standing) -> AsyncIterator[list[tuple[str, int, bytes]]]:
    for start in range(0, len(standing.members), SLICE):
        some = standing.members[start : start + SLICE]
        packed = await database.read(partial(_packed_terms, topic=standing.topic, some=some))
        yield [(name, story_id, packed[name]) for name, story_id in some if name in packed]


def _use_each(use: Callable[[str, int, Terms], None], rows: list[tuple[str, int, bytes]]) -> None:
    for place, (name, story_id, packed) in enumerate(rows):
        use(name, story_id, unpack_terms(packed))
        if place % GIVEN_WAY_EVERY == 0:
            give_way()


def _read(connection: Connection, topic: str, own: frozenset[int], first_day: int) -> Standing:
    state = topic_state(connection, topic)
    snapshot, taken_at = read_snapshot(connection, topic, state.snapshot, own)
    statement = select(story_member.c.article_id, story_member.c.story_id).where(
        story_member.c.topic == topic, story_member.c.day >= first_day
    )
    rows = connection.execute(statement.order_by(story_member.c.article_id))
    return Standing(topic, state, snapshot, taken_at, [(row.article_id, row.story_id) for row in rows])


def _packed_terms(connection: Connection, topic: str, some: list[tuple[str, int]]) -> dict[str, bytes]:
    statement = select(story_member.c.article_id, story_member.c.terms).where(
        story_member.c.topic == topic, story_member.c.article_id.between(some[0][0], some[-1][0])
    )
    return {row.article_id: row.terms for row in connection.execute(statement)}
