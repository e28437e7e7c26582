"""`cleanwire export`: the clean stream out of the archive, in the formats people ask for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from ..exits import CommandError

if TYPE_CHECKING:
    from ..export.events import Wanted
    from ..settings import ConsoleSettings

FORMAT = "jsonl (as `tail --json`), csv, rss (newest first; only what holds now) or parquet."
SINCE = "Events since this day or time (UTC without a zone)."
FROM = "Events after this entry id, for a subscriber that fell behind the stream."
NEWEST = "Only the current state of each article, without withdrawn ones."


def export(
    format_: Annotated[str, typer.Option("--format", help=FORMAT)] = "jsonl",
    since: Annotated[str, typer.Option(help=SINCE)] = "",
    start: Annotated[str, typer.Option("--from", help=FROM)] = "",
    topic: Annotated[str, typer.Option(help="Articles of this topic only.")] = "",
    story: Annotated[str, typer.Option(help="Articles of this story only.")] = "",
    newest: Annotated[bool, typer.Option("--newest", help=NEWEST)] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="At most this many; 0 means all.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file instead of stdout.")] = None,
) -> None:
    """Write the announced events of articles.cleaned from the archive, as far back as it goes.

    Examples:

        cleanwire export --since 2025-12-01 > clean.jsonl

        cleanwire export --format parquet --newest -o articles.parquet

        cleanwire export --format rss --topic belarus-talks --limit 100 -o feed.xml
    """
    import asyncio

    from ..export.run import FORMATS
    from ..settings import console_settings

    if format_ not in FORMATS:
        raise CommandError.usage(f"unknown format {format_!r}", f"formats: {', '.join(FORMATS)}")
    settings = console_settings()
    wanted = _wanted(since, start, topic, newest=newest or format_ == "rss", newest_first=format_ == "rss")
    asyncio.run(_export(settings, wanted, format_, story=story, limit=limit, output=output))


def _wanted(since: str, start: str, topic: str, *, newest: bool, newest_first: bool) -> "Wanted":
    from datetime import UTC, datetime

    from ..export.events import LAST_SEQUENCE, Wanted
    from ..subscribers.start_point import read_start_point

    if since and start:
        raise CommandError.usage("--since and --from are both given", "say where to begin once")
    try:
        point = read_start_point(since or start or "0", datetime.now(UTC))
    except ValueError as error:
        raise CommandError.usage(f"{'--since' if since else '--from'}: {error}") from None
    if point.position is None:
        raise CommandError.usage("$ is no start point for an export", "a day, a time, or an entry id")
    ms, sequence = point.position
    return Wanted((ms, min(sequence, LAST_SEQUENCE)), topic, newest=newest, newest_first=newest_first)


async def _export(
    settings: "ConsoleSettings",
    wanted: "Wanted",
    format_: str,
    *,
    story: str,
    limit: int,
    output: Path | None,
) -> None:
    import sys
    from dataclasses import replace

    from ..export.archive import opened_archive
    from ..export.run import export_events, writer_of

    async with opened_archive(settings) as database:
        if story:
            from ..export.stories import articles_of_story

            wanted = replace(wanted, articles=await articles_of_story(database, story))
        if output is None:
            count = await export_events(database, wanted, writer_of(format_, sys.stdout.buffer), limit=limit)
            sys.stdout.buffer.flush()
        else:
            with _opened(output) as file:
                count = await export_events(database, wanted, writer_of(format_, file), limit=limit)
    typer.echo(f"exported {count} events", err=True)


def _opened(output: Path) -> BinaryIO:
    try:
        return output.open("wb")
    except OSError as error:
        raise CommandError(
            f"--output is {str(output)!r}: {error.strerror}", "name a file that you may write"
        ) from None
