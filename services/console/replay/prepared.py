"""What a replay needs, opened or refused with a reason: the kept pages, the topic profiles, the moment to begin."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.console.exits import CommandError
from services.console.subscribers.start_point import read_start_point
from services.contracts.failures import RetryLater
from services.normalize.core.topics.topic import Topic
from services.normalize.core.topics.topic_profile import TopicProfileError
from services.normalize.topics import read_topics
from services.runtime.kept_pages import DEPENDENCY, KeptPages


def since_when(since: str) -> datetime:
    """The moment `--since` names; 0 is the first page kept. Raises CommandError."""
    try:
        point = read_start_point(since, datetime.now(UTC))
    except ValueError as error:
        raise CommandError.usage(str(error)) from None
    if point.position is None:
        raise CommandError.usage("$ is no start point for a replay", "a day, a time, or 0")
    return datetime.fromtimestamp((point.position[0] + point.is_moment) / 1000, UTC)


def profiles(folder: Path) -> Sequence[Topic]:
    """The topic profiles as normalize reads them. Raises CommandError."""
    try:
        return read_topics(folder)
    except TopicProfileError as error:
        raise CommandError.usage(str(error)) from None


@contextlib.contextmanager
def opened_pages(url: str) -> Iterator[KeptPages]:
    """The kept pages. Raises CommandError where none are kept, or their store is away."""
    if not url:
        raise CommandError.usage(
            "no pages are kept: CLEANWIRE_PAGES_URL is not set",
            "set it for normalize and for this command, to a folder or an s3:// URL",
        )
    try:
        yield KeptPages(url)
    except ValueError as wrong:
        raise CommandError.usage(f"CLEANWIRE_PAGES_URL is {url!r}: {wrong}") from None
    except RetryLater as away:
        if away.dependency != DEPENDENCY:
            raise
        raise CommandError.unreachable(f"the kept pages at {url} do not answer: {away.detail}") from None
