"""The archive to export from: there must be one, at this release's schema."""

import contextlib
from collections.abc import AsyncIterator

from services.console.archive.access import with_archive
from services.console.exits import CommandError
from services.console.settings import ConsoleSettings
from services.runtime.settings import mask_passwords
from services.store.database.migrate import archive_revision, release_revision
from services.store.database.opening import Database


@contextlib.asynccontextmanager
async def opened_archive(settings: ConsoleSettings) -> AsyncIterator[Database]:
    """The open archive. Raises CommandError where there is none, it is away, or it has another schema."""
    shown = mask_passwords(settings.archive_url)
    async with with_archive(settings) as database:
        found, needed = await archive_revision(database), release_revision()
        if found != needed:
            raise CommandError(
                f"the archive at {shown} has schema {found}, this release needs {needed}", "cleanwire migrate"
            )
        yield database
