"""The stories' rows: who is in which, what changed since, which snapshot weighs them. Statements only; runs in a claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ..core.stories.decision import StoryDecision
from ..core.stories.snapshot import Snapshot
from ..core.stories.terms import Terms, pack_terms, unpack_terms
from ..database.locks import lock_keys, url_key
from ..database.prepared import Prepared, put_new, put_row, set_columns
from ..database.schema import story, story_change, story_member, story_snapshot, story_state

STATE_OF = Prepared(select(story_state).where(story_state.c.topic == bindparam("topic")))
MEMBERSHIP_OF = Prepared(
    select(story_member.c.topic, story_member.c.story_id).where(
        story_member.c.article_id == bindparam("article_id")
    )
)
COUNTING = Prepared(
    update(story)
    .where(story.c.topic == bindparam("in_topic"), story.c.story_id == bindparam("at"))
    .values(changes=story.c.changes + 1)
    .returning(story.c.changes)
)


@dataclass(frozen=True)
class TopicState:
    """Where a topic stands: `seq` counts its changes, `snapshot` is the version that weighs its terms."""

    seq: int
    next_story_id: int
    snapshot: int


@dataclass(frozen=True)
class Change:
    """One line of a topic's log; `story_id` None: the article stands for no group any more."""

    seq: int
    article_id: str
    story_id: int | None
    terms: Terms | None
    is_weighed: bool


def lock_topic(connection: Connection, topic: str) -> TopicState:
    """Where the topic stands, locked until the transaction ends."""
    lock_keys(connection, [topic_key(topic)])
    return topic_state(connection, topic)


def topic_key(topic: str) -> int:
    """The lock of a topic."""
    return url_key(f"topic {topic}")


def topic_state(connection: Connection, topic: str) -> TopicState:
    """Where the topic stands; a topic never seen stands at its beginning."""
    row = STATE_OF.first(connection, {"topic": topic})
    return TopicState(row.seq, row.next_story_id, row.snapshot) if row else TopicState(0, 1, 0)


def save_state(connection: Connection, topic: str, state: TopicState) -> None:
    """Write a topic's state back."""
    values = {"seq": state.seq, "next_story_id": state.next_story_id, "snapshot": state.snapshot}
    if not set_columns(connection, story_state, story_state.c.topic, topic, **values):
        put_row(connection, story_state, {"topic": topic} | values)


def changes_since(connection: Connection, topic: str, seq: int) -> list[Change]:
    """The topic's log after `seq`, in order, with the terms an article has now."""
    statement = (
        select(story_change, story_member.c.terms)
        .outerjoin(story_member, story_member.c.article_id == story_change.c.article_id)
        .where(story_change.c.topic == topic, story_change.c.seq > seq)
        .order_by(story_change.c.seq)
    )
    return [
        Change(
            row.seq,
            row.article_id,
            row.story_id,
            unpack_terms(row.terms) if row.terms else None,
            bool(row.weighed),
        )
        for row in connection.execute(statement)
    ]


def membership_of(connection: Connection, article_id: str) -> tuple[str, int] | None:
    """The topic and story of an article that stands for its group."""
    row = MEMBERSHIP_OF.first(connection, {"article_id": article_id})
    return (row.topic, row.story_id) if row else None


def member_row(topic: str, article_id: str, story_id: int, terms: Terms, *, day: int) -> dict[str, object]:
    """The row of an article in a story."""
    packed = pack_terms(terms)
    return {"topic": topic, "article_id": article_id, "story_id": story_id, "terms": packed, "day": day}


def move_members(connection: Connection, topic: str, moves: Sequence[tuple[str, int]], *, seq: int) -> None:
    """Put articles that are here into other stories, as (article id, story)."""
    for article_id, story_id in moves:
        set_columns(connection, story_member, story_member.c.article_id, article_id, story_id=story_id)
    _log(
        connection,
        [{"topic": topic, "seq": seq, "article_id": a, "story_id": s, "weighed": 0} for a, s in moves],
    )


def remove_members(connection: Connection, topic: str, article_ids: Iterable[str], *, seq: int) -> None:
    """Take articles out that stand for no group any more."""
    gone = list(article_ids)
    if gone:
        connection.execute(delete(story_member).where(story_member.c.article_id.in_(gone)))
        _log(
            connection,
            [{"topic": topic, "seq": seq, "article_id": a, "story_id": None, "weighed": 0} for a in gone],
        )


def begin_story(connection: Connection, topic: str, story_id: int, title: str | None, now: datetime) -> None:
    """Add a story; one that is there stays as it is."""
    row = {"topic": topic, "story_id": story_id, "title": title, "started_at": now, "changes": 0}
    put_new(connection, story, [row])


def end_story(connection: Connection, topic: str, story_id: int, into: int) -> None:
    """Note that a story's articles went into another one; its id is never used again."""
    ended = update(story).where(story.c.topic == topic, story.c.story_id == story_id)
    connection.execute(ended.values(merged_into=into))


def write_story_changes(
    connection: Connection,
    topic: str,
    decision: StoryDecision,
    title: str | None,
    now: datetime,
    *,
    seq: int,
    new_from: int,
) -> None:
    """Write what a decision changed besides its own article: new stories (`new_from` on), moves, merged stories."""
    for story_id in sorted({decision.story_id, *(new for _, new in decision.split)}):
        if story_id >= new_from:
            begin_story(connection, topic, story_id, title, now)
    move_members(connection, topic, [(move.article_id, move.into_story) for move in decision.moved], seq=seq)
    for gone, into in decision.merged:
        end_story(connection, topic, gone, into)


def count_changes(
    connection: Connection, stories: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], list[int]]:
    """Count an event of each of these stories (topic, story), one named twice twice; gives the numbers, lowest first."""
    named = sorted(stories)
    values = [{"in_topic": topic, "at": story_id} for topic, story_id in named]
    numbers: dict[tuple[str, int], list[int]] = {}
    for story_key, row in zip(named, COUNTING.all_each(connection, values), strict=True):
        numbers.setdefault(story_key, []).append(int(row.changes))
    return numbers


def cut_log(connection: Connection, topic: str, up_to: int) -> None:
    """Drop the topic's log up to a change."""
    connection.execute(delete(story_change).where(story_change.c.topic == topic, story_change.c.seq <= up_to))


def save_snapshot(connection: Connection, topic: str, snapshot: Snapshot, taken_at: datetime) -> None:
    """Keep a snapshot under its version."""
    row = {"topic": topic, "version": snapshot.version, "taken_at": taken_at, "units": snapshot.units}
    connection.execute(insert(story_snapshot), row | {"body": snapshot.to_json()})


def read_snapshot(
    connection: Connection, topic: str, version: int, topic_terms: frozenset[int]
) -> tuple[Snapshot, datetime | None]:
    """A snapshot and when it was taken; version 0 is the empty one."""
    statement = select(story_snapshot.c.body, story_snapshot.c.taken_at).where(
        story_snapshot.c.topic == topic, story_snapshot.c.version == version
    )
    row = connection.execute(statement).first()
    if row is None:
        return Snapshot(version=version, topic=topic_terms), None
    return Snapshot.from_json(row.body, topic_terms), row.taken_at


def _log(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    put_new(connection, story_change, rows)
