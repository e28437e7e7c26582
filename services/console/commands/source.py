"""`cleanwire source list|check|add`, `backfill`, `politeness`: where coverage comes from."""

from typing import Annotated

import typer

source_app = typer.Typer(
    help="Where the coverage comes from.", no_args_is_help=True, rich_markup_mode="markdown"
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Site = Annotated[str, typer.Argument(help="A homepage or a feed.", metavar="URL")]
Name = Annotated[str | None, typer.Option(help="The source's name, where the site's own will not do.")]
Side = Annotated[str | None, typer.Option(help="state, exile, regional or international.")]
Country = Annotated[str | None, typer.Option(help="Two letters, as in BY.")]
Language = Annotated[
    str | None, typer.Option(help="Two letters, where the page declares a wrong one or none.")
]
Scope = Annotated[str | None, typer.Option(help="topic or general.")]
Licence = Annotated[str | None, typer.Option(help="full, excerpt or headline.")]


@source_app.command("list")
def list_sources(json: AsJson = False) -> None:
    """Show every list of every source: its state and since when, its last news, when it is due.

    Examples:

        cleanwire source list

        cleanwire source list --json | jq 'select(.state == "frozen")'
    """
    import asyncio

    from ..settings import console_settings
    from ..source_steering import json_of, listed_sources

    for row in asyncio.run(listed_sources(console_settings())):
        since = f"since {row.since:%m-%d %H:%M}" if row.since else ""
        news = f"news {row.last_new:%m-%d %H:%M}" if row.last_new else ""
        mark = " (fallback)" if row.fallback else ""
        plain = f"{row.state:<14} {row.source:<28} {row.kind + mark:<20} {since:<18} {news:<17} {row.evidence or row.url}"
        typer.echo(json_of(row) if json else plain.rstrip())


@source_app.command("check")
def check_source(url: Site, json: AsJson = False) -> None:
    """Look at a site: robots, feeds, sitemaps, terms, language, rhythm, a sample article; a verdict and a TOML block.

    Examples:

        cleanwire source check https://news.example/

        cleanwire source check https://news.example/rss --json
    """
    import asyncio

    from ..exits import Exit
    from ..source_steering import check_lines, check_site, json_of

    check = asyncio.run(check_site(url))
    if json:
        typer.echo(json_of(check))
    else:
        for line in check_lines(check):
            typer.echo(line, err=True)
        if check.judgement != "poor":
            typer.echo(check.block())
    if check.judgement == "poor":
        raise typer.Exit(Exit.REJECTED)


@source_app.command("add")
def add_source(
    url: Site,
    name: Name = None,
    side: Side = None,
    country: Country = None,
    language: Language = None,
    scope: Scope = None,
    licence: Licence = None,
) -> None:
    """Check a site and, if it can be followed, write it into the sources file. Ingest reads the file at its start.

    Examples:

        cleanwire source add https://news.example/ --side exile --country BY
    """
    import asyncio

    from ..exits import CommandError, Exit
    from ..settings import console_settings
    from ..source_steering import add_block, check_lines, check_site, with_choices

    settings = console_settings()
    check = asyncio.run(check_site(url))
    for line in check_lines(check):
        typer.echo(line, err=True)
    if check.judgement == "poor":
        raise CommandError(f"{url} was not added: {'; '.join(check.reasons)}", code=Exit.REJECTED)
    keys = {
        "name": name,
        "side": side,
        "country": country,
        "language": language,
        "scope": scope,
        "licence": licence,
    }
    block = with_choices(check.block(), keys)
    add_block(settings, block)
    typer.echo(block)


@source_app.command("balance")
def show_balance(
    days: Annotated[int, typer.Option(help="How many days back from today.", min=1, max=40)] = 7,
    json: AsJson = False,
) -> None:
    """Show how each day's new coverage was divided between the sides, and which side has gone dark.

    Days are UTC and today comes first; 40 of them are kept.

    Examples:

        cleanwire source balance

        cleanwire source balance --days 30 --json | jq -c '[.day, .shares.state]'
    """
    import asyncio

    from ..coverage_table import balance_json, balance_lines, coverage_of
    from ..settings import console_settings

    coverage = asyncio.run(coverage_of(console_settings(), days))
    for line in balance_json(coverage) if json else balance_lines(coverage):
        typer.echo(line)


def backfill(
    source: Annotated[str, typer.Argument(help="A source's name, as the sources file has it.")],
    since: Annotated[str, typer.Option(help="The first day, as 2026-11-01.")],
) -> None:
    """Walk a source's sitemaps back to a given day, on a lane of its own that never delays news.

    Examples:

        cleanwire backfill "LRT EN" --since 2026-11-01
    """
    import asyncio

    from ..settings import console_settings
    from ..source_steering import day_of, start_backfill

    for url in asyncio.run(start_backfill(console_settings(), source, day_of(since))):
        typer.echo(url)


def politeness(
    day: Annotated[str, typer.Option(help="The day (UTC), as 2026-11-21; today without it.")] = "",
    json: AsJson = False,
) -> None:
    """Show how each host was treated: requests, bytes, share of 304, 429s, robots refusals, shortest gap.

    Examples:

        cleanwire politeness

        cleanwire politeness --day 2026-11-21 --json
    """
    import asyncio
    from datetime import UTC, datetime

    from ..settings import console_settings
    from ..source_steering import day_of, json_of, polite_hosts

    wanted = day_of(day).date() if day else datetime.now(UTC).date()
    for row in asyncio.run(polite_hosts(console_settings(), wanted.isoformat())):
        gap = "-" if row.shortest_gap_s is None else f"{row.shortest_gap_s:.1f} s"
        plain = (
            f"{row.host:<36} {row.requests:>6} requests {row.bytes:>12,} bytes  304 {row.not_modified_share:>4.0%}  "
            f"429/503 {row.throttled}  robots {row.robots_refusals}  failed {row.failed}  shortest gap {gap}"
        )
        typer.echo(json_of(row) if json else plain)
