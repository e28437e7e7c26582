"""Where did my article go: its way through all services, from the archive and from log files."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from services.contracts.failures import Unprocessable
from services.contracts.identities import article_id_of
from services.runtime.bodies import body_of
from services.runtime.delivery.dead import dead_letters

from .archive_asking import canonical_or_id, known_article
from .connection import connected
from .dead_letters import STREAM_NAMES
from .exits import CommandError, Exit
from .settings import ConsoleSettings

UNTOLD = {
    "event",
    "timestamp",
    "level",
    "service",
    "logger",
    "article_id",
    "url",
    "correlation_id",
    "message_id",
    "stream",
}


async def traced(settings: ConsoleSettings, article: str, logs: Sequence[Path]) -> list[str]:
    """The article's way, oldest step first. Raises CommandError where nobody knows it."""
    url = canonical_or_id(article)
    article_id = article_id_of(url) if "://" in article else article
    steps = [
        *_from_logs(logs, article, article_id),
        *await _from_archive(settings, url),
        *await _from_dead(settings, article),
    ]
    if not steps:
        raise CommandError(
            f"nobody knows {article!r}: it was never fetched, or it was rejected and the logs that say so were not given",
            "name the services' log files with --logs; `cleanwire submit URL` fetches it now",
        )
    return [f"article {article_id}", *sorted(steps)]


def _from_logs(logs: Iterable[Path], url: str, article_id: str) -> Iterator[str]:
    """Lines about the article, and all lines of the requests (correlation ids) that they belong to."""
    records = [record for log in logs for record in _records(log)]
    named = [one for one in records if one.get("article_id") == article_id or one.get("url") == url]
    requests = {one["correlation_id"] for one in named if one.get("correlation_id")}
    for one in records:
        if one in named or (
            one.get("correlation_id") in requests
            and one.get("article_id", article_id) == article_id
            and one.get("url", url) == url
        ):
            told = " ".join(
                f"{name}={value}"
                for name, value in one.items()
                if name not in UNTOLD and value not in (None, "")
            )
            yield f"{one.get('timestamp', ''):<27.27}  {one.get('service', ''):<10} {one.get('event')}  {told}"


def _records(log: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise CommandError.usage(
            f"cannot read {str(log)!r}: {error.strerror}", "--logs names a file of JSON lines"
        ) from None
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record


async def _from_archive(settings: ConsoleSettings, article: str) -> list[str]:
    try:
        view = await known_article(settings, article)
    except CommandError as unknown:
        if unknown.code is not Exit.FAULT:
            raise
        return []
    steps = [
        f"{one.fetched_at.isoformat():<27.27}  archive    {one.verdict}  revision={one.number or '-'} title={one.title!r}"
        for one in view.revisions
    ]
    steps.append(
        f"{view.first_seen.isoformat():<27.27}  archive    first seen  outlet={view.outlet} fetches={view.fetches}"
    )
    steps += [
        f"{member.first_seen.isoformat():<27.27}  archive    same text at {member.outlet}  {member.url}"
        for member in view.members
    ]
    last = view.fetched_at.isoformat()
    if view.canonical_id != view.article_id:
        steps.append(f"{last:<27.27}  archive    stands under canonical id {view.canonical_id}")
    if view.story_id:
        steps.append(f"{last:<27.27}  archive    in story {view.story_id}")
    return steps


async def _from_dead(settings: ConsoleSettings, url: str) -> list[str]:
    async with connected(settings) as redis:
        letters = [letter for name in STREAM_NAMES async for letter in dead_letters(redis, name)]
    return [
        f"{letter.last.isoformat():<27.27}  {letter.group:<10} dead letter {letter.stream}/{letter.id}  {letter.reason}"
        for letter in letters
        if url in _named_urls(letter.fields)
    ]


def _named_urls(fields: dict[bytes, bytes]) -> set[str]:
    try:
        body = body_of(fields)
    except Unprocessable:
        return set()
    return (
        {str(body[name]) for name in ("url", "final_url", "canonical_url") if body.get(name)}
        if isinstance(body, dict)
        else set()
    )
