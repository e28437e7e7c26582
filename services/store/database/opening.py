"""The archive's database, SQLite or PostgreSQL, as its users see it; work is written once, as plain functions."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, make_url

from .postgres import PostgresDatabase
from .sqlite import SqliteDatabase

T = TypeVar("T")
Work = Callable[[Connection], T]


class Database(Protocol):
    """Runs work inside transactions; errors come out as RetryLater or Unprocessable (`faults`)."""

    dialect: str
    on_lost: list[Callable[[], None]]

    async def write(
        self,
        work: Work[T],
        on_commit: Callable[[T], None] | None = None,
        on_failure: Callable[[], None] | None = None,
    ) -> T:
        """Run `work` in one transaction and commit; a deadlock runs it again, three times in all.

        `on_commit` gets the result before any other work of this process can begin; `on_failure` is called in its
        place for each transaction that is not in the archive. Where works share a commit and it fails, `on_lost` is
        told, and each work runs again alone.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own that writes nothing."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


def open_database(url: str) -> Database:
    """Open `sqlite:///FILE` or `postgresql://…` (also `postgresql+asyncpg://…`). Raises ValueError for another URL."""
    name = make_url(url).get_backend_name()
    if name == "sqlite":
        return SqliteDatabase(url)
    if name == "postgresql":
        return PostgresDatabase(url)
    raise ValueError(f"database URL begins with {name!r}; allowed: sqlite:///FILE, postgresql://…")
