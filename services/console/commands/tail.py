"""`cleanwire tail`: the public streams as they grow."""

from typing import Annotated

import typer

Start = Annotated[
    str,
    typer.Option(
        "--from",
        help="0 (the beginning), $ (only what comes from now on), a date, or an entry id.",
        metavar="0|$|DATE|ID",
    ),
]
StreamName = Annotated[
    str, typer.Option("--stream", help="articles.cleaned or stories.updated (any other of ours too).")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Limit = Annotated[
    int, typer.Option("--limit", "-n", help="Stop after this many entries; 0 means never.", min=0)
]
Follow = Annotated[
    bool, typer.Option("--follow/--no-follow", help="Wait for more at the end of the stream, or stop there.")
]


def tail(
    start: Start = "$",
    stream: StreamName = "articles.cleaned",
    json: AsJson = False,
    limit: Limit = 0,
    follow: Follow = True,
) -> None:
    """Print clean articles as they arrive, until Ctrl-C.

    Examples:

        cleanwire tail

        cleanwire tail --from 2025-12-01 --json --no-follow | jq -r .data.url

        cleanwire tail --stream stories.updated --from 0
    """
    import asyncio
    import contextlib

    from ..settings import console_settings
    from ..tailing import tail_stream

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(tail_stream(console_settings(), stream, start, as_json=json, limit=limit, follow=follow))
