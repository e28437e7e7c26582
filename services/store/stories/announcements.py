"""What subscribers are told of the stories: joined, moved, merged, split. Numbers come from the story's own count."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from services.contracts import events
from services.contracts.messages import StoryChange

from ..core.stories.decision import StoryDecision
from ..relay.announcement import Announcement, announcement_of
from .rows import count_changes
from .stories import Placed

NO_TOPIC = "all"


def public_story_id(topic: str, story_id: int) -> str:
    """A story's id as subscribers read it: `belarus-talks-17`; `all-17` where articles have no topic."""
    return f"{topic or NO_TOPIC}-{story_id}"


Told = tuple[str, str, int, StoryChange]
"""An event of a story that has no number yet: its type, topic, story and data."""


def story_changes(placed: Sequence[Placed]) -> list[Told]:
    """The events of what was placed, in order."""
    told: list[Told] = []
    for one in placed:
        told += _own_changes(one)
        told += decision_changes(one.placement.topic, one.decision)
    return told


def decision_changes(topic: str, decision: StoryDecision) -> list[Told]:
    """What a decision changed for other articles and for the stories."""
    told: list[Told] = []
    for move in decision.moved:
        told.append(_moved(topic, move.article_id, move.from_story, move.into_story))
    for gone, into in decision.merged:
        change = StoryChange(
            story_id=public_story_id(topic, into),
            from_story_id=public_story_id(topic, gone),
            into_story_id=public_story_id(topic, into),
        )
        told.append((events.STORY_MERGED, topic, int(into), change))
    for old, new in decision.split:
        members = tuple(move.article_id for move in decision.moved if move.into_story == new)
        change = StoryChange(
            story_id=public_story_id(topic, new),
            from_story_id=public_story_id(topic, old),
            into_story_id=public_story_id(topic, new),
            members=members,
        )
        told.append((events.STORY_SPLIT, topic, int(new), change))
    return told


def numbered(connection: Connection, told: Sequence[Told], now: datetime) -> list[Announcement]:
    """Give each event its number, counted on its story, and its id."""
    numbers = count_changes(connection, [(topic, story_id) for _, topic, story_id, _ in told])
    announcements = []
    for event_type, topic, story_id, change in told:
        subject = public_story_id(topic, story_id)
        event_id = events.change_event_id(subject, numbers[topic, story_id].pop(0), event_type)
        subject_of_event = change.canonical_id or change.article_id or subject
        announcements.append(announcement_of(event_id, event_type, subject_of_event, now, change))
    return announcements


def _own_changes(placed: Placed) -> list[Told]:
    topic, decision, article_id = placed.placement.topic, placed.decision, placed.placement.article_id
    story_id = int(decision.story_id)
    if placed.before == story_id:
        return []
    if placed.before is not None:
        return [_moved(topic, article_id, placed.before, story_id)]
    change = StoryChange(
        story_id=public_story_id(topic, story_id),
        article_id=article_id,
        canonical_id=article_id,
        title=placed.placement.title,
        outlet=placed.placement.outlet,
        url=placed.placement.url,
        score=round(decision.score, 4),
    )
    return [(events.STORY_JOINED, topic, story_id, change)]


def _moved(topic: str, article_id: str, before: int, into: int) -> Told:
    change = StoryChange(
        story_id=public_story_id(topic, into),
        article_id=article_id,
        canonical_id=article_id,
        from_story_id=public_story_id(topic, before),
        into_story_id=public_story_id(topic, into),
    )
    return events.STORY_MOVED, topic, int(into), change
