"""The archive to export from: there must be one, at this release's schema."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import make_url

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
    if _is_missing_file(settings.archive_url):
        raise CommandError.unreachable(
            f"there is no archive at {shown}",
            "set CLEANWIRE_DATA_DIR or CLEANWIRE_DATABASE_URL, or start the store",
        )
    async with with_archive(settings) as database:
        found, needed = await archive_revision(database), release_revision()
        if found != needed:
            raise CommandError(
                f"the archive at {shown} has schema {found}, this release needs {needed}", "cleanwire migrate"
            )
        yield database


def _is_missing_file(archive_url: str) -> bool:
    url = make_url(archive_url)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()
