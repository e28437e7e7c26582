"""A topic's new snapshot: computed beside the claims, written under the lock around whatever changed meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ..core.stories.decision import Move, StoryDecision, StoryId
from ..core.stories.feed_rates import FeedRates
from ..core.stories.index import StoryIndex
from ..core.stories.snapshot import Snapshot
from ..core.stories.terms import Terms
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


@dataclass
class Refresh:
    """A snapshot computed from what stood in the archive `before`, and what changes under it."""

    before: TopicState
    snapshot: Snapshot
    changes: Sequence[StoryDecision]
    _index: StoryIndex | None

    def take_index(self) -> StoryIndex | None:
        """The index as it stands after the changes; once only, for whoever takes it goes on changing it."""
        index, self._index = self._index, None
        return index


@dataclass(frozen=True)
class Written:
    """A refresh in the archive under `seq`: what claims changed `since` it was computed, where its new stories begin."""

    seq: int
    since: Sequence[Change]
    computed_from: int
    free_from: int


def weighed_anew(
    last: Snapshot, state: TopicState, members: Sequence[tuple[str, Terms, int]], own: frozenset[int]
) -> Refresh:
    """The next snapshot, and what changes when every article passes once through the repair. Long; no I/O."""
    rates = FeedRates([(article_id, story_id) for article_id, _, story_id in members])
    for article_id, terms, story_id in members:
        rates.count(article_id, story_id, terms)
    snapshot = rates.snapshot(last.version + 1, own)
    index = StoryIndex(snapshot, state.next_story_id)
    for article_id, terms, story_id in members:
        index.place(article_id, terms, story_id)
    changes = [decision for decision in index.repairs() if decision is not None]
    return Refresh(state, snapshot, changes, index)


def write_refresh(
    connection: Connection,
    topic: str,
    refresh: Refresh,
    now: datetime,
    announce: Callable[[Connection, str, StoryDecision], None],
) -> Written | None:
    """Write what the repair moved, unless another process took a snapshot first; what changed meanwhile stays as it is."""
    state, before = lock_topic(connection, topic), refresh.before
    if state.snapshot != before.snapshot:
        return None
    since = changes_since(connection, topic, before.seq)
    changed = {change.article_id for change in since}
    seq, next_story_id = state.seq, state.next_story_id
    for computed in refresh.changes:
        decision = _renumbered(computed, changed, before.next_story_id, state.next_story_id)
        seq += 1
        write_story_changes(connection, topic, decision, None, now, seq=seq, new_from=state.next_story_id)
        next_story_id = max(next_story_id, decision.next_story_id)
        announce(connection, topic, decision)
    save_snapshot(connection, topic, refresh.snapshot, now)
    cut_log(connection, topic, before.seq)  # whoever is behind that loads the new snapshot, not the log
    save_state(connection, topic, TopicState(seq, next_story_id, refresh.snapshot.version))
    return Written(seq, since, before.next_story_id, state.next_story_id)


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
