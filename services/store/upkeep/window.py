"""The sketch index lives thirty days: partitions that are dropped on PostgreSQL, rows taken out in slices on SQLite."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, bindparam, delete, select, text

from ..core.fingerprint import WINDOW_DAYS
from ..database.opening import Database
from ..database.schema import day_of, sketch

AHEAD_DAYS = 3
PARTITION_DAYS = 10
"""Every look-up asks every partition: 31 hashes in 31 partitions of a day cost 2.5 ms, in four of ten days .2 ms."""
SLICE = 5_000  # rows in one transaction: a claim waits for it some milliseconds
PARTITION_LOCK_MS = 500

log = structlog.get_logger()


async def keep_window(database: Database, now: datetime) -> int:
    """Make the days to come, take out those that are over; returns the partitions or rows taken out. Raises RetryLater."""
    if database.dialect == "postgresql":
        return await _keep_partitions(database, day_of(now))
    taken = 0
    # The scan reads beside the claims; only the slices that are taken out hold them up.
    while over := await database.read(lambda connection: _over(connection, day_of(now))):
        taken += await database.write(partial(_take_out, rows=over))
    return taken


async def _keep_partitions(database: Database, today: int) -> int:
    have = await database.read(partition_starts)
    wanted = {_start_of(day) for day in range(today - 1, today + AHEAD_DAYS + 1)}
    for start in sorted(wanted - have):
        await database.write(partial(_create_partition, start=start))
    over = sorted(start for start in have if start + PARTITION_DAYS <= today - WINDOW_DAYS)
    for start in over:
        await database.write(partial(_drop_partition, start=start))
    if over:
        log.info("window_moved", dropped_partitions=len(over))
    return len(over)


def partition_starts(connection: Connection) -> set[int]:
    """The first days of the partitions there are."""
    names = connection.execute(
        text("SELECT relname FROM pg_class WHERE relname ~ '^sketch_[0-9]+$' AND relkind = 'r'")
    ).scalars()
    return {int(name.removeprefix("sketch_")) for name in names}


def _start_of(day: int) -> int:
    return day - day % PARTITION_DAYS


def _create_partition(connection: Connection, start: int) -> None:
    """Beside the default partition, which may hold rows of those days already: they go along."""
    name, end = f"sketch_{int(start)}", int(start) + PARTITION_DAYS
    connection.execute(text(f"SET LOCAL lock_timeout = {PARTITION_LOCK_MS}"))
    connection.execute(text("LOCK TABLE sketch IN SHARE ROW EXCLUSIVE MODE"))
    if start in partition_starts(connection):  # another replica was quicker
        return
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name} (LIKE sketch INCLUDING ALL)"))
    gone = "DELETE FROM sketch_other WHERE day >= :start AND day < :end RETURNING h, number, day"
    moving = f"WITH gone AS ({gone}) INSERT INTO {name} SELECT h, number, day FROM gone"  # noqa: S608 - our own name
    connection.execute(text(moving), {"start": int(start), "end": end})
    connection.execute(
        text(f"ALTER TABLE sketch ATTACH PARTITION {name} FOR VALUES FROM ({int(start)}) TO ({end})")
    )


def _drop_partition(connection: Connection, start: int) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = {PARTITION_LOCK_MS}"))
    connection.execute(text(f"DROP TABLE IF EXISTS sketch_{int(start)}"))


def _over(connection: Connection, today: int) -> list[dict[str, int]]:
    statement = select(sketch.c.h, sketch.c.number, sketch.c.day).where(sketch.c.day < today - WINDOW_DAYS)
    rows = connection.execute(statement.limit(SLICE))
    return [{"row_h": row.h, "row_number": row.number, "row_day": row.day} for row in rows]


def _take_out(connection: Connection, rows: Sequence[dict[str, int]]) -> int:
    statement = delete(sketch).where(
        sketch.c.h == bindparam("row_h"),
        sketch.c.number == bindparam("row_number"),
        sketch.c.day == bindparam("row_day"),
    )
    connection.execute(statement, list(rows))
    return len(rows)
