"""`cleanwire submit`: ask for a URL to be covered."""

from typing import Annotated

import typer

Urls = Annotated[list[str], typer.Argument(help="Pages to fetch, clean and archive.", metavar="URL...")]
Why = Annotated[str, typer.Option(help="A word for the operators who read the log.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def submit(urls: Urls, why: Why = "submitted", json: AsJson = False) -> None:
    """Submit pages to the pipeline; those on topic come out on articles.cleaned.

    Examples:

        cleanwire submit https://example.org/news/2025/12/talks.html

        cat urls.txt | xargs cleanwire submit --why backfill
    """
    import asyncio

    from ..settings import console_settings
    from ..submitting import submit_urls

    asyncio.run(submit_urls(console_settings(), urls, why, as_json=json))
