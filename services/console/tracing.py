"""Where did my article go: its way through all services, from the archive and from log files."""

import json
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.contracts.failures import Unprocessable
from services.contracts.identities import article_id_of, canonical_url
from services.runtime.bodies import body_of
from services.runtime.delivery.dead import dead_letters
from services.store.reading.views import ArticleView, read_article

from .archive.access import with_archive
from .archive.asking import canonical_or_id
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
    "trace_id",
    "message_id",
    "stage",
    "stream",
    "title",
}


NOT_LOOKED_THROUGH = "(Redis does not answer: dead letters were not looked through)"
STDIN = Path("-")


async def traced(settings: ConsoleSettings, article: str, logs: Sequence[Path]) -> list[str]:
    """The article's way, oldest step first. Raises CommandError where nobody knows it."""
    given = canonical_or_id(article)
    view, away = await _known(settings, given)
    url = view.url if view else given
    article_id = view.article_id if view else article_id_of(given) if "://" in given else given
    dead, notes = await _from_dead(settings, url)
    steps = [*_from_logs(logs, url, article_id), *dead, *(_from_archive(view) if view else ())]
    if not steps:
        raise away or CommandError(
            f"nobody knows {article!r}: it was never fetched, or it was rejected and the logs that say so were not given",
            "name the services' log files with --logs; `cleanwire submit URL` fetches it now",
        )
    return [f"article {article_id}  {url}", *sorted(steps), *([f"({away})"] if away else []), *notes]


def _from_logs(logs: Sequence[Path], url: str, article_id: str) -> Iterator[str]:
    """What the services logged of this article or its URL, and whatever else happened on the same walks."""
    texts = {log: _stdin_lines() if log == STDIN else None for log in logs}
    walks: set[str] = set()

    def is_own(record: dict[str, Any]) -> bool:
        return record.get("article_id") == article_id or _canonical(str(record.get("url", ""))) == url

    for log in logs:
        walks |= {
            str(one["trace_id"]) for one in _records(log, texts[log]) if one.get("trace_id") and is_own(one)
        }
    for log in logs:
        for record in _records(log, texts[log]):
            if is_own(record) or record.get("trace_id") in walks:
                yield _step(str(record.get("timestamp", "")), str(record.get("service", "")), _told(record))


def _told(record: dict[str, Any]) -> str:
    facts = [
        f"{name}={value}"
        for name, value in record.items()
        if name not in UNTOLD and value not in (None, "", [])
    ]
    return " ".join([str(record.get("event")), *facts])


def _step(moment: str, who: str, what: str) -> str:
    return f"{moment[:23].replace('T', ' '):<23}  {who:<10} {what}"


@lru_cache(maxsize=10_000)
def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        return url


def _records(log: Path, lines: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    """The JSON objects among the lines, which are the file's unless given; a large file is never held as a whole."""
    for line in _file_lines(log) if lines is None else lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record


def _stdin_lines() -> list[str]:
    return sys.stdin.buffer.read().decode("utf-8", "replace").splitlines()


def _file_lines(log: Path) -> Iterator[str]:
    try:
        with log.open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as error:
        raise CommandError.usage(
            f"cannot read {str(log)!r}: {error.strerror}", "--logs names a file of JSON lines, or - for stdin"
        ) from None


async def _known(settings: ConsoleSettings, article: str) -> tuple[ArticleView | None, CommandError | None]:
    """What the archive knows, or why it cannot be asked: the logs may do."""
    try:
        async with with_archive(settings) as database:
            return await read_article(database, article), None
    except CommandError as away:
        if away.code != Exit.UNREACHABLE:
            raise
        return None, away


def _from_archive(view: ArticleView) -> Iterator[str]:
    for one in view.revisions:
        number = f"revision {one.number}" if one.number else "an older fetch, kept in the history"
        yield _step(
            one.fetched_at.isoformat(), "archive", f"fetched, kept as {one.verdict}: {number}, {one.title!r}"
        )
    for member in view.members:
        yield _step(member.first_seen.isoformat(), "archive", f"same text at {member.outlet}: {member.url}")
    last = view.fetched_at.isoformat()
    if view.canonical_id != view.article_id:
        yield _step(last, "archive", f"stands under canonical id {view.canonical_id}")
    if view.story_id:
        yield _step(last, "archive", f"in story {view.story_id}")


async def _from_dead(settings: ConsoleSettings, url: str) -> tuple[list[str], list[str]]:
    """The dead letters that name the URL, and what could not be looked at."""
    try:
        async with connected(settings) as redis:
            letters = [letter for name in STREAM_NAMES async for letter in dead_letters(redis, name)]
    except CommandError as away:
        if away.code != Exit.UNREACHABLE:
            raise
        return [], [NOT_LOOKED_THROUGH]
    steps = [
        _step(
            letter.last.isoformat(), letter.group, f"dead letter {letter.stream}/{letter.id}: {letter.reason}"
        )
        for letter in letters
        if url in {_canonical(named) for named in _named_urls(letter.fields)}
    ]
    return steps, []


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
