"""One transaction at a time on SQLite (in threads) or PostgreSQL (asyncpg); work is written once, as plain functions."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .faults import failure_of, is_deadlock

T = TypeVar("T")
Work = Callable[[Connection], T]

BUSY_TIMEOUT_MS = 5_000
DEADLOCK_TRIES = 3
READERS = 2
POOL = 10  # connections a process may hold; 16 claims at once queue for them
TIMEOUTS = {
    "lock_timeout": "5000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "10000",
}
"""PostgreSQL, in ms: nobody waits longer for a lock than for a message; a stopped store frees its locks after 10 s."""
CONNECT_TIMEOUT_S = 5.0


class Database(Protocol):
    """Runs work inside transactions; errors come out as RetryLater or Unprocessable (`faults`)."""

    dialect: str

    async def write(self, work: Work[T], on_commit: Callable[[T], None] | None = None) -> T:
        """Run `work` in one transaction and commit; a deadlock runs it again, three times in all.

        `on_commit` gets the result once it is committed, before any other work of this process can begin.
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


class SqliteDatabase:
    """One writing thread, `BEGIN IMMEDIATE` always: a read-then-write that starts deferred fails at once when busy."""

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="sqlite+pysqlite")
        self._writer = _sqlite_engine(self.url.render_as_string(hide_password=False), "IMMEDIATE")
        self._reader = _sqlite_engine(self.url.render_as_string(hide_password=False), "DEFERRED")
        self._writing = ThreadPoolExecutor(1, "archive-write")
        self._reading = ThreadPoolExecutor(READERS, "archive-read")

    async def write(self, work: Work[T], on_commit: Callable[[T], None] | None = None) -> T:
        """See Database."""
        return await self._run(self._writing, self._writer, work, on_commit)

    async def read(self, work: Work[T]) -> T:
        """See Database."""
        return await self._run(self._reading, self._reader, work)

    async def close(self) -> None:
        """See Database."""
        for pool, engine in ((self._writing, self._writer), (self._reading, self._reader)):
            await asyncio.get_running_loop().run_in_executor(pool, engine.dispose)
            pool.shutdown(wait=True)

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        engine: Engine,
        work: Work[T],
        on_commit: Callable[[T], None] | None = None,
    ) -> T:
        # Shielded: a cancelled claim still commits or rolls back before anything else uses the thread.
        running = asyncio.get_running_loop().run_in_executor(pool, _transaction, engine, work, on_commit)
        try:
            return await asyncio.shield(running)
        except SQLAlchemyError as error:
            raise failure_of(error, self.dialect) from error


class PostgresDatabase:
    """A pool of asyncpg connections; READ COMMITTED, so that a statement after a lock sees what its holder wrote."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=30,
            pool_use_lifo=True,
            isolation_level="READ COMMITTED",
            connect_args={
                "server_settings": TIMEOUTS | {"application_name": "cleanwire-store"},
                "timeout": CONNECT_TIMEOUT_S,
            },
        )

    async def write(self, work: Work[T], on_commit: Callable[[T], None] | None = None) -> T:
        """See Database."""
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                return await self._once(work, on_commit)
            except SQLAlchemyError as error:
                if not is_deadlock(error) or attempt == DEADLOCK_TRIES:
                    raise failure_of(error, self.dialect) from error
            except (OSError, TimeoutError) as error:
                raise failure_of(error, self.dialect) from error
        raise AssertionError("unreachable")

    async def read(self, work: Work[T]) -> T:
        """See Database."""
        return await self.write(work)

    async def close(self) -> None:
        """See Database."""
        await self._engine.dispose()

    async def _once(self, work: Work[T], on_commit: Callable[[T], None] | None) -> T:
        async with self._engine.begin() as connection:
            result = await connection.run_sync(work)
        if on_commit is not None:
            on_commit(result)
        return result


def _transaction(engine: Engine, work: Work[T], on_commit: Callable[[T], None] | None) -> T:
    with engine.begin() as connection:
        result = work(connection)
    if on_commit is not None:
        on_commit(result)
    return result


def _sqlite_engine(url: str, mode: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; we do, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
