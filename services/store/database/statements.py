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
    ColumnElement,
    Connection,
    Insert,
    Row,
    Table,
    any_,
    bindparam,
    func,
    select,
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
    return insert_new_into(connection.dialect.name, table)


def insert_over_into(dialect: str, table: Table, columns: Sequence[str]) -> Insert:
    """An insert that takes the place of a row of the same key, in the words of one database."""
    statement = (postgresql if dialect == POSTGRES else sqlite).insert(table)
    values = {name: statement.excluded[name] for name in columns if not table.c[name].primary_key}
    over: Insert = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)
    return over


@cache
def insert_new_into(dialect: str, table: Table) -> Insert:
    """The same in the words of one database."""
    if dialect == POSTGRES:
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
