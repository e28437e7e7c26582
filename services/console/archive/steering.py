"""What the command does to the archive and the streams that come from it."""

from pathlib import Path

from redis.exceptions import ResponseError

from services.contracts.streams import PUBLIC_STREAMS
from services.store.database.migrate import migrate
from services.store.relay.relaying import rebuild
from services.store.upkeep.backup import BackupError, back_up, restore
from services.store.upkeep.forget import forget_articles

from ..connection import connected
from ..exits import CommandError
from ..settings import ConsoleSettings
from ..telling import counted
from .access import with_archive
from .asking import canonical_or_id


async def migrate_archive(settings: ConsoleSettings, revision: str) -> str:
    """The revision that the archive has afterwards. Raises CommandError."""
    async with with_archive(settings, may_be_empty=True) as database:
        return await migrate(database, revision)


async def forget_text(settings: ConsoleSettings, *, article: str, source: str, reason: str) -> str:
    """What was removed, in words. Raises CommandError."""
    async with with_archive(settings) as database, connected(settings) as redis:
        try:
            gone = await forget_articles(
                database,
                redis,
                source=source or None,
                article_id=canonical_or_id(article) or None,
                reason=reason,
            )
        except ValueError as error:
            raise CommandError(str(error)) from None
    removed, announced = counted(gone.articles, "text"), counted(gone.withdrawn, "withdrawal")
    deleted = counted(gone.entries_deleted, "entry", "entries")
    return f"{removed} removed, {announced} announced, {deleted} deleted"


async def rebuild_streams(settings: ConsoleSettings) -> list[str]:
    """How many entries each public stream was given again. Raises CommandError."""
    async with with_archive(settings) as database, connected(settings) as redis:
        try:
            sent = await rebuild(database, redis)
        except ResponseError as error:
            raise CommandError(
                f"the server refused an entry: {error}", "`cleanwire status` shows the streams"
            ) from None
    return [
        f"{stream.name}: {counted(sent.get(stream.name, 0), 'entry', 'entries')}" for stream in PUBLIC_STREAMS
    ]


def back_up_archive(settings: ConsoleSettings, file: Path) -> str:
    """How large the backup is. Raises CommandError."""
    try:
        return f"{file}: {back_up(settings.archive_url, file)} bytes"
    except BackupError as error:
        raise CommandError(str(error)) from None


def restore_archive(settings: ConsoleSettings, file: Path) -> str:
    """Which file stands in the archive's place now. Raises CommandError."""
    if not file.is_file():
        raise CommandError.usage(f"there is no backup at {file}", "name the file that cleanwire backup wrote")
    try:
        restore(settings.archive_url, file)
    except BackupError as error:
        raise CommandError(str(error)) from None
    return f"{settings.archive_url} restored from {file}"
