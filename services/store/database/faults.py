"""What a database error means for the message at hand: tried again at once, later, or never."""

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.contracts.failures import RetryLater, Unprocessable

DEADLOCKS = frozenset({"40P01", "40001"})
WORLDS_FAULT = ("08", "53", "55", "57", "25P03", "XX", "58", "28", "3D")
"""PostgreSQL: connection, resources (a full disk is 53100), lock timeout, operator or statement timeout, system errors."""
MESSAGES_FAULT = ("22",)
SQLITE_AWAY = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
)
DATABASE_AWAY = (
    OSError,
    PoolTimeout,
    InterfaceError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was lost in the middle of an answer
    asyncpg.InvalidCachedStatementError,  # a migration ran beside us: the next try prepares its statements anew
)
DRIVER_ERRORS = (
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    sqlite3.Error,
)
"""What a statement may raise, through SQLAlchemy or on the driver itself (`prepared`)."""


def sqlstate_of(error: Exception) -> str:
    """The five-letter state PostgreSQL gave, or ''."""
    origin: BaseException | None = _origin(error)
    while origin is not None:
        state = getattr(origin, "sqlstate", None)
        if state:
            return str(state)
        origin = origin.__cause__
    return ""


def is_deadlock(error: Exception) -> bool:
    """Whether the same transaction may simply be tried again."""
    return isinstance(error, DRIVER_ERRORS) and sqlstate_of(error) in DEADLOCKS


def failure_of(error: Exception, dialect: str) -> Exception:
    """The failure to raise instead of a database error; the error itself where it is our own bug."""
    if isinstance(error, DATABASE_AWAY):
        return RetryLater(dialect, detail=str(error)[:200])
    if not isinstance(error, DRIVER_ERRORS):
        return error
    state, detail = sqlstate_of(error), str(_origin(error))[:200]
    if state.startswith(MESSAGES_FAULT):
        return Unprocessable(f"the archive refuses a value: {detail}")
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if is_lost or state.startswith(WORLDS_FAULT) or state in DEADLOCKS:
        return RetryLater(dialect, detail=detail)
    name = getattr(_origin(error), "sqlite_errorname", "")
    return RetryLater(dialect, detail=f"{detail} ({name})") if name.startswith(SQLITE_AWAY) else error


def _origin(error: Exception) -> BaseException:
    """What the driver raised."""
    return error.orig or error if isinstance(error, DBAPIError) else error
