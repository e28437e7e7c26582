"""Backup of the SQLite archive while the store runs, and its restore. PostgreSQL has pg_dump (docs/archive.md)."""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

PAGES_AT_ONCE = 2_000  # between these the store may write


class BackupError(ValueError):
    """The backup or restore cannot be done; the message says why and what to do."""


def archive_file(database_url: str) -> Path:
    """The SQLite file of a database URL. Raises BackupError for another database."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BackupError(
            "only a SQLite archive is backed up here; for PostgreSQL use pg_dump (docs/archive.md)"
        )
    return Path(url.database)


def lock_file(archive: Path) -> Path:
    """What a store process holds while it runs."""
    return archive.with_suffix(".lock")


def back_up(database_url: str, target: Path) -> int:
    """Copy the archive as it stands at one moment into the new file `target`; the store may run. Returns its bytes.

    Raises BackupError.
    """
    source = archive_file(database_url)
    if not source.exists():
        raise BackupError(f"there is no archive at {source}")
    if target.exists():
        raise BackupError(f"{target} exists; name a new file")
    with _copied(source, target) as part:
        os.replace(part, target)  # noqa: PTH105 - atomic, over nothing
    return target.stat().st_size


def restore(database_url: str, backup: Path) -> None:
    """Put a backup in the archive's place; the file that stood there stays beside it as `….before-restore`.

    The relay adopts what subscribers have read already (docs/archive.md). Raises BackupError, also while a store runs.
    """
    target = archive_file(database_url)
    if not backup.exists():
        raise BackupError(f"there is no backup at {backup}")
    with contextlib.closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as reading:
        _check(reading, backup)
    with _no_store_running(target), _copied(backup, target) as part:
        for suffix in ("", "-wal", "-shm"):  # what stands in the log only belongs to the old file
            old = Path(f"{target}{suffix}")
            if old.exists():
                old.replace(f"{target}.before-restore{suffix}")
        part.replace(target)


@contextlib.contextmanager
def _copied(source: Path, target: Path) -> Iterator[Path]:
    """A whole, checked copy of `source` beside `target`, for the caller to put in its place; it never stays half done."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with (
            contextlib.closing(sqlite3.connect(source)) as reading,
            contextlib.closing(sqlite3.connect(part)) as writing,
        ):
            reading.backup(writing, pages=PAGES_AT_ONCE)
            writing.execute("PRAGMA journal_mode=DELETE")
            _check(writing, part)
        yield part
    except (sqlite3.Error, OSError) as error:
        raise BackupError(
            f"{target} could not be written: {error}; it needs room and a folder you may write to"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _check(connection: sqlite3.Connection, file: Path) -> None:
    try:
        found = connection.execute("PRAGMA quick_check").fetchone()[0]
        connection.execute("SELECT count(*) FROM alembic_version")
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} is no archive of Cleanwire: {error}") from None
    if found != "ok":
        raise BackupError(f"{file} is damaged: {found}")


@contextlib.contextmanager
def _no_store_running(archive: Path) -> Iterator[None]:
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        held = lock_file(archive).open("w")
    except OSError as error:
        raise BackupError(
            f"the archive's folder {archive.parent} cannot be written to: {error.strerror}"
        ) from None
    with held as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("a store process has the archive; stop it first") from None
        yield
