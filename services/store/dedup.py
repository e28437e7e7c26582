"""Articles from a list through a fresh archive, exactly as the service would decide them (`cleanwire dedup`)."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from services.contracts.identities import canonical_url, fetch_id_of, page_hash_of
from services.contracts.messages import ArticleDate, NormalizedArticle, Precision, Quality, Source

from .archive import Archive
from .claim.incoming import incoming_of
from .claim.settling import Settled
from .core.agreement import b_cubed
from .database.migrate import migrate
from .database.opening import Database, open_database
from .database.schema import article, article_group, story_member
from .stories.announcements import public_story_id

START = datetime(2000, 1, 1, tzinfo=UTC)
"""Where rows without `fetched_at` begin; each is a second later than the row before."""
ENGINE = "dedup"
PRECISION_OF_LENGTH: Mapping[int, Precision] = {4: "year", 7: "month", 10: "day", 16: "minute"}


async def dedup_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Claim the rows in order: `{id, title, text}` and, where known, `url`, `published`, `outlet`, `fetched_at`.

    Returns one `{id, verdict, article_id, canonical_id, revision, story_id, score}` per row; canonical and story as
    they stand at the end. Raises ValueError naming the row and its field.
    """
    with tempfile.TemporaryDirectory(prefix="cleanwire-dedup-") as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'archive.db'}")
        try:
            await migrate(database)
            settled = await _claimed(database, rows)
            final = await database.read(_final)
        finally:
            await database.close()
    return [_result(row_id, one, final) for row_id, one in settled]


def figures_of(groups: Sequence[Any], results: Sequence[Mapping[str, Any]]) -> str:
    """How the verdicts agree with the groups that the rows were said to be in, as copies and as stories (B-cubed)."""
    tied = sum(result["verdict"] in ("copy", "update", "redelivery") for result in results)
    lines = [f"{len(results)} articles in {len(set(groups))} groups; {tied} tied to another on arrival"]
    for name in ("canonical_id", "story_id"):
        found = b_cubed([result[name] or result["article_id"] for result in results], groups)
        lines.append(
            f"{name} against group: B-cubed precision {found.precision:.4f}, recall {found.recall:.4f}, F {found.f:.4f}"
        )
    return "\n".join(lines)


async def _claimed(database: Database, rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, Settled]]:
    """The verdicts, in order. Time is the rows' own: the window and the stories run on `fetched_at`."""
    now = [START]
    archive = Archive(database, clock=lambda: now[0])
    settled = []
    for row, message in _messages(rows):
        now[0] = max(now[0], message.fetched_at)
        settled.append((str(row["id"]), await archive.claim(incoming_of(message))))
        await archive.weigh_stories_anew()
    return settled


def message_of(row: Mapping[str, Any], number: int) -> NormalizedArticle:
    """A row as normalize would hand it on; `number` counts from 1. Raises ValueError naming the row and its field."""
    row_id, text, title = (_text(row, name, number) for name in ("id", "text", "title"))
    if not row_id or row.get("text") is None:
        raise ValueError(
            f"row {number}: id and text are required; it has {', '.join(sorted(row)) or 'nothing'}"
        )
    url = _text(row, "url", number) or f"https://{hashlib.sha256(row_id.encode()).hexdigest()[:32]}.invalid/"
    outlet = _text(row, "outlet", number)
    fetched_at = _fetched_at(row, number)
    page_hash = page_hash_of(f"{title}\n{text}".encode("utf-8", "surrogatepass"))
    try:
        canonical = canonical_url(url)
    except ValueError as error:
        raise ValueError(f"row {number}: url: {error}") from None
    return NormalizedArticle(
        fetch_id=fetch_id_of(url, fetched_at, page_hash),
        page_hash=page_hash,
        fetched_at=fetched_at,
        engine=ENGINE,
        source=Source(name=outlet, outlet=outlet) if outlet else None,
        url=url,
        canonical_url=canonical,
        title=title or None,
        text=text,
        published=_published(_text(row, "published", number)),
        language=_text(row, "language", number) or _language_of(text),
        quality=Quality(score=1.0, words=len(text.split()), kept_share=1.0),
    )


def _messages(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], NormalizedArticle]]:
    for number, row in enumerate(rows, 1):
        yield row, message_of(row, number)


def _text(row: Mapping[str, Any], name: str, number: int) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, (dict, list, bool)) or (name != "id" and not isinstance(value, str)):
        raise ValueError(f"row {number}: {name} is {value!r:.60}; it must be text")
    return str(value)


def _fetched_at(row: Mapping[str, Any], number: int) -> datetime:
    value = _text(row, "fetched_at", number)
    if not value:
        return START + timedelta(seconds=number)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"row {number}: fetched_at is {value!r:.60}; it must be ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _published(value: str) -> ArticleDate | None:
    if not value:
        return None
    return ArticleDate(value=value, precision=PRECISION_OF_LENGTH.get(len(value), "second"))


def _language_of(text: str) -> str:
    """Russian or English by the letters: a list says no language, and the stories' stems want one."""
    cyrillic = sum("а" <= letter <= "я" for letter in text[:2_000].lower())
    latin = sum("a" <= letter <= "z" for letter in text[:2_000].lower())
    return "ru" if cyrillic > latin else "en"


def _final(connection: Connection) -> dict[str, tuple[str, str | None]]:
    """Canonical and story of every article."""
    joined = (
        select(
            article.c.article_id, article_group.c.canonical_id, story_member.c.topic, story_member.c.story_id
        )
        .join(article_group, article_group.c.group_id == article.c.group_id)
        .outerjoin(story_member, story_member.c.article_id == article_group.c.canonical_id)
    )
    return {
        row.article_id: (
            row.canonical_id,
            None if row.story_id is None else public_story_id(row.topic, row.story_id),
        )
        for row in connection.execute(joined)
    }


def _result(row_id: str, settled: Settled, final: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    canonical_id, story_id = final[settled.article_id]
    return {
        "id": row_id,
        "verdict": settled.verdict,
        "article_id": settled.article_id,
        "canonical_id": canonical_id,
        "revision": settled.revision,
        "story_id": story_id,
        "score": settled.score,
    }
