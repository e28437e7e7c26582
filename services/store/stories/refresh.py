"""A topic's new snapshot: computed beside the claims, written slice by slice around whatever changed meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, select

from ..core.stories.decision import Move, StoryDecision, StoryId
from ..core.stories.feed_rates import FeedRates
from ..core.stories.index import StoryIndex
from ..core.stories.snapshot import Snapshot
from ..database.opening import Database
from ..database.schema import story_change
from .rows import (
    Change,
    TopicState,
    changes_since,
    cut_log,
    lock_topic,
    save_snapshot,
    save_state,
    write_story_changes,
)
from .standing import Standing, filled, for_each, give_way

WRITTEN_AT_ONCE = 40
"""Articles moved in one transaction: the claims of the topic wait for it some ten milliseconds, not for all of them."""

Announce = Callable[[Connection, str, StoryDecision], None]


@dataclass
class Refresh:
    """A snapshot computed from what stood in the archive, and what changes under it.

    `changes` come in slices, `written` has the numbers that each slice took in the topic's log, `free_from` is where
    the stories that the repair made are numbered from: settled with the first slice.
    """

    before: Standing
    snapshot: Snapshot
    index: StoryIndex
    changes: Sequence[Sequence[StoryDecision]]
    free_from: int
    written: dict[int, range] = field(default_factory=dict)
    is_taken: bool = False  # whoever took the index goes on changing it: once only

    @property
    def new_stories(self) -> int:
        """How many story ids the repair took."""
        return self.index.next_story_id - self.before.state.next_story_id

    def note(self, slice_written: "SliceWritten | None") -> None:
        """A slice is in the archive."""
        if slice_written:
            self.free_from = slice_written.free_from
            self.written[slice_written.number] = slice_written.seqs

    def is_own(self, seq: int) -> bool:
        """Whether a line of the topic's log is of this refresh."""
        return any(seq in seqs for seqs in self.written.values())

    def begin(self, number: int) -> None:
        """A slice is about to be written, for the first time or again: what is noted of it is void."""
        self.written.pop(number, None)


@dataclass(frozen=True)
class SliceWritten:
    """One slice in the archive: its number, the numbers its changes have in the log, where new stories begin."""

    number: int
    seqs: range
    free_from: int


@dataclass(frozen=True)
class SnapshotWritten:
    """The snapshot in the archive, the log standing at `seq`, with what claims changed `since` it was computed."""

    seq: int
    since: Sequence[Change]


async def weighed_anew(database: Database, standing: Standing, own: frozenset[int]) -> Refresh:
    """The next snapshot, and what changes when every article passes once through the repair. Raises RetryLater.

    Long: no lock is held, and the interpreter is given away after every article.
    """
    snapshot = await _counted(database, standing, own)
    index = await filled(database, standing, snapshot)
    changes = await asyncio.to_thread(_repaired, index)
    return Refresh(standing, snapshot, index, in_slices(changes), standing.state.next_story_id)


async def _counted(database: Database, standing: Standing, own: frozenset[int]) -> Snapshot:
    """The next snapshot. What was counted ends here: it is as much as the index that is filled next."""
    rates = FeedRates(standing.members)
    await for_each(database, standing, rates.count)
    return await asyncio.to_thread(rates.snapshot, standing.snapshot.version + 1, own)


def write_slice(
    connection: Connection, refresh: Refresh, number: int, now: datetime, announce: Announce
) -> SliceWritten | None:
    """Write one slice of what the repair moved, under the snapshot that still holds; None where another took one first.

    What claims have changed meanwhile stays as it is.
    """
    topic, before = refresh.before.topic, refresh.before.state
    state = lock_topic(connection, topic)
    if state.snapshot != before.snapshot:
        return None
    refresh.begin(number)
    changed = _changed_by_claims(connection, refresh)
    free_from, next_story_id = refresh.free_from, state.next_story_id
    if number == 0:
        free_from, next_story_id = state.next_story_id, state.next_story_id + refresh.new_stories
    decisions = refresh.changes[number]
    for seq, computed in enumerate(decisions, start=state.seq + 1):
        decision = _renumbered(computed, changed, before.next_story_id, free_from)
        write_story_changes(connection, topic, decision, None, now, seq=seq, new_from=free_from)
        announce(connection, topic, decision)
    last = state.seq + len(decisions)
    save_state(connection, topic, TopicState(last, next_story_id, state.snapshot))
    return SliceWritten(number, range(state.seq + 1, last + 1), free_from)


def write_snapshot(connection: Connection, refresh: Refresh, now: datetime) -> SnapshotWritten | None:
    """Make the snapshot that which holds, its changes being written; None where another process took one first."""
    topic, before = refresh.before.topic, refresh.before.state
    state = lock_topic(connection, topic)
    if state.snapshot != before.snapshot:
        return None
    since = [
        change for change in changes_since(connection, topic, before.seq) if not refresh.is_own(change.seq)
    ]
    save_snapshot(connection, topic, refresh.snapshot, now)
    cut_log(connection, topic, before.seq)  # whoever is behind that loads the new snapshot, not the log
    save_state(connection, topic, replace(state, snapshot=refresh.snapshot.version))
    return SnapshotWritten(state.seq, since)


def in_slices(
    changes: Sequence[StoryDecision], most: int = WRITTEN_AT_ONCE
) -> Sequence[Sequence[StoryDecision]]:
    """The changes in order, cut where `most` articles have moved."""
    slices: list[list[StoryDecision]] = []
    moved = most
    for decision in changes:
        if moved >= most:
            slices.append([])
            moved = 0
        slices[-1].append(decision)
        moved += len(decision.moved)
    return slices


def _repaired(index: StoryIndex) -> list[StoryDecision]:
    changes = []
    for decision in index.repairs():
        if decision is not None:
            changes.append(decision)
        give_way()
    return changes


def _changed_by_claims(connection: Connection, refresh: Refresh) -> set[str]:
    statement = select(story_change.c.seq, story_change.c.article_id).where(
        story_change.c.topic == refresh.before.topic, story_change.c.seq > refresh.before.state.seq
    )
    return {row.article_id for row in connection.execute(statement) if not refresh.is_own(row.seq)}


def _renumbered(
    decision: StoryDecision, since: set[str], computed_from: int, free_from: int
) -> StoryDecision:
    """The decision without the articles that changed since, its new stories numbered from what is free now."""

    def shifted(story_id: StoryId) -> StoryId:
        return StoryId(story_id + free_from - computed_from) if story_id >= computed_from else story_id

    return replace(
        decision,
        story_id=shifted(decision.story_id),
        moved=tuple(
            Move(move.article_id, shifted(move.from_story), shifted(move.into_story))
            for move in decision.moved
            if move.article_id not in since
        ),
        merged=tuple((shifted(gone), shifted(into)) for gone, into in decision.merged),
        split=tuple((shifted(old), shifted(new)) for old, new in decision.split),
        next_story_id=shifted(decision.next_story_id),
    )
