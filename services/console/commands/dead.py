"""`cleanwire dead`: messages that could not be processed; look at them, mend them, put them back."""

import sys
from typing import Annotated

import typer

from ..exits import CommandError
from ..telling import tell

StreamOption = Annotated[str, typer.Option("--stream", help="Only this stream's dead letters.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Each = Annotated[bool, typer.Option("--each", help="Every letter, not only their causes.")]
Letter = Annotated[str, typer.Argument(help="STREAM/ID as `dead list` prints it.", metavar="STREAM/ID")]
Chosen = Annotated[
    list[str],
    typer.Argument(
        help="STREAM/ID, or a cause (the eight hex digits of `dead list`).", metavar="STREAM/ID|CAUSE..."
    ),
]
Patch = Annotated[
    str, typer.Option(help="JSON object merged into the message's body (null removes a field).")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def list_dead(stream: StreamOption = "", each: Each = False, json: AsJson = False) -> None:
    """List dead letters, grouped by what went wrong: how many, since when, the newest reason.

    Examples:

        cleanwire dead list

        cleanwire dead list --each --json | jq -r .reason
    """
    import asyncio

    from ..dead_letters import list_causes, list_letters
    from ..settings import console_settings

    lines = (list_letters if each else list_causes)(console_settings(), stream, as_json=json)
    for line in asyncio.run(lines):
        tell(line)


def show(letter: Letter, json: AsJson = False) -> None:
    """Show one dead letter: why it died, when and where, and the message as it came.

    Example:

        cleanwire dead show articles.raw/1764547200000-0
    """
    import asyncio

    from ..dead_letters import show_letter
    from ..settings import console_settings

    tell(asyncio.run(show_letter(console_settings(), letter, as_json=json)))


def diff(letter: Letter, patch: Patch = "") -> None:
    """Show how a letter differs from what its stream's contract allows, or what `--patch` would change.

    Example:

        cleanwire dead diff articles.raw/1764547200000-0 --patch '{"version": 1}'
    """
    import asyncio

    from ..dead_letters import diff_letter
    from ..settings import console_settings

    for line in asyncio.run(diff_letter(console_settings(), letter, patch)):
        tell(line)


def retry(letters: Chosen, patch: Patch = "") -> None:
    """Put letters back on their stream, to be processed again.

    Examples:

        cleanwire dead retry articles.raw/1764547200000-0

        cleanwire dead retry 5f0c21ab --patch '{"version": 1}'
    """
    import asyncio

    from ..dead_letters import retry_letters
    from ..settings import console_settings

    for line in asyncio.run(retry_letters(console_settings(), letters, patch)):
        tell(line)


def drop(letters: Chosen, yes: Yes = False) -> None:
    """Delete dead letters for good.

    Example:

        cleanwire dead drop 5f0c21ab --yes
    """
    import asyncio

    from ..dead_letters import drop_letters
    from ..settings import console_settings

    confirm(f"Delete {', '.join(letters)} for good?", yes=yes)
    for line in asyncio.run(drop_letters(console_settings(), letters)):
        tell(line)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before what cannot be undone. Raises CommandError where nobody is there to be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError.usage("this cannot be undone, and nobody is there to be asked", "say --yes")
    typer.confirm(question, abort=True, err=True)
