"""The claim's one transaction: look up, decide, write article, groups, stories and announcements, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from services.contracts import events

from ..core.members import Member
from ..core.verdict import New, Redelivery, Revision, Update, Verdict, judge
from ..database.prepared import Prepared
from ..database.schema import article, article_group
from ..database.statements import is_postgres
from ..relay.announcement import Announcement
from ..relay.outbox import write_announcements
from ..stories.announcements import public_story_id, story_announcements
from ..stories.rows import membership_of
from ..stories.stories import Placed, Stories
from .announcements import article_event, change_event, group_changes_of, publication_of
from .grouping import Group, Grouped, groups_by_id, join_groups, regroup, save_group
from .incoming import Incoming
from .lookup import MEMBER_COLUMNS, Found, Stored, look_up, stored_of
from .placing import place_in_stories
from .record import (
    confirm_article,
    insert_article,
    lower_first_seen,
    number_article,
    queue_for_search,
    remove_edges,
    remove_sketch,
    revise_article,
    with_first_seen,
    write_edges,
    write_fetch,
    write_revision,
    write_sketch,
)
from .single_statement import insert_lonely_article


@dataclass(frozen=True)
class Settled:
    """What became of an article. `published` is the type of the article event, if one was announced."""

    article_id: str
    canonical_id: str
    verdict: events.Verdict
    revision: int
    reason: str | None = None
    score: float | None = None
    story_id: str | None = None
    published: str | None = None
    announced: int = 0
    is_capped: bool = False
    compared: int = 0
    members: int = 1


@dataclass(frozen=True)
class _Written:
    """What a claim has written so far; `number` is the article's row, `revision` the number its text has."""

    incoming: Incoming
    grouped: Grouped
    number: int
    revision: int
    was_face: bool = False


def settle(
    connection: Connection, incoming: Incoming, stories: Stories, now: datetime
) -> tuple[Settled, list[Placed]]:
    """Look up, decide, write: inside one transaction whose locks are taken here."""
    found = look_up(connection, incoming)
    stored = found.stored
    if stored is not None and (found.seen_fetch or stored.is_withdrawn):
        return _settled_before(stored, "same fetch" if found.seen_fetch else "withdrawn"), []
    verdict = judge(incoming.member, stored.member if stored else None, found.candidates)
    if stored is None:
        written = _write_new_url(connection, incoming, found, verdict)
    elif isinstance(verdict, Revision):
        written = _write_changed(connection, incoming, found, stored, verdict)
    else:
        assert isinstance(verdict, Redelivery)
        written = _write_redelivered(connection, incoming, stored, verdict)
        if not written.grouped.changes:
            return _settled_before(stored, verdict.reason), []
    settled, placed = _finish(connection, written, verdict, stories, now)
    return replace(settled, compared=len(found.others)), placed


def _settled_before(stored: Stored, reason: str) -> Settled:
    member = stored.member
    return Settled(member.article_id, member.canonical_id, "redelivery", member.revision, reason)


def _write_new_url(connection: Connection, incoming: Incoming, found: Found, verdict: Verdict) -> _Written:
    same = {edge.article_id for edge in verdict.edges}
    joined = {other.group_id for other in found.others if other.member.article_id in same}
    if not joined and is_postgres(connection):
        group_id, number = insert_lonely_article(connection, incoming, found, verdict)
        write_edges(connection, incoming.member.article_id, verdict)
        return _Written(incoming, Grouped(Group(group_id, incoming.member, 1, 0, number, 1)), number, 1)
    grouped = join_groups(connection, incoming.member, joined)
    if isinstance(verdict, Update):
        grouped = replace(grouped, group=replace(grouped.group, revision=grouped.group.revision + 1))
    group = grouped.group
    number = insert_article(connection, incoming, verdict, group_id=group.group_id, number=group.revision)
    write_sketch(connection, incoming, found, article_number=number)
    write_revision(connection, incoming, verdict, article_number=number, number=group.revision)
    write_fetch(connection, incoming, verdict, article_number=number)
    write_edges(connection, incoming.member.article_id, verdict)
    queue_for_search(connection, number)
    return _Written(incoming, grouped, number, group.revision)


def _write_changed(
    connection: Connection, incoming: Incoming, found: Found, stored: Stored, verdict: Revision
) -> _Written:
    incoming = with_first_seen(incoming, stored)
    article_id = stored.member.article_id
    same = {edge.article_id for edge in verdict.edges}
    touched = {other.group_id for other in found.others if other.member.article_id in same} | {
        stored.group_id
    }
    was_face = any(group.face == stored.number for group in groups_by_id(connection, {stored.group_id}))
    remove_edges(connection, article_id)
    remove_sketch(connection, stored.member, stored.number)
    revise_article(connection, incoming, stored)
    write_edges(connection, article_id, verdict)
    write_sketch(connection, incoming, found, article_number=stored.number)
    grouped = regroup(connection, stored, touched)
    grouped = replace(grouped, group=replace(grouped.group, revision=grouped.group.revision + 1))
    number = grouped.group.revision
    number_article(connection, stored.number, number)
    write_revision(connection, incoming, verdict, article_number=stored.number, number=number)
    write_fetch(connection, incoming, verdict, article_number=stored.number)
    queue_for_search(connection, stored.number)
    return _Written(incoming, grouped, stored.number, number, was_face)


def _write_redelivered(
    connection: Connection, incoming: Incoming, stored: Stored, verdict: Redelivery
) -> _Written:
    write_fetch(connection, incoming, verdict, article_number=stored.number)
    if verdict.reason == "older fetch":
        write_revision(connection, incoming, verdict, article_number=stored.number, number=None)
    else:
        confirm_article(connection, incoming, stored)
    groups = {stored.group_id}
    if lower_first_seen(connection, incoming, stored):
        grouped = regroup(connection, stored, groups)
    else:
        grouped = Grouped(groups_by_id(connection, groups)[0])
    return _Written(incoming, grouped, stored.number, stored.member.revision)


def _finish(
    connection: Connection, written: _Written, verdict: Verdict, stories: Stories, now: datetime
) -> tuple[Settled, list[Placed]]:
    """Stories, then the outbox: the last of the claim's locks are taken here."""
    incoming, grouped = written.incoming, written.grouped
    face = None if isinstance(verdict, New) else _face_of(connection, grouped.group)
    published = publication_of(verdict, incoming.member, grouped.group, face, was_face=written.was_face)
    placed = place_in_stories(connection, stories, incoming, grouped, verdict, now)
    story_id = _story_id_of(connection, grouped.group.canonical.article_id, placed) if stories.is_on else None
    announcements, group = _group_announcements(incoming, verdict, grouped, now)
    if published:
        group = replace(group, face=written.number)
        announcements.insert(0, article_event(incoming, group, published, story_id=story_id, now=now))
    announcements += story_announcements(connection, placed, now)
    if group != grouped.group or isinstance(verdict, (Update, Revision)):
        save_group(connection, group)
    write_announcements(connection, announcements, incoming.traceparent)
    settled = Settled(
        incoming.member.article_id,
        group.canonical.article_id,
        verdict.name,
        written.revision,
        getattr(verdict, "reason", None),
        score=max((edge.containment for edge in verdict.edges), default=None),
        story_id=story_id,
        published=published,
        announced=len(announcements),
        is_capped=verdict.capped,
        members=group.members,
    )
    return settled, placed


def _story_id_of(connection: Connection, canonical_id: str, placed: Sequence[Placed]) -> str | None:
    for one in placed:
        if one.placement.article_id == canonical_id:
            return public_story_id(one.placement.topic, one.decision.story_id)
    membership = membership_of(connection, canonical_id)
    return public_story_id(*membership) if membership else None


def _group_announcements(
    incoming: Incoming, verdict: Verdict, grouped: Grouped, now: datetime
) -> tuple[list[Announcement], Group]:
    announcements, group = [], grouped.group
    for event_type, change in group_changes_of(verdict, incoming, group, grouped.changes):
        group = replace(group, changes=group.changes + 1)
        announcements.append(change_event(group, event_type, change, group.changes, now))
    return announcements, group


def _face_of(connection: Connection, group: Group) -> Member | None:
    if group.face is None:
        return None
    row = MEMBER_AT.first(connection, {"number": group.face})
    return stored_of(row).member if row else None


MEMBER_AT = Prepared(
    select(*MEMBER_COLUMNS)
    .join(article_group, article_group.c.group_id == article.c.group_id)
    .where(article.c.number == bindparam("number"))
)
