"""The sketch index lives thirty days: day partitions that are dropped on PostgreSQL, rows taken out in slices on SQLite."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, bindparam, delete, select, text

from .database import Database
from .lookup import WINDOW_DAYS
from .schema import day_of, sketch

AHEAD_DAYS = 3
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
    have = await database.read(partition_days)
    for day in range(today - 1, today + AHEAD_DAYS + 1):
        if day not in have:
            await database.write(partial(_create_partition, day=day))
    over = sorted(day for day in have if day < today - WINDOW_DAYS)
    for day in over:
        await database.write(partial(_drop_partition, day=day))
    if over:
        log.info("window_moved", dropped_days=len(over))
    return len(over)


def partition_days(connection: Connection) -> set[int]:
    """The days that have a partition of their own."""
    names = connection.execute(
        text("SELECT relname FROM pg_class WHERE relname ~ '^sketch_[0-9]+$' AND relkind = 'r'")
    ).scalars()
    return {int(name.removeprefix("sketch_")) for name in names}


def _create_partition(connection: Connection, day: int) -> None:
    """Beside the default partition, which may hold rows of that day already: they go along."""
    name = f"sketch_{int(day)}"
    connection.execute(text(f"SET LOCAL lock_timeout = {PARTITION_LOCK_MS}"))
    connection.execute(text("LOCK TABLE sketch IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name} (LIKE sketch INCLUDING ALL)"))
    moving = "WITH gone AS (DELETE FROM sketch_other WHERE day = :day RETURNING h, number, day) "
    connection.execute(text(f"{moving} INSERT INTO {name} SELECT h, number, day FROM gone"), {"day": day})  # noqa: S608
    attached = f"ALTER TABLE sketch ATTACH PARTITION {name} FOR VALUES FROM ({int(day)}) TO ({int(day) + 1})"
    connection.execute(text(attached))


def _drop_partition(connection: Connection, day: int) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = {PARTITION_LOCK_MS}"))
    connection.execute(text(f"DROP TABLE sketch_{int(day)}"))


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
