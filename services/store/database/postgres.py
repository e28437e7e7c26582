"""PostgreSQL: a pool of asyncpg connections, deadlocks tried again, every wait bounded."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakSet

import asyncpg
from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .faults import DRIVER_ERRORS, failure_of, is_deadlock

T = TypeVar("T")

DEADLOCK_TRIES = 3
POOL = 10  # connections a process may hold; 16 claims at once queue for them
TIMEOUTS = {
    "lock_timeout": "5000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "10000",
}
"""In ms: nobody waits longer for a lock than for a message; a stopped store frees its locks after 10 s."""
PLANS = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}
"""A claim's statements find a handful of rows, each by an index: planned once, and not as for the table that was empty then."""
CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = (
    35.0  # above the server's own statement_timeout: a server that says nothing for so long is gone
)
FAREWELL_S = 2.0  # what a server has to answer a goodbye; the driver itself waits for ever


class PostgresDatabase:
    """READ COMMITTED, so that a statement after a lock sees what its holder wrote."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.on_lost: list[Callable[[], None]] = []  # a commit is one work's alone: nothing is told too early
        self._engine: AsyncEngine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            hide_parameters=True,  # errors are logged, and parameters hold texts
            pool_size=POOL,
            max_overflow=0,
            pool_timeout=30,
            pool_use_lifo=True,
            isolation_level="AUTOCOMMIT",  # the driver begins nothing by itself; we do, in `_once`
            connect_args={
                "server_settings": TIMEOUTS | PLANS | {"application_name": "cleanwire-store"},
                "timeout": CONNECT_TIMEOUT_S,
                "command_timeout": ANSWER_TIMEOUT_S,
            },
        )
        self._drivers: WeakSet[asyncpg.Connection] = WeakSet()
        event.listen(self._engine.sync_engine, "connect", self._note_driver)

    async def write(
        self,
        work: Callable[[Connection], T],
        on_commit: Callable[[T], None] | None = None,
        on_failure: Callable[[], None] | None = None,
    ) -> T:
        """See Database."""
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                return await self._once(work, on_commit, on_failure)
            except (*DRIVER_ERRORS, OSError, TimeoutError) as error:
                if not is_deadlock(error) or attempt == DEADLOCK_TRIES:
                    raise failure_of(error, self.dialect) from error
        raise AssertionError("unreachable")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """See Database."""
        return await self.write(work)

    async def close(self) -> None:
        """See Database."""
        await asyncio.gather(*(_part(driver) for driver in tuple(self._drivers)))
        await self._engine.dispose()

    def _note_driver(self, connection: Any, _record: Any) -> None:
        self._drivers.add(connection.driver_connection)

    async def _once(
        self,
        work: Callable[[Connection], T],
        on_commit: Callable[[T], None] | None,
        on_failure: Callable[[], None] | None,
    ) -> T:
        is_committed = False
        try:
            async with self._engine.connect() as connection:
                result = await _run(connection, work)
                is_committed = True
                if on_commit is not None:
                    on_commit(result)
                return result
        finally:
            if on_failure is not None and not is_committed:
                on_failure()


async def _run(connection: AsyncConnection, work: Callable[[Connection], T]) -> T:
    """One transaction."""
    driver = await _live_driver(connection)
    try:
        async with driver.transaction(isolation="read_committed"):
            return await connection.run_sync(work)
    except (TimeoutError, asyncpg.InternalClientError):
        driver.terminate()  # nobody knows what it would answer next
        raise
    finally:
        if driver.is_closed():
            await connection.invalidate()


async def _live_driver(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's own connection; one that the server closed while it lay in the pool is replaced."""
    for _ in range(POOL + 1):
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        if not driver.is_closed():
            return driver
        await connection.invalidate()
    raise asyncpg.InterfaceError("the server closes every connection")


async def _part(driver: asyncpg.Connection) -> None:
    """Close a connection; one whose server is silent is broken off."""
    try:
        await driver.close(timeout=FAREWELL_S)
    except (*DRIVER_ERRORS, OSError, TimeoutError):
        driver.terminate()
