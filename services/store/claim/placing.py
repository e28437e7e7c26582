"""Which articles a claim has to place among the stories: those that stand for a group anew, or with another text."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ..core.members import Member
from ..core.stories.terms import terms_of
from ..core.verdict import New, Revision, Verdict
from ..database.schema import day_of
from ..stories.placing import Placing
from ..stories.rows import membership_of
from ..stories.stories import Placed, Placement
from .grouping import CanonicalChanged, Grouped, GroupsMerged
from .incoming import Incoming


def place_in_stories(
    connection: Connection,
    placing: Placing,
    incoming: Incoming,
    grouped: Grouped,
    verdict: Verdict,
    now: datetime,
) -> list[Placed]:
    """Place what has to be placed, the article's own group first; the claim's last step. Raises StaleTopic."""
    placed: list[Placed] = []
    if not placing.is_on:
        return placed
    for member, replaces in _to_place(incoming, grouped, verdict):
        is_incoming = member.article_id == incoming.member.article_id
        stood = replaces if is_incoming and isinstance(verdict, New) else (member.article_id, *replaces)
        topic = _topic_of(connection, incoming, stood)
        terms = incoming.terms if is_incoming else terms_of(member.title, member.text, member.language)
        placement = Placement(
            topic,
            member.article_id,
            terms,
            day_of(member.fetched_at),
            title=member.title,
            outlet=incoming.outlet if is_incoming else None,
            url=member.canonical_url if is_incoming else None,
            replaces=replaces,
        )
        placed.append(placing.place(connection, placement, now))
    return placed


def may_place(grouped: Grouped, verdict: Verdict) -> bool:
    """Whether a claim has anything to place."""
    return bool(grouped.changes) or isinstance(verdict, (New, Revision))


def _to_place(
    incoming: Incoming, grouped: Grouped, verdict: Verdict
) -> Sequence[tuple[Member, tuple[str, ...]]]:
    own = grouped.group
    replaced = {change.absorbed_id for change in grouped.changes if isinstance(change, GroupsMerged)}
    for change in grouped.changes:
        if isinstance(change, CanonicalChanged) and not change.is_split:
            replaced.add(change.previous_id)
    replaced.discard(own.canonical.article_id)
    is_canonical = own.canonical.article_id == incoming.member.article_id
    if replaced or (is_canonical and isinstance(verdict, (New, Revision))) or grouped.changes:
        canonical = incoming.member if is_canonical else own.canonical
        return [(canonical, tuple(sorted(replaced))), *((part, ()) for part in grouped.parts)]
    return []


def _topic_of(connection: Connection, incoming: Incoming, article_ids: Sequence[str]) -> str:
    for article_id in article_ids:
        membership = membership_of(connection, article_id)
        if membership is not None:
            return membership[0]
    return incoming.topic
