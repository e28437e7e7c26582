"""What the archive tells an analyst: an article with its revisions and copies, a story with its articles. Reads only."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from services.contracts.messages import Block, Licence, NormalizedArticle

from ..claim.lookup import MEMBER_COLUMNS, stored_of
from ..claim.record import unpack
from ..core.licence import licensed_text
from ..core.members import Member, publication_rank
from ..database.opening import Database
from ..database.schema import article, article_group, edge, fetch, revision, story, story_member
from ..database.statements import AnyRow
from ..stories.announcements import NO_TOPIC, public_story_id
from ..stories.rows import membership_of
from .licences import licences_of, licensed_block, licensed_diff


@dataclass(frozen=True)
class RevisionView:
    """One state of an article; `number` None: an older fetch that came late. `text` None: forgotten."""

    number: int | None
    verdict: str
    fetched_at: datetime
    fetch_id: str
    page_hash: str
    engine: str
    template: str | None
    title: str | None
    text: str | None
    diff: dict[str, Any] | None
    ledger: tuple[Block, ...]


@dataclass(frozen=True)
class MemberView:
    """A member of an article's group. `containment` is None where the two were not compared directly."""

    article_id: str
    url: str
    outlet: str
    title: str | None
    published_at: datetime | None
    first_seen: datetime
    alias_of: str | None
    containment: float | None


@dataclass(frozen=True)
class ArticleView:
    """An article as the archive knows it, its texts as far as `licence` lets them be shown.

    `members` are the others of its group, the first to publish first.
    """

    article_id: str
    canonical_id: str
    story_id: str | None
    url: str
    outlet: str
    source: str | None
    side: str | None
    language: str | None
    licence: Licence
    title: str | None
    text: str
    revision: int
    published_at: datetime | None
    first_seen: datetime
    fetched_at: datetime
    withdrawn_at: datetime | None
    revisions: tuple[RevisionView, ...]
    members: tuple[MemberView, ...]
    near_misses: tuple[tuple[str, float], ...]
    fetches: int


@dataclass(frozen=True)
class StoryView:
    """A story; `merged_into` names the one its articles went to. `articles` in the order they were published."""

    story_id: str
    title: str | None
    started_at: datetime
    merged_into: str | None
    articles: tuple[MemberView, ...]
    copies: int


async def read_article(database: Database, article_id: str) -> ArticleView | None:
    """An article by its id, or by its canonical URL; None where there is none. Raises RetryLater."""
    return await database.read(lambda connection: _article(connection, article_id))


async def read_story(database: Database, story_id: str) -> StoryView | None:
    """A story by its public id (`belarus-talks-17`); None where there is none. Raises RetryLater."""
    return await database.read(lambda connection: _story(connection, story_id))


def _article(connection: Connection, article_id: str) -> ArticleView | None:
    columns = (*MEMBER_COLUMNS, article.c.outlet, article.c.source, article.c.side)
    statement = _joined(select(*columns)).where(
        or_(article.c.article_id == article_id, article.c.canonical_url == article_id)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    member = stored_of(row).member
    membership = membership_of(connection, member.canonical_id)
    verified, near = _edges_of(connection, member.article_id)
    licence = licences_of(connection, [row.number])[row.number]
    return ArticleView(
        article_id=member.article_id,
        canonical_id=member.canonical_id,
        story_id=public_story_id(*membership) if membership else None,
        url=member.canonical_url,
        outlet=row.outlet,
        source=row.source,
        side=row.side,
        language=member.language,
        licence=licence,
        title=member.title,
        text=licensed_text(member.text, licence),
        revision=member.revision,
        published_at=member.published_at,
        first_seen=member.first_seen,
        fetched_at=member.fetched_at,
        withdrawn_at=row.withdrawn_at,
        revisions=_revisions(connection, row.number, licence),
        members=_members(connection, row.group_id, member.article_id, verified),
        near_misses=tuple(sorted(near.items(), key=lambda pair: -pair[1])),
        fetches=connection.execute(
            select(func.count()).select_from(fetch).where(fetch.c.number == row.number)
        ).scalar_one(),
    )


def _joined(statement: Select[Any]) -> Select[Any]:
    return statement.join(article_group, article_group.c.group_id == article.c.group_id)


def _revisions(connection: Connection, number: int, licence: Licence) -> tuple[RevisionView, ...]:
    """The newest licence holds for the older states too."""
    statement = select(revision).where(revision.c.number == number).order_by(revision.c.fetched_at)
    return tuple(_revision_of(row, licence) for row in connection.execute(statement))


def _revision_of(row: AnyRow, licence: Licence) -> RevisionView:
    body = NormalizedArticle.model_validate_json(unpack(row.body)) if row.body else None
    blocks = json.loads(unpack(row.ledger))["ledger"] if row.ledger else []
    return RevisionView(
        row.revision,
        row.verdict,
        row.fetched_at,
        row.fetch_id,
        row.page_hash,
        row.engine,
        row.template,
        body.title if body else None,
        licensed_text(body.text, licence) if body else None,
        licensed_diff(json.loads(row.diff), licence) if row.diff else None,
        tuple(licensed_block(Block.model_validate(block), licence) for block in blocks),
    )


def _edges_of(connection: Connection, article_id: str) -> tuple[dict[str, float], dict[str, float]]:
    """Containment by the other article's id: verified edges, near misses."""
    verified: dict[str, float] = {}
    near: dict[str, float] = {}
    found = select(edge).where(or_(edge.c.low == article_id, edge.c.high == article_id))
    for row in connection.execute(found):
        other = row.high if row.low == article_id else row.low
        (verified if row.verified else near)[other] = row.containment
    return verified, near


def _members(
    connection: Connection, group_id: int, article_id: str, verified: dict[str, float]
) -> tuple[MemberView, ...]:
    statement = _joined(select(*MEMBER_COLUMNS, article.c.outlet)).where(article.c.group_id == group_id)
    rows = [(stored_of(row).member, row) for row in connection.execute(statement)]
    rows.sort(key=lambda pair: publication_rank(pair[0]))
    return tuple(
        _member_view(member, row, verified.get(member.article_id))
        for member, row in rows
        if member.article_id != article_id
    )


def _member_view(member: Member, row: Any, containment: float | None) -> MemberView:
    return MemberView(
        member.article_id,
        member.canonical_url,
        row.outlet,
        member.title,
        member.published_at,
        member.first_seen,
        row.alias_of,
        containment,
    )


def _story(connection: Connection, story_id: str) -> StoryView | None:
    topic, _, number = story_id.rpartition("-")
    topic = "" if topic == NO_TOPIC else topic
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        return None
    key = (story.c.topic == topic) & (story.c.story_id == int(number))
    row = connection.execute(select(story).where(key)).first()
    if row is None:
        return None
    inside = select(story_member.c.article_id).where(
        story_member.c.topic == topic, story_member.c.story_id == int(number)
    )
    found = _joined(select(*MEMBER_COLUMNS, article.c.outlet)).where(article.c.article_id.in_(inside))
    rows = [(stored_of(one).member, one) for one in connection.execute(found)]
    rows.sort(key=lambda pair: publication_rank(pair[0]))
    groups = [one.group_id for _, one in rows]
    counted = select(func.sum(article_group.c.members)).where(article_group.c.group_id.in_(groups))
    total = connection.execute(counted).scalar_one() or 0
    return StoryView(
        story_id,
        row.title,
        row.started_at,
        public_story_id(topic, row.merged_into) if row.merged_into is not None else None,
        tuple(_member_view(member, one, None) for member, one in rows),
        int(total) - len(rows),
    )
