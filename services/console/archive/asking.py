"""What an analyst asks the archive, as JSON for programs and as lines for people."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.contracts.identities import canonical_url
from services.store.reading.search_index import QueryError, search_articles
from services.store.reading.views import (
    ArticleView,
    MemberView,
    RevisionView,
    StoryView,
    read_article,
    read_story,
)

from ..exits import CommandError
from ..settings import ConsoleSettings
from ..telling import counted
from .access import with_archive
from .word_diff import diff_lines

LABEL = 14


@dataclass(frozen=True)
class Wanted:
    """Which article, and what of it."""

    article: str
    revision: int | None = None
    diff: bool = False
    ledger: bool = False
    as_json: bool = False


async def found_articles(settings: ConsoleSettings, words: str, limit: int, *, as_json: bool) -> list[str]:
    """The articles that hold all words. Raises CommandError."""
    async with with_archive(settings) as database:
        try:
            hits = await search_articles(database, words, limit=limit)
        except QueryError as error:
            raise CommandError.usage(str(error)) from None
    if as_json:
        return [_json(asdict(hit)) for hit in hits]
    lines = [line for hit in hits for line in (_titled(hit), f"    {hit.snippet}", "")]
    return lines or [f"no article holds all of: {words}"]


async def told_story(settings: ConsoleSettings, story_id: str, *, as_json: bool) -> list[str]:
    """A story and its articles. Raises CommandError where there is none."""
    async with with_archive(settings) as database:
        story = await read_story(database, story_id)
    if story is None:
        raise CommandError(
            f"no story {story_id!r} in the archive",
            "`cleanwire tail --stream stories.updated --from 0` names them",
        )
    return [_json(asdict(story))] if as_json else list(_story_lines(story))


async def told_article(settings: ConsoleSettings, wanted: Wanted) -> list[str]:
    """An article, or one of its revisions. Raises CommandError where there is none."""
    view = await known_article(settings, wanted.article)
    revisions = [one for one in view.revisions if wanted.revision in (None, one.number)]
    if not revisions:
        known = ", ".join(str(one.number) for one in view.revisions if one.number)
        raise CommandError.usage(f"no revision {wanted.revision} of this article", f"there are: {known}")
    if wanted.as_json:
        return [_json(_without(asdict(view) | {"revisions": [asdict(one) for one in revisions]}, wanted))]
    return list(article_lines(view, revisions, wanted))


async def known_article(settings: ConsoleSettings, article: str) -> ArticleView:
    """The article by its id or URL. Raises CommandError where the archive has none."""
    async with with_archive(settings) as database:
        view = await read_article(database, canonical_or_id(article))
    if view is None:
        raise CommandError(
            f"no article {article!r} in the archive",
            "`cleanwire search WORDS` finds it by what it says; `cleanwire trace` says more",
        )
    return view


def canonical_or_id(article: str) -> str:
    """A URL in its one spelling; anything else as it stands. Raises CommandError for a broken URL."""
    if "://" not in article:
        return article
    try:
        return canonical_url(article)
    except ValueError as error:
        raise CommandError.usage(str(error)) from None


def _titled(one: Any) -> str:
    return (
        f"{_day(one.published_at)}  {one.outlet}: {one.title or '(no title)'}  {one.url}  [{one.article_id}]"
    )


def _story_lines(story: StoryView) -> Iterator[str]:
    yield f"{story.story_id}: {story.title or '(no title)'}"
    if story.merged_into:
        yield f"merged into {story.merged_into}"
    yield f"since {_day(story.started_at)}, {counted(len(story.articles), 'article')}, {counted(story.copies, 'copy', 'copies')}"
    yield ""
    yield from (_titled(member) for member in story.articles)


def article_lines(view: ArticleView, revisions: list[RevisionView], wanted: Wanted) -> Iterator[str]:
    """An article for people: its facts, its group, what is nearly the same, the text, and what else was asked for."""
    facts = {
        "title": view.title,
        "outlet": " ".join(filter(None, [view.outlet, f"({view.side})" if view.side else ""])),
        "url": view.url,
        "published": _moment(view.published_at),
        "first seen": _moment(view.first_seen),
        "article id": view.article_id,
        "canonical id": view.canonical_id if view.canonical_id != view.article_id else None,
        "story": view.story_id,
        "revision": str(view.revision),
        "withdrawn": _moment(view.withdrawn_at),
        "licence": view.licence if view.licence != "full" else None,
    }
    yield from (f"{name:<{LABEL}}{value}" for name, value in facts.items() if value)
    yield from (f"{'group':<{LABEL}}{_member_line(member)}" for member in view.members)
    yield from (f"{'near miss':<{LABEL}}{other}, {shared:.0%} shared" for other, shared in view.near_misses)
    shown = revisions[-1]
    missing = (
        "(the licence keeps the text back)" if view.licence == "headline" else "(the text was forgotten)"
    )
    yield from ("", (shown.text if wanted.revision else view.text) or missing)
    if wanted.diff:
        yield from (line for one in revisions for line in _diff_lines(one))
    if wanted.ledger:
        yield ""
        yield from (f"{'+' if block.kept else '-'} {block.text}  [{block.reason}]" for block in shown.ledger)


def _member_line(member: MemberView) -> str:
    shared = f", {member.containment:.0%} shared" if member.containment is not None else ""
    return f"{_moment(member.published_at or member.first_seen)}  {member.outlet}  {member.url}{shared}"


def _diff_lines(revision: RevisionView) -> Iterator[str]:
    yield from (
        "",
        f"revision {revision.number or '-'} ({revision.verdict}, fetched {_moment(revision.fetched_at)})",
    )
    yield from (f"  {line}" for line in diff_lines(revision.diff or {}))


def _without(view: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """The object without what was not asked for: ledgers are long."""
    unasked = {name for name, asked in (("ledger", wanted.ledger), ("diff", wanted.diff)) if not asked}
    kept = [{name: value for name, value in one.items() if name not in unasked} for one in view["revisions"]]
    return view | {"revisions": kept}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value.isoformat()


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "----------"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
