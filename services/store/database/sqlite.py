"""SQLite: one writing thread, a few reading ones; what waits to be written together is committed together."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from .faults import DRIVER_ERRORS, failure_of

BUSY_TIMEOUT_MS = 5_000
READERS = 2
TOGETHER = 32
"""At most so many works share a commit: a disk takes a millisecond or ten for each, a claim two."""

T = TypeVar("T")
Work = Callable[[Connection], Any]


@dataclass
class _Job:
    """A work on its way: a thread of the pool leaves its `result` or `error` here, `done` is the loop's."""

    work: Work
    on_commit: Callable[[Any], None] | None = None
    on_failure: Callable[[], None] | None = None
    result: Any = None
    error: Exception | None = None
    done: "asyncio.Future[Any]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def tell(self) -> None:
        """In the loop: let the one who asked for it go on, if it still waits."""
        if self.done.done():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


class _Attempt:
    """Runs a block and keeps the error that ended it, to be raised where the work was asked for."""

    error: Exception | None = None

    def __enter__(self) -> "_Attempt":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is error


class SqliteDatabase:
    """`BEGIN IMMEDIATE` always: a read-then-write that starts deferred fails at once when the file is busy."""

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="sqlite+pysqlite")
        plain = self.url.render_as_string(hide_password=False)
        self._writer, self._reader = _engine(plain, "IMMEDIATE"), _engine(plain, "DEFERRED")
        self._writing = ThreadPoolExecutor(1, "archive-write")
        self._reading = ThreadPoolExecutor(READERS, "archive-read")
        self._waiting: deque[_Job] = deque()
        self._is_called = False  # the writing thread will look at what waits
        self.on_lost: list[Callable[[], None]] = []

    async def write(
        self,
        work: Callable[[Connection], T],
        on_commit: Callable[[T], None] | None = None,
        on_failure: Callable[[], None] | None = None,
    ) -> T:
        """See Database."""
        job = _Job(work, on_commit, on_failure)
        self._waiting.append(job)
        if not self._is_called:
            self._is_called = True
            self._writing.submit(self._write_waiting)
        result: T = await self._result(job)
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """See Database."""
        job = _Job(work)
        self._reading.submit(_work_alone, self._reader, job)
        result: T = await self._result(job)
        return result

    async def close(self) -> None:
        """See Database."""
        for pool, engine in ((self._writing, self._writer), (self._reading, self._reader)):
            await asyncio.get_running_loop().run_in_executor(pool, engine.dispose)
            pool.shutdown(wait=True)

    async def _result(self, job: _Job) -> Any:
        try:
            return await job.done  # where that is cancelled, the thread still commits or rolls back
        except DRIVER_ERRORS as error:
            raise failure_of(error, self.dialect) from error

    def _write_waiting(self) -> None:
        """In the writing thread: everything that waits, in one transaction if it can be."""
        self._is_called = False  # before the look: who comes after it calls again
        while jobs := [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]:
            if len(jobs) > 1 and self._write_together(jobs):
                _tell(jobs)
                continue
            for job in jobs:
                _work_alone(self._writer, job)

    def _write_together(self, jobs: list[_Job]) -> bool:
        """One transaction, or nothing of it: then each works alone, so that one's failure is not another's."""
        with _Attempt() as attempt, self._writer.begin() as connection:
            for job in jobs:
                job.result = job.work(connection)
                if job.on_commit is not None:
                    job.on_commit(job.result)
        if attempt.error is not None:
            for lost in (*self.on_lost, *(job.on_failure for job in jobs if job.on_failure)):
                lost()
            return False
        return True


def _work_alone(engine: Engine, job: _Job) -> None:
    with _Attempt() as attempt:
        with engine.begin() as connection:
            job.result = job.work(connection)
        if job.on_commit is not None:
            job.on_commit(job.result)
    job.error = attempt.error
    if job.error is not None and job.on_failure is not None:
        job.on_failure()
    _tell([job])


def _tell(jobs: Sequence[_Job]) -> None:
    """Wake the loop once for all of them: each call of it is a write to the pipe that it sleeps on."""
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        jobs[0].done.get_loop().call_soon_threadsafe(_tell_each, jobs)


def _tell_each(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.tell()


def _engine(url: str, mode: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )

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
