"""Commands that run services: the demo, everything on one machine, or one service."""

from pathlib import Path
from typing import Annotated

import typer

Once = Annotated[
    bool,
    typer.Option(
        "--once", help="Print one JSON object per line and exit with 0 when every article has come out."
    ),
]
Deadline = Annotated[
    float, typer.Option(help="With --once: give up after this many seconds (exit code 1).", min=1)
]
DataDir = Annotated[
    Path | None,
    typer.Option(help="Keep everything in this folder instead of a temporary one.", file_okay=False),
]


def demo(once: Once = False, deadline: Deadline = 90.0, data_dir: DataDir = None) -> None:
    """Show the whole pipeline on a small invented web: clean articles within seconds.

    Starts an embedded server, the three services as processes, and invented outlets on ports of 127.0.0.1.
    Everything is kept in a temporary folder, which is deleted when the demo ends. Needs no network and no settings.

    Examples:

        cleanwire demo

        cleanwire demo --once | jq -r .data.title
    """
    import asyncio

    from ..demo.performance import run_demo

    raise typer.Exit(asyncio.run(run_demo(once=once, deadline_s=deadline, data_dir=data_dir)))


def up() -> None:
    """Run everything on one machine, following the real sources in deploy/sources.toml.

    Shows a live view on a terminal, JSON logs on stderr otherwise. Ctrl-C drains and stops everything within 10 seconds.
    Needs CLEANWIRE_CONTACT; data is kept in CLEANWIRE_DATA_DIR (./data).

    Examples:

        CLEANWIRE_CONTACT=newsroom@example.org cleanwire up

        CLEANWIRE_CONTACT=newsroom@example.org cleanwire up 2>cleanwire.log &
    """
    import asyncio

    from ..local.up import run_up
    from ..settings import console_settings

    asyncio.run(run_up(console_settings()))


def ingest() -> None:
    """Run the service ingest; the same as `python -m services.ingest`.

    Example:

        CLEANWIRE_REDIS_URL=redis://127.0.0.1:6379/0 cleanwire ingest
    """
    _run_service("ingest")


def normalize() -> None:
    """Run the service normalize; the same as `python -m services.normalize`.

    Example:

        CLEANWIRE_REDIS_URL=redis://127.0.0.1:6379/0 cleanwire normalize
    """
    _run_service("normalize")


def store() -> None:
    """Run the service store; the same as `python -m services.store`.

    Example:

        CLEANWIRE_DATABASE_URL=postgresql://127.0.0.1/cleanwire cleanwire store
    """
    _run_service("store")


def _run_service(name: str) -> None:
    from importlib import import_module

    raise typer.Exit(import_module(f"services.{name}.__main__").main())
