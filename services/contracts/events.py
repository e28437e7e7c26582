"""The public events: their types, and our field binding of CloudEvents 1.0 attributes to a Redis stream entry."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel

from .messages import CleanArticle, Message, StoryChange, WithdrawnArticle
from .streams import ARTICLES_CLEANED, STORIES_UPDATED

Verdict = Literal["new", "revision", "update", "copy", "redelivery"]

EntryFields = Mapping[str, str] | Mapping[bytes, bytes] | Mapping[str | bytes, str | bytes]
"""The fields of a stream entry as Redis clients give them."""

ARTICLE_PUBLISHED = "cleanwire.article.published.v1"
ARTICLE_REVISED = "cleanwire.article.revised.v1"
ARTICLE_WITHDRAWN = "cleanwire.article.withdrawn.v1"
STORY_JOINED = "cleanwire.story.joined.v1"
STORY_MOVED = "cleanwire.story.moved.v1"
STORY_MERGED = "cleanwire.story.merged.v1"
STORY_SPLIT = "cleanwire.story.split.v1"
GROUP_COPY_SEEN = "cleanwire.group.copy_seen.v1"
GROUP_CANONICAL_CHANGED = "cleanwire.group.canonical_changed.v1"
GROUP_MERGED = "cleanwire.group.merged.v1"

DATA_OF_TYPE: Mapping[str, type[Message]] = {
    ARTICLE_PUBLISHED: CleanArticle,
    ARTICLE_REVISED: CleanArticle,
    ARTICLE_WITHDRAWN: WithdrawnArticle,
    STORY_JOINED: StoryChange,
    STORY_MOVED: StoryChange,
    STORY_MERGED: StoryChange,
    STORY_SPLIT: StoryChange,
    GROUP_COPY_SEEN: StoryChange,
    GROUP_CANONICAL_CHANGED: StoryChange,
    GROUP_MERGED: StoryChange,
}

SPEC_VERSION = "1.0"
SOURCE = "/cleanwire/store"
CONTENT_TYPE = "application/json"


def stream_of_type(event_type: str) -> str:
    """The public stream an event type stands on."""
    return ARTICLES_CLEANED if event_type.startswith("cleanwire.article.") else STORIES_UPDATED


def article_event_id(article_id: str, revision: int, *, withdrawn: bool = False) -> str:
    """The deduplication key of an article event: `<article_id>:<revision>[:withdrawn]`."""
    return f"{article_id}:{revision}:withdrawn" if withdrawn else f"{article_id}:{revision}"


def change_event_id(subject: str, number: int, event_type: str) -> str:
    """The deduplication key of a story or group event: `<id>:<n>:<type without cleanwire. and .v1>`."""
    short = event_type.removeprefix("cleanwire.").removesuffix(".v1")
    return f"{subject}:{number}:{short}"


class PublicEvent(BaseModel):
    """One event as subscribers read it: CloudEvents attributes as plain fields, `data` as JSON text."""

    id: str
    type: str
    subject: str
    time: datetime
    data: str
    traceparent: str = ""

    def to_fields(self) -> dict[str, str]:
        """The fields of the stream entry, in the order the contract documents them."""
        fields = {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "type": self.type,
            "source": SOURCE,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "subject": self.subject,
            "datacontenttype": CONTENT_TYPE,
            "dataschema": f"urn:{self.type.replace('.', ':')}",
        }
        if self.traceparent:
            fields["traceparent"] = self.traceparent
        fields["data"] = self.data
        return fields


def parse_event(fields: EntryFields) -> tuple[PublicEvent, Message]:
    """Read a public stream entry (bytes or text fields) into its event and its typed data.

    Raises ValueError naming the field that is missing or the type that is unknown. Unknown fields are ignored.
    """
    plain = {_text(name): _text(value) for name, value in fields.items()}
    missing = [name for name in ("id", "type", "subject", "time", "data") if name not in plain]
    if missing:
        raise ValueError(f"entry lacks {', '.join(missing)}; it is no Cleanwire event")
    event = PublicEvent.model_validate(plain)
    model = DATA_OF_TYPE.get(event.type)
    if model is None:
        raise ValueError(f"unknown event type {event.type!r}; known: {', '.join(DATA_OF_TYPE)}")
    return event, model.model_validate_json(event.data)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
