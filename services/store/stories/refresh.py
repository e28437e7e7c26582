"""A topic's new snapshot: computed beside the claims, written under the lock around whatever changed meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from ..core.stories.decision import Move, StoryDecision, StoryId
from ..core.stories.index import rebuilt
from ..core.stories.snapshot import Snapshot, take_snapshot
from ..core.stories.terms import Terms
from .rows import (
    TopicState,
    changes_since,
    cut_log,
    lock_topic,
    save_snapshot,
    save_state,
    write_story_changes,
)


def weighed_anew(
    last: Snapshot, state: TopicState, members: Sequence[tuple[str, Terms, int]], own: frozenset[int]
) -> tuple[Snapshot, list[tuple[StoryDecision, Terms]]]:
    """The next snapshot, and what changes when every article passes once through the repair. Long; no I/O."""
    by_story: dict[int, list[tuple[str, Terms]]] = {}
    for article_id, terms, story_id in members:
        by_story.setdefault(story_id, []).append((article_id, terms))
    snapshot = take_snapshot(by_story.values(), version=last.version + 1, topic=own)
    return snapshot, rebuilt(members, snapshot, state.next_story_id)[1]


def write_refresh(
    connection: Connection,
    topic: str,
    before: TopicState,
    snapshot: Snapshot,
    changes: Sequence[tuple[StoryDecision, Terms]],
    now: datetime,
    announce: Callable[[Connection, str, StoryDecision], None],
) -> bool:
    """Write what the repair moved, unless another process took a snapshot first; what changed meanwhile stays as it is."""
    state = lock_topic(connection, topic)
    if state.snapshot != before.snapshot:
        return False
    since = {change.article_id for change in changes_since(connection, topic, before.seq)}
    seq, next_story_id = state.seq, state.next_story_id
    for computed, _ in changes:
        decision = _renumbered(computed, since, before.next_story_id, state.next_story_id)
        seq += 1
        write_story_changes(connection, topic, decision, None, now, seq=seq, new_from=state.next_story_id)
        next_story_id = max(next_story_id, decision.next_story_id)
        announce(connection, topic, decision)
    save_snapshot(connection, topic, snapshot, now)
    cut_log(connection, topic, before.seq)  # whoever is behind that loads the new snapshot, not the log
    save_state(connection, topic, TopicState(seq, next_story_id, snapshot.version))
    return True


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
