"""`cleanwire forget`: an article's text goes from the archive at once, from the public streams once its withdrawal stands there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import Connection, null, or_, select, update

from services.contracts.messages import WithdrawnArticle
from services.contracts.streams import PUBLIC_STREAMS

from ..claim.announcements import withdrawal_event
from ..claim.grouping import Group, groups_by_id, save_group
from ..claim.lookup import MEMBER_COLUMNS, Stored, stored_of
from ..claim.record import remove_sketch
from ..database.locks import lock_keys, url_key
from ..database.opening import Database
from ..database.schema import article, article_group, outbox, revision, story
from ..reading.search_index import remove_from_search
from ..relay.outbox import entry_id_of, write_announcements
from ..relay.relay import Relay
from ..relay.relaying import now_ms
from ..stories.stories import remove_from_stories

XDEL_AT_ONCE = 500


@dataclass(frozen=True)
class Forgotten:
    """What was removed: articles whose text is gone, withdrawals announced, entries deleted from the public streams."""

    articles: int
    withdrawn: int
    entries_deleted: int


async def forget_articles(
    database: Database,
    redis: Redis,
    *,
    source: str | None = None,
    article_id: str | None = None,
    reason: str = "",
) -> Forgotten:
    """Remove the text of one article, or of all that came from a source; safe to repeat, no store need be running.

    A forgotten article stays forgotten: what is fetched of it later is not kept. Raises ValueError where nothing
    matches, RetryLater, redis.exceptions.RedisError.
    """
    ids = await database.read(lambda connection: _wanted(connection, source, article_id))
    if not ids:
        raise ValueError(
            f"no article {article_id!r} in the archive" if article_id else f"no article of source {source!r}"
        )
    gone = withdrawn = 0
    for one in ids:
        did, told = await database.write(partial(_forget, article_id=one, reason=reason))
        gone, withdrawn = gone + did, withdrawn + told
    await _relay_everything(database, redis)
    return Forgotten(gone, withdrawn, await _delete_entries(database, redis, ids))


def _wanted(connection: Connection, source: str | None, article_id: str | None) -> list[str]:
    statement = select(article.c.article_id).order_by(article.c.number)
    if article_id is not None:
        statement = statement.where(
            or_(article.c.article_id == article_id, article.c.canonical_url == article_id)
        )
    if source is not None:
        statement = statement.where(or_(article.c.source == source, article.c.outlet_group == source))
    return list(connection.execute(statement).scalars()) if source or article_id else []


def _forget(connection: Connection, article_id: str, reason: str) -> tuple[int, int]:
    """One article, one transaction: (1 if there was text to remove, 1 if subscribers had read it)."""
    lock_keys(connection, [url_key(article_id)])
    stored, outlet = _stored(connection, article_id)
    if stored.is_withdrawn:
        return 0, 0
    group = _locked_group(connection, stored.group_id)
    was_public = _was_public(connection, article_id)
    now = datetime.now(UTC)
    _remove_text(connection, stored, now)
    remove_from_stories(connection, article_id)
    if not was_public:
        return 1, 0
    number = group.revision + 1
    canonical_id = group.canonical.article_id
    data = WithdrawnArticle(
        article_id=article_id,
        canonical_id=canonical_id,
        revision=number,
        url=stored.member.canonical_url,
        outlet=outlet,
        reason=reason,
    )
    save_group(connection, _withdrawn(group, stored, number))
    write_announcements(connection, [withdrawal_event(data, now)])
    return 1, 1


def _stored(connection: Connection, article_id: str) -> tuple[Stored, str]:
    statement = select(*MEMBER_COLUMNS, article.c.outlet).join(
        article_group, article_group.c.group_id == article.c.group_id
    )
    row = connection.execute(statement.where(article.c.article_id == article_id)).one()
    return stored_of(row), row.outlet


def _locked_group(connection: Connection, group_id: int) -> Group:
    lock = select(article_group.c.group_id).where(article_group.c.group_id == group_id)
    connection.execute(lock.with_for_update())
    return groups_by_id(connection, [group_id])[0]


def _withdrawn(group: Group, stored: Stored, number: int) -> Group:
    return replace(group, revision=number, face=None if group.face == stored.number else group.face)


def _was_public(connection: Connection, article_id: str) -> bool:
    statement = select(outbox.c.n).where(
        outbox.c.article_id == article_id, outbox.c.stream == PUBLIC_STREAMS[0].name
    )
    return connection.execute(statement.limit(1)).first() is not None


def _remove_text(connection: Connection, stored: Stored, now: datetime) -> None:
    number, member = stored.number, stored.member
    remove_sketch(connection, member, number)
    remove_from_search(connection, number)
    empty: dict[str, Any] = {"title": None, "text": "", "text_hash": None, "withdrawn_at": now}
    connection.execute(update(article).where(article.c.number == number).values(**empty))
    bare = {"body": null(), "ledger": null(), "diff": null()}
    connection.execute(update(revision).where(revision.c.number == number).values(**bare))
    connection.execute(update(outbox).where(outbox.c.article_id == member.article_id).values(fields=null()))
    if member.title:
        connection.execute(update(story).where(story.c.title == member.title).values(title=null()))


async def _relay_everything(database: Database, redis: Redis) -> None:
    """The withdrawals must stand before the entries go: a subscriber that reads on meets the news, not a hole."""
    for stream in PUBLIC_STREAMS:
        relay = Relay(database, redis, stream.name, now_ms)
        while not relay.is_level:
            await relay.step()


async def _delete_entries(database: Database, redis: Redis, article_ids: Sequence[str]) -> int:
    deleted = 0
    for stream in PUBLIC_STREAMS:
        entries = await database.read(partial(_entries, stream=stream.name, article_ids=article_ids))
        for first in range(0, len(entries), XDEL_AT_ONCE):
            deleted += await redis.xdel(stream.name, *entries[first : first + XDEL_AT_ONCE])
    return deleted


def _entries(connection: Connection, stream: str, article_ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for first in range(0, len(article_ids), XDEL_AT_ONCE):
        statement = select(outbox.c.ms, outbox.c.seq).where(
            outbox.c.stream == stream,
            outbox.c.article_id.in_(article_ids[first : first + XDEL_AT_ONCE]),
            outbox.c.fields.is_(None),
            outbox.c.ms.is_not(None),
        )
        found += [entry_id_of((row.ms, row.seq)) for row in connection.execute(statement)]
    return found
