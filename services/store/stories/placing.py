"""The articles of one transaction among the stories: each topic locked once, decisions in turn, rows written together."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.util import await_only

from ..core.stories.decision import StoryDecision
from ..database.locks import lock_keys
from ..database.prepared import put_new, put_over
from ..database.schema import story, story_change, story_member
from ..database.statements import is_postgres
from .rows import (
    TopicState,
    end_story,
    member_row,
    move_members,
    remove_members,
    save_state,
    topic_key,
)
from .stories import Placed, Placement, Stories


class Placing:
    """What one transaction places. Each decision is true in memory when the next is taken, the last with the commit.

    `begin` inside the transaction, `write` at its end, `commit` after it; `end` whatever became of it: decisions that
    were made true and are not in the archive have their topics loaded anew.
    """

    def __init__(self, stories: Stories) -> None:
        self._stories = stories
        self._is_alone = False
        self._last: Placed | None = None
        self._forget()

    @property
    def is_on(self) -> bool:
        """Whether articles are placed at all."""
        return self._stories.is_on

    def begin(self, connection: Connection, topics: Iterable[str]) -> None:
        """Lock the topics, all at once and so always in one order. A transaction that is tried again begins here again.

        Raises StaleTopic before anything was placed.
        """
        self.end()
        if not self.is_on:
            return
        if is_postgres(connection):
            # The others of this process wait here, not with a connection each; and what this transaction makes true
            # in memory they see only once it is committed.
            await_only(self._stories.deciding.acquire())
            self._is_alone = True
        named = sorted(set(topics))
        lock_keys(connection, [topic_key(topic) for topic in named])
        for topic in named:
            self._states[topic] = self._stories.caught_up(connection, topic)

    def place(self, connection: Connection, placement: Placement, now: datetime) -> Placed:
        """Decide where an article belongs. Raises StaleTopic."""
        self._make_true()
        topic = placement.topic
        if topic not in self._states:
            lock_keys(connection, [topic_key(topic)])
            self._states[topic] = self._stories.caught_up(connection, topic)
        state = self._states[topic]
        decision, before = self._stories.decide(placement, state)
        placed = Placed(placement, decision, state.seq + 1, before)
        self._put(connection, placed, state, now)
        next_story_id = max(state.next_story_id, decision.next_story_id)
        self._states[topic] = TopicState(state.seq + 1, next_story_id, state.snapshot)
        self._last = placed
        return placed

    def write(self, connection: Connection) -> None:
        """Write what was placed."""
        self._flush(connection)
        for topic in sorted(self._changed):
            save_state(connection, topic, self._states[topic])

    def commit(self) -> None:
        """The transaction is in the archive: what it placed last is true too."""
        self._make_true()
        self._true.clear()
        self.end()

    def end(self) -> None:
        """Let the others of this process go on. What was made true and not committed is not: it is loaded anew."""
        self._stories.load_anew(self._true)
        self._forget()
        if self._is_alone:
            self._is_alone = False
            self._stories.deciding.release()

    def _forget(self) -> None:
        self._states: dict[str, TopicState] = {}
        self._changed: set[str] = set()
        self._true: set[str] = set()
        self._last = None
        self._members: list[dict[str, Any]] = []
        self._log: list[dict[str, Any]] = []
        self._begun: list[dict[str, Any]] = []

    def _make_true(self) -> None:
        if self._last is not None:
            self._stories.apply(self._last)
            self._true.add(self._last.placement.topic)
            self._last = None

    def _put(self, connection: Connection, placed: Placed, state: TopicState, now: datetime) -> None:
        placement, decision, seq = placed.placement, placed.decision, placed.seq
        topic, article_id = placement.topic, decision.article_id
        self._changed.add(topic)
        gone = sorted(set(decision.replaces) - {article_id})
        if gone:
            self._flush(connection)
            remove_members(connection, topic, gone, seq=seq)
        self._members.append(
            member_row(topic, article_id, decision.story_id, placement.terms, day=placement.day)
        )
        self._log.append(
            {
                "topic": topic,
                "seq": seq,
                "article_id": article_id,
                "story_id": decision.story_id,
                "weighed": 1,
            }
        )
        row = {"topic": topic, "title": placement.title, "started_at": now, "changes": 0}
        begun = sorted({decision.story_id, *(new for _, new in decision.split)})
        self._begun += [row | {"story_id": story_id} for story_id in begun if story_id >= state.next_story_id]
        if decision.moved or decision.merged:
            self._flush(connection)
            self._write_repair(connection, topic, decision, seq)

    def _write_repair(self, connection: Connection, topic: str, decision: StoryDecision, seq: int) -> None:
        moves = [(move.article_id, move.into_story) for move in decision.moved]
        move_members(connection, topic, moves, seq=seq)
        for gone, into in decision.merged:
            end_story(connection, topic, gone, into)

    def _flush(self, connection: Connection) -> None:
        put_new(connection, story, self._begun)
        put_over(connection, story_member, self._members)
        put_new(connection, story_change, self._log)
        self._begun, self._members, self._log = [], [], []
