"""What claims write of their articles once they are judged: rows, sketches, edges, groups. Runs inside the claim."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ..core.verdict import Redelivery, Revision, Update, Verdict
from ..database.statements import is_postgres
from .grouping import Group, Grouped, groups_by_id, join_groups, regroup
from .incoming import Incoming
from .lookup import Found, Stored
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
from .single_statement import insert_joining_article, insert_lonely_articles

Judged = tuple[Incoming, Found, Verdict]


@dataclass(frozen=True)
class Before:
    """A claim that changes nothing for anybody: the article as it stood, and why."""

    stored: Stored
    reason: str


@dataclass(frozen=True)
class Written:
    """What a claim has written so far; `number` is the article's row, `revision` the number its text has."""

    incoming: Incoming
    verdict: Verdict
    grouped: Grouped
    number: int
    revision: int
    was_face: bool = False
    compared: int = 0


def insert_lonely(connection: Connection, judged: Sequence[Judged | Before | None]) -> dict[int, Written]:
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
        written[place] = Written(incoming, verdict, grouped, number, 1, compared=len(found.others))
    return written


def _joined_groups(found: Found, verdict: Verdict) -> set[int]:
    same = {edge.article_id for edge in verdict.edges}
    return {other.group_id for other in found.others if other.member.article_id in same}


def write_article(connection: Connection, one: Judged | Before | None) -> Written | Before | None:
    """Write what was decided, step by step: article, sketch, revision, fetch, edges, groups."""
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
            return Before(stored, verdict.reason)
    return replace(written, compared=len(found.others))


def _write_new_url(connection: Connection, incoming: Incoming, found: Found, verdict: Verdict) -> Written:
    grouped = join_groups(connection, incoming.member, _joined_groups(found, verdict))
    if isinstance(verdict, Update):
        grouped = replace(grouped, group=replace(grouped.group, revision=grouped.group.revision + 1))
    group = grouped.group
    if is_postgres(connection):
        number = insert_joining_article(
            connection, (incoming, found, verdict), group.group_id, group.revision
        )
    else:
        number = _insert_by_steps(connection, (incoming, found, verdict), group)
    write_edges(connection, incoming.member.article_id, verdict)
    return Written(incoming, verdict, grouped, number, group.revision)


def _insert_by_steps(connection: Connection, judged: Judged, group: Group) -> int:
    incoming, found, verdict = judged
    number = insert_article(connection, incoming, verdict, group_id=group.group_id, number=group.revision)
    write_sketch(connection, incoming, found, article_number=number)
    write_revision(connection, incoming, verdict, article_number=number, number=group.revision)
    write_fetch(connection, incoming, verdict, article_number=number)
    queue_for_search(connection, number)
    return number


def _write_changed(
    connection: Connection, incoming: Incoming, found: Found, stored: Stored, verdict: Revision
) -> Written:
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
    return Written(incoming, verdict, grouped, stored.number, number, was_face)


def _write_redelivered(
    connection: Connection, incoming: Incoming, stored: Stored, verdict: Redelivery
) -> Written:
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
    return Written(incoming, verdict, grouped, stored.number, stored.member.revision)
