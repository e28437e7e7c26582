"""Where a command's page comes from: a file, stdin, or the web through ingest's guarded fetcher."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .exits import CommandError
from .settings import ConsoleSettings, console_settings

if TYPE_CHECKING:
    from services.ingest.core.outcomes import FetchOutcome
    from services.ingest.fetching.fetcher import Fetcher

MAX_BYTES = 50_000_000  # a page is a hundredth of it; a film given by mistake is not read to its end
MAX_REDIRECTS = 5
AGENT = "Cleanwire/0.1 (+{contact})"


@dataclass(frozen=True)
class GivenPage:
    """The bytes, and what their origin says of them; empty where it says nothing."""

    body: bytes
    url: str = ""
    content_type: str = ""


def read_page(where: str) -> GivenPage:
    """The page at a path, at a URL, or on stdin (`-`). Raises CommandError."""
    if where == "-":
        return GivenPage(sys.stdin.buffer.read(MAX_BYTES))
    if where.startswith(("http://", "https://")):
        return asyncio.run(_fetched(where, console_settings()))
    try:
        with Path(where).open("rb") as file:
            return GivenPage(file.read(MAX_BYTES))
    except OSError as error:
        raise CommandError.usage(
            f"cannot read {where!r}: {error.strerror}", "give a file, a URL with http(s)://, or - for stdin"
        ) from None


async def _fetched(url: str, settings: ConsoleSettings) -> GivenPage:
    from services.contracts.identities import canonical_url
    from services.ingest.fetching.fetcher import Fetcher, build_client

    try:
        canonical_url(url)
    except ValueError as error:
        raise CommandError.usage(str(error), "give the full address: https://example.org/page") from None
    contact = settings.contact or "a reader at a terminal"
    client = build_client(AGENT.format(contact=contact), frozenset(settings.allow_private_hosts))
    fetcher = Fetcher(client, lambda: datetime.now(UTC))
    try:
        return await _followed(fetcher, url)
    finally:
        await fetcher.close()


async def _followed(fetcher: "Fetcher", url: str) -> GivenPage:
    from services.ingest.core.outcomes import ARTICLE_LIMITS, Fetched, Redirected

    for _hop in range(MAX_REDIRECTS + 1):
        outcome = await fetcher.fetch(url, ARTICLE_LIMITS)
        if isinstance(outcome, Fetched):
            return GivenPage(outcome.body, url, outcome.headers.get("content-type", ""))
        if not isinstance(outcome, Redirected):
            raise _not_fetched(url, outcome)
        url = outcome.location
    raise CommandError(f"{url}: more than {MAX_REDIRECTS} redirects")


def _not_fetched(url: str, outcome: "FetchOutcome") -> CommandError:
    from services.ingest.core.outcomes import Failed, Gone, Refused, Throttled

    match outcome:
        case Refused():
            advice = (
                "hosts of your own network: set CLEANWIRE_ALLOW_PRIVATE_HOSTS=host:port"
                if outcome.reason == "address"
                else ""
            )
            return CommandError(f"{url} was not taken: {outcome.reason} {outcome.detail}".strip(), advice)
        case Failed():
            return CommandError.unreachable(
                f"{url} could not be fetched: {outcome.reason} {outcome.detail}".strip()
            )
        case Gone() | Throttled():
            return CommandError(f"{url} answered {outcome.status}")
    return CommandError(f"{url} gave no page: {type(outcome).__name__}")
