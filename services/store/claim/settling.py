"""The transaction of claims: look up, decide, write articles, groups, stories and announcements, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, select

from services.contracts import events

from ..core.members import Member
from ..core.verdict import Revision, Update, Verdict, judge
from ..database.prepared import Prepared, put_new
from ..database.schema import article, article_group, outbox
from ..database.statements import is_postgres
from ..relay.announcement import Announcement
from ..relay.outbox import outbox_rows
from ..stories.announcements import Told, numbered, public_story_id, story_changes
from ..stories.placing import Placing
from ..stories.rows import membership_of
from ..stories.stories import Placed
from .announcements import article_event, change_event, group_changes_of, publication_of
from .grouping import Group, Grouped, save_group
from .incoming import Incoming
from .lookup import MEMBER_COLUMNS, Found, look_up, stored_of
from .placing import may_place, place_in_stories
from .writing import Before, Judged, Written, insert_lonely, write_article


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
class _Finished:
    """A claim that has nothing to write any more but what it announces; the stories' events still lack their numbers."""

    settled: Settled
    traceparent: str = ""
    announcements: Sequence[Announcement] = ()
    told: Sequence[Told] = ()


def settle(
    connection: Connection, incomings: Sequence[Incoming], placing: Placing, now: datetime
) -> list[Settled | None]:
    """Look up, decide, write: inside one transaction whose locks are taken here, phase by phase for all claims.

    The claims share no lock key. Where two of them bear on one group after all, None stands for the later one: it has
    to be claimed again, after this transaction. SQLite settles one claim at a time, which is as quick there.
    """
    found = look_up(connection, incomings)
    judged = _judged_apart(incomings, found)
    lonely = insert_lonely(connection, judged) if is_postgres(connection) else {}
    written = [lonely.get(place) or write_article(connection, one) for place, one in enumerate(judged)]
    placing.begin(connection, _topics_of(written))
    finished = [_finished(connection, one, placing, now) for one in written]
    placing.write(connection)
    _announce(connection, [one for one in finished if one], now)
    return [one.settled if one else None for one in finished]


def _judged_apart(incomings: Sequence[Incoming], found: Sequence[Found]) -> list[Judged | Before | None]:
    """What each is, but for those whose groups another one before it may change."""
    judged: list[Judged | Before | None] = []
    taken: set[int] = set()
    for incoming, one in zip(incomings, found, strict=True):
        judged.append(_judged(incoming, one) if taken.isdisjoint(one.group_ids) else None)
        taken |= one.group_ids
    return judged


def _judged(incoming: Incoming, found: Found) -> Judged | Before:
    stored = found.stored
    if stored is not None and (found.seen_fetch or stored.is_withdrawn):
        return Before(stored, "same fetch" if found.seen_fetch else "withdrawn")
    verdict = judge(incoming.member, stored.member if stored else None, found.candidates)
    return incoming, found, verdict


def _settled_before(before: Before) -> Settled:
    member = before.stored.member
    return Settled(member.article_id, member.canonical_id, "redelivery", member.revision, before.reason)


def _topics_of(written: Sequence[Written | Before | None]) -> set[str]:
    """The topics whose stories will be asked for; a group whose story has another topic locks that when it comes to it."""
    return {
        one.incoming.topic
        for one in written
        if isinstance(one, Written) and may_place(one.grouped, one.verdict)
    }


def _finished(
    connection: Connection, written: Written | Before | None, placing: Placing, now: datetime
) -> _Finished | None:
    """Place the article among the stories; what is announced of it."""
    if not isinstance(written, Written):
        return _Finished(_settled_before(written)) if written else None
    incoming, grouped, verdict = written.incoming, written.grouped, written.verdict
    face = _face_of(connection, grouped.group) if isinstance(verdict, (Update, Revision)) else None
    published = publication_of(verdict, incoming.member, grouped.group, face, was_face=written.was_face)
    placed = place_in_stories(connection, placing, incoming, grouped, verdict, now)
    story_id = _story_id_of(connection, grouped.group.canonical.article_id, placed) if placing.is_on else None
    announcements, group = _group_announcements(incoming, verdict, grouped, now)
    if published:
        group = replace(group, face=written.number)
        announcements.insert(0, article_event(incoming, group, published, story_id=story_id, now=now))
    if group != grouped.group or not grouped.is_saved or isinstance(verdict, Revision):
        save_group(connection, group)
    told = story_changes(placed)
    settled = Settled(
        incoming.member.article_id,
        group.canonical.article_id,
        verdict.name,
        written.revision,
        getattr(verdict, "reason", None),
        score=max((edge.containment for edge in verdict.edges), default=None),
        story_id=story_id,
        published=published,
        announced=len(announcements) + len(told),
        is_capped=verdict.capped,
        compared=written.compared,
        members=group.members,
    )
    return _Finished(settled, incoming.traceparent, announcements, told)


def _announce(connection: Connection, finished: Sequence[_Finished], now: datetime) -> None:
    """Write what the claims announce, claim after claim: of the article, its group, its stories."""
    numbered_changes = iter(numbered(connection, [told for one in finished for told in one.told], now))
    rows = []
    for one in finished:
        of_stories = islice(numbered_changes, len(one.told))
        rows += outbox_rows([*one.announcements, *of_stories], one.traceparent)
    put_new(connection, outbox, rows)


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
