"""Which public events a settled article gives, and what they say. Pure; the claim writes them to the outbox."""

from collections.abc import Sequence
from datetime import datetime

from services.contracts import events
from services.contracts.messages import CleanArticle, StoryChange, WithdrawnArticle

from ..core.changes import changes_between
from ..core.licence import as_licensed, licence_of
from ..core.members import Member
from ..core.verdict import Copy, New, Redelivery, Revision, Update, Verdict
from ..relay.announcement import Announcement, announcement_of, event_of
from .grouping import CanonicalChanged, Group, GroupChange, GroupsMerged
from .incoming import Incoming


def publication_of(
    verdict: Verdict, member: Member, group: Group, face: Member | None, *, was_face: bool = False
) -> str | None:
    """The type of the article event to publish, or None for silence.

    `face` is the member whose text subscribers read last; `was_face` says that until now this article was it in a
    group that it has left. A copy is never published, nor is a change at an outlet
    that only copies; a change that subscribers have read already under another URL of the outlet is not told twice.
    """
    if isinstance(verdict, (Copy, Redelivery)):
        return None
    if isinstance(verdict, New) or (face is None and group.canonical.article_id == member.article_id):
        return events.ARTICLE_REVISED if was_face else events.ARTICLE_PUBLISHED
    if group.canonical.outlet_group != member.outlet_group:
        return None
    if (
        face is not None
        and face.article_id != member.article_id
        and not changes_between(face, member).is_material
    ):
        return None
    return events.ARTICLE_REVISED


def article_event(
    incoming: Incoming, group: Group, event_type: str, *, story_id: str | None, now: datetime
) -> Announcement:
    """The article as subscribers see it, under its group's canonical id and revision, as far as its licence allows."""
    canonical_id = group.canonical.article_id
    message, article_id = incoming.message, incoming.member.article_id
    clean = CleanArticle(
        article_id=article_id,
        canonical_id=canonical_id,
        revision=group.revision,
        url=message.url,
        canonical_url=message.canonical_url,
        outlet=incoming.outlet,
        side=message.source.side if message.source else None,
        title=message.title,
        standfirst=message.standfirst,
        text=message.text,
        authors=message.authors,
        published=message.published,
        modified=message.modified,
        language=message.language,
        section=message.section,
        images=message.images,
        topics=message.topics,
        provenance=message.provenance,
        labels=message.labels,
        rights=message.rights.model_copy(update={"licence": licence_of(message)}),
        story_id=story_id,
        quality=message.quality,
        engine=message.engine,
    )
    event_id = events.article_event_id(article_id, group.revision)
    return Announcement(
        event_of(event_id, event_type, canonical_id, now, as_licensed(clean).model_dump_json()), article_id
    )


def withdrawal_event(data: WithdrawnArticle, now: datetime) -> Announcement:
    """The article's text is gone. Carries no `article_id`: nothing in it is to be forgotten."""
    event_id = events.article_event_id(data.article_id, data.revision, withdrawn=True)
    body = data.model_dump_json()
    return Announcement(event_of(event_id, events.ARTICLE_WITHDRAWN, data.canonical_id, now, body))


def group_changes_of(
    verdict: Verdict, incoming: Incoming, group: Group, changes: Sequence[GroupChange]
) -> list[tuple[str, StoryChange]]:
    """The group events to announce, type and data, in the order they happened."""
    told = [_change_of(change) for change in changes]
    is_original = group.canonical.article_id == incoming.member.article_id
    if isinstance(verdict, (Copy, Update, Revision)) and not is_original and _is_elsewhere(incoming, group):
        told.append((events.GROUP_COPY_SEEN, _copy_seen(verdict, incoming, group)))
    return told


def change_event(
    group: Group, event_type: str, change: StoryChange, number: int, now: datetime
) -> Announcement:
    """An event of a group; `number` is the group's own count of changes."""
    subject = change.canonical_id or group.canonical.article_id
    event_id = events.change_event_id(subject, number, event_type)
    return announcement_of(event_id, event_type, subject, now, change)


def _change_of(change: GroupChange) -> tuple[str, StoryChange]:
    if isinstance(change, CanonicalChanged):
        return events.GROUP_CANONICAL_CHANGED, StoryChange(
            canonical_id=change.canonical_id, previous_canonical_id=change.previous_id
        )
    assert isinstance(change, GroupsMerged)
    return events.GROUP_MERGED, StoryChange(
        canonical_id=change.canonical_id,
        previous_canonical_id=change.absorbed_id,
        members=(change.canonical_id, change.absorbed_id),
    )


def _copy_seen(verdict: Verdict, incoming: Incoming, group: Group) -> StoryChange:
    return StoryChange(
        article_id=incoming.member.article_id,
        canonical_id=group.canonical.article_id,
        title=incoming.member.title,
        outlet=incoming.outlet,
        url=incoming.member.canonical_url,
        score=max((edge.containment for edge in verdict.edges), default=None),
        verdict=verdict.name,
    )


def _is_elsewhere(incoming: Incoming, group: Group) -> bool:
    return group.canonical.outlet_group != incoming.member.outlet_group
