"""`cleanwire replay`: kept pages through today's engine, the difference first."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..exits import CommandError

if TYPE_CHECKING:
    from ..replay.report import Report
    from ..settings import ConsoleSettings

SINCE = "Pages fetched since this day or time (UTC without a zone)."
DRY_RUN = "Only say what would change."
PROMOTE = "Hand on what an earlier replay put aside: the store announces it as revisions."
DISCARD = "Forget what an earlier replay put aside."
SAMPLES = "How many articles of each kind to show with their differences."


def replay(
    since: Annotated[str, typer.Option(help=SINCE)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=DRY_RUN)] = False,
    promote: Annotated[bool, typer.Option("--promote", help=PROMOTE)] = False,
    discard: Annotated[bool, typer.Option("--discard", help=DISCARD)] = False,
    samples: Annotated[int, typer.Option(min=0, help=SAMPLES)] = 5,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Replay kept pages with today's engine and topics, and say how many articles would change, with samples.

    Without --dry-run, changes go to the side stream articles.replayed; look at it, then --promote or --discard.
    Pages are kept only if CLEANWIRE_PAGES_URL is set.

    Examples:

        cleanwire replay --since 2025-12-01 --dry-run

        cleanwire replay --since 2025-12-01 && cleanwire tail --stream articles.replayed --from 0 --no-follow

        cleanwire replay --promote
    """
    import asyncio

    from ..settings import console_settings

    if sum((bool(since), promote, discard)) != 1:
        raise CommandError.usage("say one of --since, --promote, --discard", "cleanwire replay --help")
    settings = console_settings()
    if promote or discard:
        typer.echo(asyncio.run(_settle(settings, promote=promote)), err=True)
        return
    report = asyncio.run(_replay(settings, since, is_dry=dry_run, samples=samples))
    typer.echo(report.as_json() if as_json else report.as_text())


async def _settle(settings: "ConsoleSettings", *, promote: bool) -> str:
    from ..connection import connected
    from ..replay import side_stream

    async with connected(settings) as redis:
        if promote:
            return f"promoted {await side_stream.promote(redis)} articles: the store judges them now"
        return f"discarded {await side_stream.discard(redis)} articles"


async def _replay(settings: "ConsoleSettings", since: str, *, is_dry: bool, samples: int) -> "Report":
    from contextlib import AsyncExitStack

    from ..connection import connected
    from ..export.archive import opened_archive
    from ..replay.outcomes import Changed, NowAccepted
    from ..replay.prepared import opened_pages, profiles, since_when
    from ..replay.report import Report
    from ..replay.side_stream import put_aside, waiting
    from ..replay.walk import replayed

    moment, topics, report = since_when(since), profiles(settings.topics_dir), Report(samples)
    async with AsyncExitStack() as stack:
        redis = None if is_dry else await stack.enter_async_context(connected(settings))
        if redis and (count := await waiting(redis)):
            raise CommandError(
                f"{count} articles of an earlier replay wait", "--promote or --discard them first"
            )
        database = await stack.enter_async_context(opened_archive(settings))
        with opened_pages(settings.pages_url) as pages:
            async for raw, outcome in replayed(pages, database, topics, moment):
                report.add(raw, outcome)
                if redis and isinstance(outcome, Changed | NowAccepted):
                    await put_aside(redis, outcome.after)
    return report
