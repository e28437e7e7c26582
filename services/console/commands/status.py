"""`cleanwire status`: who runs, how full the streams are, what is dead."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="Do not mask the passwords in URLs.")]


def status(json: AsJson = False, show_secrets: ShowSecrets = False) -> None:
    """Show each service's state, each stream's backlog, and the dead letters.

    Examples:

        cleanwire status

        cleanwire status --json | jq '.streams["articles.raw"].groups.normalize.lag'
    """
    import asyncio

    from ..settings import console_settings
    from ..standing import status_json, status_lines

    settings = console_settings()
    if json:
        typer.echo(asyncio.run(status_json(settings, show_secrets=show_secrets)))
        return
    for line in asyncio.run(status_lines(settings, show_secrets=show_secrets)):
        typer.echo(line)
