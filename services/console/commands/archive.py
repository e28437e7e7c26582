"""Commands that ask the archive directly: no service needs to run."""

from typing import Annotated

import typer

Revision = Annotated[str, typer.Argument(help="head, base, or a revision id.")]


def migrate(revision: Revision = "head") -> None:
    """Bring the archive to this release's schema (or to another revision). Safe to repeat.

    Examples:

        cleanwire migrate

        CLEANWIRE_DATABASE_URL=postgresql://cleanwire@127.0.0.1/cleanwire cleanwire migrate
    """
    import asyncio

    from ..archive_access import with_archive
    from ..settings import console_settings

    async def _migrate() -> str:
        from services.store.migrate import migrate

        async with with_archive(console_settings()) as database:
            return await migrate(database, revision)

    typer.echo(asyncio.run(_migrate()))
