"""The transaction of claims: look up, decide, write articles, groups, stories and announcements, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, select

from services.contracts import events

from ..core.members import Member
from ..core.verdict import New, Redelivery, Revision, Update, Verdict, judge
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
from .grouping import Group, Grouped, groups_by_id, join_groups, regroup, save_group
from .incoming import Incoming
from .lookup import MEMBER_COLUMNS, Found, Stored, look_up, stored_of
from .placing import may_place, place_in_stories
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
from .single_statement import insert_lonely_articles


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
    verdict: Verdict
    grouped: Grouped
    number: int
    revision: int
    was_face: bool = False
    compared: int = 0


@dataclass(frozen=True)
class _Finished:
    """A claim that has nothing to write any more but what it announces; the stories' events still lack their numbers."""

    settled: Settled
    traceparent: str = ""
    announcements: Sequence[Announcement] = ()
    told: Sequence[Told] = ()


_Judged = tuple[Incoming, Found, Verdict]


def settle(
    connection: Connection, incomings: Sequence[Incoming], placing: Placing, now: datetime
) -> list[Settled | None]:
    """Look up, decide, write: inside one transaction whose locks are taken here, phase by phase for all claims.

    The claims share no lock key. Where two of them bear on one group after all, None stands for the later one: it has
    to be claimed again, after this transaction. SQLite settles one claim at a time, which is as quick there.
    """
    found = look_up(connection, incomings)
    judged = _judged_apart(incomings, found)
    lonely = _insert_lonely(connection, judged) if is_postgres(connection) else {}
    written = [lonely.get(place) or _written(connection, one) for place, one in enumerate(judged)]
    placing.begin(connection, _topics_of(written))
    finished = [_finished(connection, one, placing, now) for one in written]
    placing.write(connection)
    _announce(connection, [one for one in finished if one], now)
    return [one.settled if one else None for one in finished]


def _judged_apart(incomings: Sequence[Incoming], found: Sequence[Found]) -> list[_Judged | Settled | None]:
    """What each is, but for those whose groups another one before it may change."""
    judged: list[_Judged | Settled | None] = []
    taken: set[int] = set()
    for incoming, one in zip(incomings, found, strict=True):
        judged.append(_judged(incoming, one) if taken.isdisjoint(one.group_ids) else None)
        taken |= one.group_ids
    return judged


def _judged(incoming: Incoming, found: Found) -> _Judged | Settled:
    stored = found.stored
    if stored is not None and (found.seen_fetch or stored.is_withdrawn):
        return _settled_before(stored, "same fetch" if found.seen_fetch else "withdrawn")
    verdict = judge(incoming.member, stored.member if stored else None, found.candidates)
    return incoming, found, verdict


def _settled_before(stored: Stored, reason: str) -> Settled:
    member = stored.member
    return Settled(member.article_id, member.canonical_id, "redelivery", member.revision, reason)


def _insert_lonely(connection: Connection, judged: Sequence[_Judged | Settled | None]) -> dict[int, _Written]:
    """Write those that are like no other, all at once; gives them by their place."""
    lonely = {
        place: one
        for place, one in enumerate(judged)
        if isinstance(one, tuple) and one[1].stored is None and not _joined_groups(*one[1:])
    }
    written = {}
    rows = insert_lonely_articles(connection, list(lonely.values()))
    for (place, (incoming, found, verdict)), (group_id, number) in zip(lonely.items(), rows, strict=True):
        write_edges(connection, incoming.member.article_id, verdict)
        grouped = Grouped(Group(group_id, incoming.member, 1, 0, number, 1))
        written[place] = _Written(incoming, verdict, grouped, number, 1, compared=len(found.others))
    return written


def _joined_groups(found: Found, verdict: Verdict) -> set[int]:
    same = {edge.article_id for edge in verdict.edges}
    return {other.group_id for other in found.others if other.member.article_id in same}


def _written(connection: Connection, one: _Judged | Settled | None) -> _Written | Settled | None:
    if not isinstance(one, tuple):
        return one
    incoming, found, verdict = one
    stored = found.stored
    if stored is None:
        written = _write_new_url(connection, incoming, found, verdict)
    elif isinstance(verdict, Revision):
        written = _write_changed(connection, incoming, found, stored, verdict)
    else:
        assert isinstance(verdict, Redelivery)
        written = _write_redelivered(connection, incoming, stored, verdict)
        if not written.grouped.changes:
            return _settled_before(stored, verdict.reason)
    return replace(written, compared=len(found.others))


def _write_new_url(connection: Connection, incoming: Incoming, found: Found, verdict: Verdict) -> _Written:
    grouped = join_groups(connection, incoming.member, _joined_groups(found, verdict))
    if isinstance(verdict, Update):
        grouped = replace(grouped, group=replace(grouped.group, revision=grouped.group.revision + 1))
    group = grouped.group
    number = insert_article(connection, incoming, verdict, group_id=group.group_id, number=group.revision)
    write_sketch(connection, incoming, found, article_number=number)
    write_revision(connection, incoming, verdict, article_number=number, number=group.revision)
    write_fetch(connection, incoming, verdict, article_number=number)
    write_edges(connection, incoming.member.article_id, verdict)
    queue_for_search(connection, number)
    return _Written(incoming, verdict, grouped, number, group.revision)


def _write_changed(
    connection: Connection, incoming: Incoming, found: Found, stored: Stored, verdict: Revision
) -> _Written:
    incoming = with_first_seen(incoming, stored)
    article_id = stored.member.article_id
    touched = _joined_groups(found, verdict) | {stored.group_id}
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
    return _Written(incoming, verdict, grouped, stored.number, number, was_face)


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
    return _Written(incoming, verdict, grouped, stored.number, stored.member.revision)


def _topics_of(written: Sequence[_Written | Settled | None]) -> set[str]:
    """The topics whose stories will be asked for; a group whose story has another topic locks that when it comes to it."""
    return {
        one.incoming.topic
        for one in written
        if isinstance(one, _Written) and may_place(one.grouped, one.verdict)
    }


def _finished(
    connection: Connection, written: _Written | Settled | None, placing: Placing, now: datetime
) -> _Finished | None:
    """Place the article among the stories; what is announced of it."""
    if not isinstance(written, _Written):
        return _Finished(written) if written else None
    incoming, grouped, verdict = written.incoming, written.grouped, written.verdict
    face = None if isinstance(verdict, New) else _face_of(connection, grouped.group)
    published = publication_of(verdict, incoming.member, grouped.group, face, was_face=written.was_face)
    placed = place_in_stories(connection, placing, incoming, grouped, verdict, now)
    story_id = _story_id_of(connection, grouped.group.canonical.article_id, placed) if placing.is_on else None
    announcements, group = _group_announcements(incoming, verdict, grouped, now)
    if published:
        group = replace(group, face=written.number)
        announcements.insert(0, article_event(incoming, group, published, story_id=story_id, now=now))
    if group != grouped.group or isinstance(verdict, (Update, Revision)):
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
