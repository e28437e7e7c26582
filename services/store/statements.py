"""The few places where the two databases are spoken to differently."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Row,
    Table,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

AnyRow = Row[*tuple[Any, ...]]
"""A row of columns that were listed at run time."""

ADVISORY_LOCKS = text("SELECT count(pg_advisory_xact_lock(k)) FROM unnest(CAST(:keys AS bigint[])) AS k")


def is_postgres(connection: Connection) -> bool:
    """Whether this is PostgreSQL; otherwise it is SQLite."""
    return connection.dialect.name == "postgresql"


def among(connection: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column` is one of the numbers bound to `name` (see `listed`): one statement text for any count of them."""
    if is_postgres(connection):
        return column == any_(bindparam(name, type_=ARRAY(BigInteger)))
    values = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(values.c.value))


def listed(connection: Connection, values: Sequence[int]) -> Any:
    """The value to bind for `among`."""
    return list(values) if is_postgres(connection) else json.dumps(list(values))


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves a row that is already there as it is."""
    if is_postgres(connection):
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def lock_keys(connection: Connection, keys: Iterable[int]) -> None:
    """Hold these advisory locks, taken in sorted order, until the transaction ends. SQLite holds its one lock already."""
    if is_postgres(connection):
        connection.execute(ADVISORY_LOCKS, {"keys": sorted(keys)})
