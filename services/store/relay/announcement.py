"""An announcement: a public event on its way to the outbox."""

from dataclasses import dataclass
from datetime import datetime

from services.contracts.events import PublicEvent
from services.contracts.messages import StoryChange


@dataclass(frozen=True)
class Announcement:
    """One event for the outbox; `article_id` is that of the article whose text or headline it carries."""

    event: PublicEvent
    article_id: str | None = None


def announcement_of(
    event_id: str, event_type: str, subject: str, now: datetime, change: StoryChange
) -> Announcement:
    """An event of a group or a story."""
    event = event_of(event_id, event_type, subject, now, change.model_dump_json(exclude_none=True))
    return Announcement(event, change.article_id)


def event_of(event_id: str, event_type: str, subject: str, now: datetime, data: str) -> PublicEvent:
    """A public event; `data` is its JSON."""
    return PublicEvent(id=event_id, type=event_type, subject=subject, time=now, data=data)
