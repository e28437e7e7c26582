"""What a database error means for the message at hand: tried again at once, later, or never."""

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.contracts.failures import RetryLater, Unprocessable

DEADLOCKS = frozenset({"40P01", "40001"})
WORLDS_FAULT = ("08", "53", "55", "57", "25P03", "XX", "58", "28", "3D")
"""PostgreSQL: connection, resources (a full disk is 53100), lock timeout, operator or statement timeout, system errors."""
MESSAGES_FAULT = ("22",)
DATABASE_AWAY = (OSError, PoolTimeout, InterfaceError)


def sqlstate_of(error: DBAPIError) -> str:
    """The five-letter state PostgreSQL gave, or ''."""
    origin: BaseException | None = error.orig
    while origin is not None:
        state = getattr(origin, "sqlstate", None)
        if state:
            return str(state)
        origin = origin.__cause__
    return ""


def is_deadlock(error: Exception) -> bool:
    """Whether the same transaction may simply be tried again."""
    return isinstance(error, DBAPIError) and sqlstate_of(error) in DEADLOCKS


def failure_of(error: Exception, dialect: str) -> Exception:
    """The failure to raise instead of a database error; the error itself where it is our own bug."""
    if isinstance(error, DATABASE_AWAY):
        return RetryLater(dialect, detail=str(error)[:200])
    if not isinstance(error, DBAPIError):
        return error
    state = sqlstate_of(error)
    if state.startswith(MESSAGES_FAULT):
        return Unprocessable(f"the archive refuses a value: {str(error.orig)[:200]}")
    if error.connection_invalidated or state.startswith(WORLDS_FAULT) or state in DEADLOCKS:
        return RetryLater(dialect, detail=str(error.orig)[:200])
    return _sqlite_failure(error, dialect)


def _sqlite_failure(error: DBAPIError, dialect: str) -> Exception:
    name = getattr(error.orig, "sqlite_errorname", "")
    away = (
        "SQLITE_BUSY",
        "SQLITE_LOCKED",
        "SQLITE_FULL",
        "SQLITE_IOERR",
        "SQLITE_CANTOPEN",
        "SQLITE_READONLY",
    )
    if name.startswith(away):
        return RetryLater(dialect, detail=f"{str(error.orig)[:200]} ({name})")
    return error
