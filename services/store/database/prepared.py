"""Statements compiled once and run on the driver itself: SQLAlchemy writes them, its work for each run is left out."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Executable, Table, bindparam, insert, update
from sqlalchemy.util import await_only

from .statements import POSTGRES, insert_new_into, insert_over_into

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """A statement in one database's words: its values by place, how they go in, how the rows come out."""

    sql: str
    names: tuple[str, ...]
    fixed: Values
    converters: tuple[tuple[int, Convert], ...]
    row: Callable[[Sequence[Any]], Any]

    def arguments(self, values: Values) -> list[Any]:
        fixed = self.fixed
        found = [values[name] if name in values else fixed[name] for name in self.names]
        for place, convert in self.converters:
            found[place] = convert(found[place])
        return found


class Prepared:
    """A SELECT, INSERT, UPDATE or DELETE of SQLAlchemy's, run without its machinery: a tenth of the time for each run.

    `columns` are the bound columns of an INSERT that names none. Rows are named tuples, or plain values of `scalar`.
    Values that are lists are bound as `listed` gives them; `IN` over a list of Python's is not for here. Raises what
    the driver raises (`faults` knows both drivers' errors).
    """

    def __init__(self, statement: Executable | Callable[[str], Executable], *columns: str) -> None:
        self._statement, self._columns = statement, columns
        self._compiled: dict[str, _Compiled] = {}

    def all(self, connection: Connection, values: Values | None = None) -> list[Any]:
        """Every row."""
        compiled = self._for(connection.dialect)
        return [compiled.row(row) for row in _fetched(connection, compiled, values or {})]

    def first(self, connection: Connection, values: Values | None = None) -> Any | None:
        """The first row, or None."""
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def scalar(self, connection: Connection, values: Values | None = None) -> Any:
        """The first column of the only row. Raises ValueError where there is another number of rows."""
        [row] = self.all(connection, values)
        return row[0]

    def run(self, connection: Connection, values: Values | None = None) -> int:
        """Run it for its effect; returns how many rows it changed."""
        compiled = self._for(connection.dialect)
        return _changed(connection, compiled, compiled.arguments(values or {}))

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Run it once for each row of values, in one round trip."""
        if rows:
            compiled = self._for(connection.dialect)
            _run_each(connection, compiled.sql, [compiled.arguments(row) for row in rows])

    def all_each(self, connection: Connection, rows: Sequence[Values]) -> list[Any]:
        """Run it once for each row of values, on PostgreSQL in one round trip; every row that comes of it, in order."""
        if len(rows) == 1 or connection.dialect.name != POSTGRES:
            return [found for values in rows for found in self.all(connection, values)]
        compiled = self._for(connection.dialect)
        return [compiled.row(row) for row in _fetched_each(connection, compiled, rows)] if rows else []

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._statement(dialect.name) if callable(self._statement) else self._statement
        compiled = statement.compile(dialect=dialect, column_keys=list(self._columns) or None)  # type: ignore[attr-defined]
        names = tuple(compiled.positiontup or ())
        converters = [
            (place, convert)
            for place, name in enumerate(names)
            if (convert := compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        ]
        columns = list(getattr(statement, "exported_columns", ()))
        return _Compiled(
            compiled.string, names, compiled.params, tuple(converters), _row_maker(columns, dialect)
        )


def put_row(connection: Connection, table: Table, row: Values, returning: Column[Any] | None = None) -> Any:
    """Insert a row; gives back the value of the column `returning`, if one is named."""
    statement = _insert(table, tuple(row), returning)
    return statement.scalar(connection, row) if returning is not None else statement.run(connection, row)


def put_new(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows of the same columns; one that is there already stays as it is."""
    if len(rows) == 1:
        _insert_new(table, tuple(rows[0])).run(connection, rows[0])
    elif rows:
        _insert_new(table, tuple(rows[0])).run_each(connection, rows)


def put_over(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows of the same columns, each in the place of one of the same key."""
    if len(rows) == 1:
        _insert_over(table, tuple(rows[0])).run(connection, rows[0])
    elif rows:
        _insert_over(table, tuple(rows[0])).run_each(connection, rows)


def set_columns(connection: Connection, table: Table, key: Column[Any], at: Any, **values: Any) -> int:
    """Set these columns in the rows whose `key` is `at`; returns how many rows."""
    bound = {f"new_{name}": value for name, value in values.items()}
    return _update(table, key, tuple(values)).run(connection, bound | {"at": at})


@cache
def _insert(table: Table, columns: tuple[str, ...], returning: Column[Any] | None) -> Prepared:
    statement = insert(table)
    return Prepared(statement if returning is None else statement.returning(returning), *columns)


@cache
def _insert_new(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(lambda dialect: insert_new_into(dialect, table), *columns)


@cache
def _insert_over(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(lambda dialect: insert_over_into(dialect, table, columns), *columns)


@cache
def _update(table: Table, key: Column[Any], columns: tuple[str, ...]) -> Prepared:
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    return Prepared(update(table).where(key == bindparam("at")).values(values))


def _row_maker(columns: Sequence[Any], dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
    row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
    made: Convert = row._make
    converters = [
        (place, convert)
        for place, column in enumerate(columns)
        if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
    ]
    if not converters:
        return made

    def converted(row: Sequence[Any]) -> Any:
        values = list(row)
        for place, convert in converters:
            values[place] = convert(values[place])
        return made(values)

    return converted


def _fetched(connection: Connection, compiled: _Compiled, values: Values) -> list[Any]:
    driver, arguments = connection.connection.driver_connection, compiled.arguments(values)
    assert driver is not None
    if connection.dialect.name == POSTGRES:
        rows: list[Any] = await_only(driver.fetch(compiled.sql, *arguments))
        return rows
    found: list[Any] = driver.execute(compiled.sql, arguments).fetchall()
    return found


def _fetched_each(connection: Connection, compiled: _Compiled, values: Sequence[Values]) -> list[Any]:
    driver = connection.connection.driver_connection
    assert driver is not None
    rows: list[Any] = await_only(driver.fetchmany(compiled.sql, [compiled.arguments(one) for one in values]))
    return rows


def _changed(connection: Connection, compiled: _Compiled, arguments: Sequence[Any]) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == POSTGRES:
        status: str = await_only(driver.execute(compiled.sql, *arguments))
        return int(status.rpartition(" ")[2])  # "UPDATE 3", "INSERT 0 1"
    return int(driver.execute(compiled.sql, arguments).rowcount)


def _run_each(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == POSTGRES:
        await_only(driver.executemany(sql, rows))
    else:
        driver.executemany(sql, rows)
