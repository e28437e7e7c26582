"""The stories' edge: an index per topic in memory, decisions taken and written under the topic's lock, the last step of a claim."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from ..core.stories.decision import StoryDecision
from ..core.stories.index import StoryIndex
from ..core.stories.snapshot import Snapshot, is_snapshot_due
from ..core.stories.terms import Terms
from ..database.opening import Database
from ..database.schema import day_of
from .refresh import Announce, Refresh, SnapshotWritten, weighed_anew, write_slice, write_snapshot
from .rows import (
    Change,
    TopicState,
    changes_since,
    lock_topic,
    membership_of,
    remove_members,
    save_state,
    topic_state,
)
from .standing import filled, standing_of

log = structlog.get_logger()


class StaleTopic(Exception):
    """This process has no index of the topic, or one weighed by another snapshot: load it, then claim again.

    `version` is that of the snapshot it has, None where it has none.
    """

    def __init__(self, topic: str, version: int | None) -> None:
        super().__init__(topic)
        self.topic, self.version = topic, version


@dataclass
class TopicIndex:
    """One topic in memory: the index as it stood after change `seq`, and the snapshot that weighs it."""

    index: StoryIndex
    snapshot: Snapshot
    taken_at: datetime | None
    seq: int


@dataclass(frozen=True)
class Placement:
    """An article to be placed among the stories: it stands for its group, `replaces` are those it stands for from now on."""

    topic: str
    article_id: str
    terms: Terms
    day: int
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A decision that was written under `seq`; it becomes true in memory once the transaction is committed."""

    placement: Placement
    decision: StoryDecision
    seq: int
    before: int | None  # the story it, or one that it replaces, was in


@dataclass
class Stories:
    """The stories of one process, by topic; `topic_terms` are each topic's own words, which tell no event from another."""

    database: Database
    topic_terms: Mapping[str, frozenset[int]] = field(default_factory=dict)
    is_on: bool = True  # off: articles are told apart and nothing more, for those who only measure that
    _topics: dict[str, TopicIndex] = field(default_factory=dict)
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    deciding: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.database.on_lost.append(self._topics.clear)  # what was made true here is not: load it anew

    async def prepare(self, topic: str, day: int, *, stale: int | None = None) -> None:
        """Have the topic's index in memory, weighed by another snapshot than `stale`. Raises RetryLater."""
        if not self.is_on or self._version(topic) not in (None, stale):
            return
        async with self._loading:
            if self._version(topic) not in (None, stale):
                return  # of all the claims that found it stale, the first has loaded it
            own = self.topic_terms.get(topic, frozenset())
            standing = await standing_of(self.database, topic, own, day)
            index = await filled(self.database, standing, standing.snapshot)
            self._topics[topic] = TopicIndex(index, standing.snapshot, standing.taken_at, standing.state.seq)

    def caught_up(self, connection: Connection, topic: str) -> TopicState:
        """Where a locked topic stands, the index in memory brought there. Raises StaleTopic."""
        state, known = topic_state(connection, topic), self._topics.get(topic)
        if known is None or state.snapshot != known.snapshot.version or state.seq < known.seq:
            raise StaleTopic(topic, self._version(topic))
        if state.seq > known.seq:
            _catch_up(known, changes_since(connection, topic, known.seq))
        return state

    def decide(self, placement: Placement, state: TopicState) -> tuple[StoryDecision, int | None]:
        """Where an article belongs among stories that are caught up; and the story it, or one it replaces, was in.

        Raises StaleTopic where a failure elsewhere has dropped them since.
        """
        known = self._topics.get(placement.topic)
        if known is None:
            raise StaleTopic(placement.topic, None)
        index = known.index
        index.next_story_id = max(index.next_story_id, state.next_story_id)
        stood = (index.story_of(name) for name in (placement.article_id, *placement.replaces))
        before = next((story_id for story_id in stood if story_id is not None), None)
        return index.decide(placement.article_id, placement.terms, placement.replaces), before

    def apply(self, placed: Placed) -> None:
        """Make a decision true here, unless the log has told us already."""
        known = self._topics.get(placed.placement.topic)
        if known is not None and known.seq == placed.seq - 1:
            known.index.apply(placed.decision, placed.placement.terms)
            known.seq = placed.seq

    def load_anew(self, topics: Iterable[str]) -> None:
        """What memory holds of these topics is not what the archive holds."""
        for topic in list(topics):
            self._topics.pop(topic, None)

    def due_topics(self, now: datetime) -> list[str]:
        """The topics whose snapshot should be taken anew."""
        return [
            topic
            for topic, known in list(self._topics.items())
            if is_snapshot_due(len(known.index), known.snapshot, known.taken_at, now)
        ]

    async def refresh(self, topic: str, now: datetime, announce: Announce) -> bool:
        """Take a new snapshot and pass every article once through the repair; the work is done outside of any lock.

        `announce` writes a decision's events. Returns False where another process was quicker. Raises RetryLater.
        """
        own, day = self.topic_terms.get(topic, frozenset()), day_of(now)
        standing = await standing_of(self.database, topic, own, day)
        refresh = await weighed_anew(self.database, standing, own)
        async with self._loading:  # a claim that finds its index stale meanwhile waits for this one
            done = await self._write(refresh, now, announce)
        log.debug(
            "stories_weighed_anew",
            topic=topic,
            version=refresh.snapshot.version,
            articles=len(standing.members),
            moved=sum(len(decision.moved) for some in refresh.changes for decision in some),
        )
        return done

    async def _write(self, refresh: Refresh, now: datetime, announce: Announce) -> bool:
        """Slice by slice, claims between them, the snapshot last: a process that dies here has moved some articles."""
        for number in range(len(refresh.changes)):
            work = partial(write_slice, refresh=refresh, number=number, now=now, announce=announce)
            if await self.database.write(work, refresh.note) is None:
                break
        done = await self.database.write(
            partial(write_snapshot, refresh=refresh, now=now),
            lambda written: self._adopt(refresh, written, now),
        )
        return done is not None

    def _adopt(self, refresh: Refresh, written: SnapshotWritten | None, now: datetime) -> None:
        """The refresh is in the archive: go on with its index, or load what another process wrote."""
        topic = refresh.before.topic
        if written is None or refresh.is_taken:
            self._topics.pop(topic, None)
            return
        refresh.is_taken = True
        refresh.index.renumber(refresh.before.state.next_story_id, refresh.free_from)
        known = TopicIndex(refresh.index, refresh.snapshot, now, refresh.before.state.seq)
        _catch_up(known, written.since)
        known.seq = written.seq
        self._topics[topic] = known

    def _version(self, topic: str) -> int | None:
        known = self._topics.get(topic)
        return known.snapshot.version if known else None


def remove_from_stories(connection: Connection, article_id: str) -> None:
    """Take an article out of its story: its text is gone, and with it what it was recognised by."""
    membership = membership_of(connection, article_id)
    if membership is not None:
        topic = membership[0]
        state = lock_topic(connection, topic)
        remove_members(connection, topic, [article_id], seq=state.seq + 1)
        save_state(connection, topic, replace(state, seq=state.seq + 1))


def _catch_up(known: TopicIndex, changes: Sequence[Change]) -> None:
    for change in changes:
        if change.seq <= known.seq:
            continue  # committed here while we read
        if change.is_weighed or change.story_id is None or change.terms is None:
            known.index.forget(change.article_id)
        if change.story_id is not None and change.terms is not None:
            known.index.place(change.article_id, change.terms, change.story_id)
    known.seq = max([known.seq, *(change.seq for change in changes)])
