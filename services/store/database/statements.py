"""The few places where the two databases are spoken to differently, and statements built once.

Building a statement anew and its cache key cost more than running it on SQLite: what a claim runs is kept.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Row,
    Table,
    Update,
    any_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

POSTGRES = "postgresql"

AnyRow = Row[*tuple[Any, ...]]
"""A row of columns that were listed at run time."""


def is_postgres(connection: Connection) -> bool:
    """Whether this is PostgreSQL; otherwise it is SQLite."""
    return connection.dialect.name == POSTGRES


def among(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column` is one of the numbers bound to `name` (see `listed`): one statement text for any count of them."""
    if dialect == POSTGRES:
        return column == any_(bindparam(name, type_=ARRAY(BigInteger)))
    values = func.json_each(bindparam(name)).table_valued("value")
    return column.in_(select(values.c.value))


def listed(connection: Connection, values: Sequence[int]) -> Any:
    """The value to bind for `among`."""
    return list(values) if is_postgres(connection) else json.dumps(list(values))


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves a row that is already there as it is."""
    return _insert_new(connection.dialect.name, table)


@cache
def insert_row(table: Table, returning: Column[Any] | None = None) -> Any:
    """A plain insert, which may return one column."""
    return insert(table) if returning is None else insert(table).returning(returning)


@cache
def update_where(table: Table, key: Column[Any], *columns: Column[Any]) -> Update:
    """Sets `columns`, bound by their names, where `key` is the value bound to `at`."""
    values = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in columns}
    return update(table).where(key == bindparam("at")).values(values)


def set_columns(connection: Connection, table: Table, key: Column[Any], at: Any, **values: Any) -> int:
    """Set these columns in the rows whose `key` is `at`; returns how many rows."""
    statement = update_where(table, key, *(table.c[name] for name in values))
    bound = {f"new_{name}": value for name, value in values.items()}
    return connection.execute(statement, bound | {"at": at}).rowcount


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    if dialect == POSTGRES:
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
