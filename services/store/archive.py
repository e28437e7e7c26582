"""The claim: one transaction in which an article's sameness is looked up, decided and written, or nothing is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from services.contracts import events

from .announcements import Announcement, article_event, change_event, group_changes_of, publication_of
from .core.members import Member
from .core.verdict import Redelivery, Revision, Update, Verdict, judge
from .database import Database
from .grouping import Group, Grouped, groups_by_id, join_groups, regroup, save_group
from .incoming import Incoming
from .lookup import MEMBER_COLUMNS, Found, Stored, look_up, stored_of
from .outbox import write_announcements
from .record import (
    confirm_article,
    insert_article,
    lower_first_seen,
    remove_edges,
    remove_sketch,
    revise_article,
    with_first_seen,
    write_edges,
    write_fetch,
    write_revision,
    write_sketch,
)
from .schema import article, article_group

Clock = Callable[[], datetime]


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


class Archive:
    """The store's side of one database: claims articles, each in one transaction."""

    def __init__(self, database: Database, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.database = database
        self._clock = clock

    async def claim(self, incoming: Incoming) -> Settled:
        """Decide and write one article. Safe to repeat. Raises RetryLater, Unprocessable."""
        return await self.database.write(lambda connection: settle(connection, incoming, self._clock()))


def settle(connection: Connection, incoming: Incoming, now: datetime) -> Settled:
    """Look up, decide, write: inside one transaction whose locks are taken here."""
    found = look_up(connection, incoming)
    stored = found.stored
    if stored is not None and (found.seen_fetch or stored.is_withdrawn):
        return _settled_before(stored, "same fetch" if found.seen_fetch else "withdrawn")
    verdict = judge(incoming.member, stored.member if stored else None, found.candidates)
    if stored is None:
        return _settle_new_url(connection, incoming, found, verdict, now)
    if isinstance(verdict, Revision):
        return _settle_revision(connection, incoming, found, stored, verdict, now)
    assert isinstance(verdict, Redelivery)
    return _settle_redelivery(connection, incoming, stored, verdict, now)


def _settled_before(stored: Stored, reason: str) -> Settled:
    member = stored.member
    return Settled(member.article_id, member.canonical_id, "redelivery", member.revision, reason)


def _settle_new_url(
    connection: Connection, incoming: Incoming, found: Found, verdict: Verdict, now: datetime
) -> Settled:
    same = {edge.article_id for edge in verdict.edges}
    joined = {other.group_id for other in found.others if other.member.article_id in same}
    grouped = join_groups(connection, incoming.member, joined)
    if isinstance(verdict, Update):
        grouped = replace(grouped, group=replace(grouped.group, revision=grouped.group.revision + 1))
    group = grouped.group
    number = insert_article(connection, incoming, verdict, group_id=group.group_id, number=group.revision)
    write_sketch(connection, incoming, found, article_number=number)
    return _finish(connection, incoming, grouped, verdict, number=number, now=now)


def _settle_revision(
    connection: Connection, incoming: Incoming, found: Found, stored: Stored, verdict: Revision, now: datetime
) -> Settled:
    incoming = with_first_seen(incoming, stored)
    same = {edge.article_id for edge in verdict.edges}
    touched = {other.group_id for other in found.others if other.member.article_id in same} | {
        stored.group_id
    }
    was_face = any(group.face == stored.number for group in groups_by_id(connection, {stored.group_id}))
    remove_edges(connection, stored.member.article_id)
    remove_sketch(connection, stored.member, stored.number)
    revise_article(connection, incoming, stored, number=stored.member.revision)
    write_edges(connection, stored.member.article_id, verdict)
    write_sketch(connection, incoming, found, article_number=stored.number)
    grouped = regroup(connection, stored, touched)
    group = replace(grouped.group, revision=grouped.group.revision + 1)
    revise_article(connection, incoming, stored, number=group.revision)
    grouped = Grouped(group, grouped.changes)
    return _finish(connection, incoming, grouped, verdict, number=stored.number, now=now, was_face=was_face)


def _settle_redelivery(
    connection: Connection, incoming: Incoming, stored: Stored, verdict: Redelivery, now: datetime
) -> Settled:
    write_fetch(connection, incoming, verdict, article_number=stored.number)
    changes: Grouped | None = None
    if verdict.reason == "older fetch":
        write_revision(connection, incoming, verdict, article_number=stored.number, number=None)
    else:
        confirm_article(connection, incoming, stored)
    if lower_first_seen(connection, incoming, stored):
        changes = regroup(connection, stored, {stored.group_id})
    if changes is None or not changes.changes:
        return _settled_before(stored, verdict.reason)
    announcements, group = _group_announcements(incoming, verdict, changes, now)
    save_group(connection, group)
    write_announcements(connection, announcements)
    member = stored.member
    return Settled(
        member.article_id,
        group.canonical.article_id,
        "redelivery",
        member.revision,
        verdict.reason,
        announced=len(announcements),
    )


def _finish(
    connection: Connection,
    incoming: Incoming,
    grouped: Grouped,
    verdict: Verdict,
    *,
    number: int,
    now: datetime,
    was_face: bool = False,
) -> Settled:
    """What every written article needs: its revision, its fetch, its edges, its announcements."""
    write_revision(connection, incoming, verdict, article_number=number, number=grouped.group.revision)
    write_fetch(connection, incoming, verdict, article_number=number)
    write_edges(connection, incoming.member.article_id, verdict)
    face = _face_of(connection, grouped.group)
    published = publication_of(verdict, incoming.member, grouped.group, face, was_face=was_face)
    announcements, group = _group_announcements(incoming, verdict, grouped, now)
    if published:
        group = replace(group, face=number)
        announcements.insert(0, article_event(incoming, group, published, story_id=None, now=now))
    if published or announcements or isinstance(verdict, (Update, Revision)):
        save_group(connection, group)
    write_announcements(connection, announcements)
    return Settled(
        incoming.member.article_id,
        group.canonical.article_id,
        verdict.name,
        group.revision,
        getattr(verdict, "reason", None),
        score=max((edge.containment for edge in verdict.edges), default=None),
        published=published,
        announced=len(announcements),
        is_capped=verdict.capped,
    )


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
    statement = select(*MEMBER_COLUMNS).join(article_group, article_group.c.group_id == article.c.group_id)
    row = connection.execute(statement.where(article.c.number == group.face)).first()
    return stored_of(row).member if row else None
