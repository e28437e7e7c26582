"""What `cleanwire source`, `backfill` and `politeness` do: a look at sites, the sources file, ingest's own notes."""

import asyncio
import dataclasses
import json
import os
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.contracts.streams import FETCH_BACKFILL
from services.ingest.app import utc_now
from services.ingest.core.source_verdict import Sample, SourceCheck
from services.ingest.fetching.fetcher import Fetcher, build_client
from services.ingest.fetching.host_days import HostDay, politeness_of_day
from services.ingest.settings import IngestSettings
from services.ingest.sources.catalogue import Catalogue
from services.ingest.sources.check import SourceChecker
from services.ingest.sources.reports import ListingRow, backfill_requests, source_rows
from services.ingest.sources.sources_file import parse_catalogue, read_catalogue
from services.ingest.sources.topics import read_topics, with_searches
from services.normalize.extract import Extraction, extract
from services.runtime.settings import SettingsError, read_settings
from services.runtime.wire import publish

from .connection import connected
from .exits import CommandError
from .settings import ConsoleSettings

CHECK_GAP_S = 1.0  # a look is a dozen requests by hand, and nobody waits a minute for it


async def check_site(url: str) -> SourceCheck:
    """Look at the site at `url`. Raises CommandError where CLEANWIRE_CONTACT is not set."""
    try:
        settings = read_settings(IngestSettings, os.environ)
    except SettingsError as error:
        raise CommandError.usage(str(error), "sites are told who asks: set CLEANWIRE_CONTACT") from None
    fetcher = Fetcher(build_client(settings.user_agent, settings.allow_private_hosts), utc_now)
    gap_s = min(settings.host_gap_s, CHECK_GAP_S)
    try:
        checker = SourceChecker(fetcher, sample_of, now=utc_now, wait=asyncio.sleep, gap_s=gap_s)
        return await checker.check(url)
    except ValueError as error:
        raise CommandError.usage(
            f"{url!r} is no web address: {error}", "write it as https://site.example/"
        ) from None
    finally:
        await fetcher.close()


def sample_of(page: bytes, url: str, content_type: str) -> Sample:
    """The sample article as normalize would extract it."""
    found = extract(page, url, content_type)
    if not isinstance(found, Extraction):
        return Sample(url, problem=f"{found.reason} {found.detail}".strip()[:200])
    return Sample(url, found.title, found.quality.words, found.quality.score)


def check_lines(check: SourceCheck) -> Iterable[str]:
    """The check for people."""
    yield f"{check.outlet}  {check.url}"
    yield f"  language  {check.language or 'not declared'}"
    yield f"  robots    {check.robots}"
    yield f"  rights    tdm {check.rights.tdm or 'unsaid'}, ai {'no' if check.rights.noai else 'unsaid'}"
    for found in check.lists:
        yield f"  {found.kind:<9} {found.url}  {found.problem or _list_words(found.entries, found.newest, found.cadence_s)}"
    for sitemap in check.sitemaps[:5]:
        yield f"  sitemap   {sitemap}"
    if check.sample:
        words = f"{check.sample.words} words, score {check.sample.score:.2f}, {check.sample.title!r}"
        yield f"  sample    {check.sample.url}  {check.sample.problem or words}"
    yield f"  verdict   {check.judgement}" + "".join(f"\n            {reason}" for reason in check.reasons)


def json_of(row: Any) -> str:
    """Any of ingest's records as one line of JSON."""
    plain = dataclasses.asdict(row)
    return json.dumps(plain, default=_plain, ensure_ascii=False)


def add_block(settings: ConsoleSettings, block: str) -> None:
    """Append a block to the sources file, whole or not at all. Raises CommandError where it would not be valid."""
    file = settings.sources_file
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    joined = f"{text.rstrip()}\n\n{block}" if text.strip() else block
    try:
        parse_catalogue(joined, str(file))
    except SettingsError as error:
        raise CommandError.usage(str(error), "nothing was written") from None
    _replace(file, joined)


def with_choices(block: str, choices: dict[str, str | None]) -> str:
    """The block with the operator's own words for its keys."""
    lines = block.splitlines()
    for key, value in choices.items():
        if value is not None:
            lines = [
                f"{key} = {json.dumps(value, ensure_ascii=False)}" if _key(line) == key else line
                for line in lines
            ]
    return "\n".join(lines) + "\n"


async def listed_sources(settings: ConsoleSettings) -> list[ListingRow]:
    """Every list of every source, and how it is doing."""
    async with connected(settings) as redis:
        return await source_rows(redis, _catalogue(settings))


async def polite_hosts(settings: ConsoleSettings, day: str) -> list[HostDay]:
    """How each host was treated on a day."""
    async with connected(settings) as redis:
        return await politeness_of_day(redis, day)


async def start_backfill(settings: ConsoleSettings, source: str, since: datetime) -> list[str]:
    """Put a source's history on its lane; returns the sitemaps that will be walked. Raises CommandError."""
    catalogue = _catalogue(settings)
    try:
        requests = backfill_requests(catalogue, source, since)
    except KeyError:
        names = ", ".join(sorted({listing.source.name for listing in catalogue.listings.values()}))
        raise CommandError.usage(
            f"there is no source {source!r}", f"{settings.sources_file} has: {names}"
        ) from None
    async with connected(settings) as redis:
        for request in requests:
            await publish(redis, FETCH_BACKFILL, request)
    return [request.url for request in requests]


def day_of(text: str) -> datetime:
    """A day as `2026-11-21`, at its start in UTC. Raises CommandError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError.usage(f"{text!r} is no day", "write it as 2026-11-21") from None


def _catalogue(settings: ConsoleSettings) -> Catalogue:
    try:
        return with_searches(read_catalogue(settings.sources_file), read_topics(settings.topics_dir))
    except SettingsError as error:
        raise CommandError.usage(str(error), "docs/sources.md tells what the file may say") from None


def _replace(file: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8", delete=False) as new:
        new.write(text)
    Path(new.name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
    Path(new.name).replace(file)


def _list_words(entries: int, newest: datetime | None, cadence_s: float | None) -> str:
    words = [f"{entries} entries"]
    if newest:
        words.append(f"newest {newest:%Y-%m-%d %H:%M}")
    if cadence_s:
        words.append(f"one in {cadence_s / 60:.0f} min")
    return ", ".join(words)


def _key(line: str) -> str:
    return line.partition("=")[0].strip()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value.model_dump()
