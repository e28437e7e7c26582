"""The archive for one command; when its database does not answer, the command says which and what to do."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import make_url

from services.contracts.failures import RetryLater
from services.runtime.settings import mask_passwords
from services.store.database.migrate import archive_revision
from services.store.database.opening import Database, open_database

from ..exits import CommandError
from ..settings import ConsoleSettings

WHERE = "start the store; or set CLEANWIRE_DATABASE_URL, or CLEANWIRE_DATA_DIR for the SQLite file in it"


@contextlib.asynccontextmanager
async def with_archive(settings: ConsoleSettings, *, may_be_empty: bool = False) -> AsyncIterator[Database]:
    """The open archive. Raises CommandError: usage for a wrong URL, unreachable where the database is away or empty."""
    shown = mask_passwords(settings.archive_url)
    try:
        database = open_database(settings.archive_url)
    except ValueError as error:
        raise CommandError.usage(f"CLEANWIRE_DATABASE_URL is {shown!r}: {error}") from None
    try:
        if not may_be_empty and (
            _is_missing_file(settings.archive_url) or await archive_revision(database) is None
        ):
            raise CommandError.unreachable(
                f"there is no archive at {shown}: no store has worked there yet", WHERE
            )
        yield database
    except RetryLater as failure:
        raise CommandError.unreachable(
            f"no answer from the archive at {shown}: {failure.detail or failure.dependency}",
            WHERE,
        ) from None
    finally:
        await database.close()


def _is_missing_file(archive_url: str) -> bool:
    """Looked at first: SQLite would make an empty file of it."""
    url = make_url(archive_url)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file()
