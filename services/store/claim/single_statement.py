"""New articles, each written in one statement on PostgreSQL: a round trip costs more than its rows."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
)

from ..core.verdict import Verdict
from ..database.prepared import Prepared
from ..database.schema import article, article_group, day_of, fetch, revision, search_queue, sketch
from .incoming import Incoming
from .lookup import Found
from .record import article_row, fetch_row, revision_row

OWN_NUMBER = (
    "article.number",
    "revision.number",
    "fetch.number",
    "search_queue.number",
    "article_group.face",
)
OWN_GROUP = ("article.group_id", "article_group.group_id")


def insert_lonely_articles(
    connection: Connection, lonely: Sequence[tuple[Incoming, Found, Verdict]]
) -> list[tuple[int, int]]:
    """Add articles in groups of their own with revision, fetch, sketch and place in the search queue, in one round trip.

    Returns the group and the number of each.
    """
    if not lonely:
        return []
    made = [_rows_of_group(incoming) | _rows_of(incoming, verdict, 1) for incoming, _, verdict in lonely]
    bound = [_bound(incoming, found, rows) for (incoming, found, _), rows in zip(lonely, made, strict=True)]
    return [
        (int(row.group_id), int(row.number))
        for row in _statement(_named(made[0])).all_each(connection, bound)
    ]


def insert_joining_article(
    connection: Connection, joining: tuple[Incoming, Found, Verdict], group_id: int, revision_number: int
) -> int:
    """Add an article to a group that is there, with the same rows, in one round trip. Returns its number."""
    incoming, found, verdict = joining
    rows = _rows_of(incoming, verdict, revision_number)
    bound = _bound(incoming, found, rows) | {"group_id": group_id}
    [row] = _statement(_named(rows)).all(connection, bound)
    return int(row.number)


def _rows_of_group(incoming: Incoming) -> dict[Table, dict[str, Any]]:
    canonical_id = incoming.member.article_id
    return {article_group: {"canonical_id": canonical_id, "revision": 1, "changes": 0, "members": 1}}


def _rows_of(incoming: Incoming, verdict: Verdict, number: int) -> dict[Table, dict[str, Any]]:
    return {
        article: article_row(incoming, verdict, number=number),
        revision: revision_row(incoming, verdict, number=number),
        fetch: fetch_row(incoming, verdict),
    }


def _bound(incoming: Incoming, found: Found, rows: dict[Table, dict[str, Any]]) -> dict[str, Any]:
    bound = {f"{table.name}_{name}": value for table, row in rows.items() for name, value in row.items()}
    hashes = [h for h in incoming.fingerprint.sketch if h not in found.unindexed]
    return bound | {"hashes": hashes, "day": day_of(incoming.member.fetched_at)}


def _named(rows: dict[Table, dict[str, Any]]) -> tuple[tuple[Table, tuple[str, ...]], ...]:
    return tuple((table, tuple(row)) for table, row in rows.items())


@cache
def _statement(named: tuple[tuple[Table, tuple[str, ...]], ...]) -> Prepared:
    makes_group = any(table is article_group for table, _ in named)
    group_id: ColumnElement[int] = (
        func.nextval("article_group_group_id_seq") if makes_group else bindparam("group_id", type_=BigInteger)
    )
    ids = select(
        cast(group_id, BigInteger).label("group_id"), func.nextval("article_number_seq").label("number")
    ).cte("ids")
    parts = [_insert(table, names, ids) for table, names in (*named, (search_queue, ()))]
    hashes = func.unnest(bindparam("hashes", type_=ARRAY(BigInteger))).table_valued("h").render_derived()
    source = select(hashes.c.h, ids.c.number, cast(bindparam("day"), sketch.c.day.type)).select_from(
        ids.join(hashes, literal_column("true"))
    )
    parts.append(insert(sketch).from_select(["h", "number", "day"], source).cte("put_sketch"))
    return Prepared(select(ids.c.group_id, ids.c.number).add_cte(*parts))


def _insert(table: Table, names: tuple[str, ...], ids: CTE) -> CTE:
    """An insert of one row whose own numbers come from `ids`, the rest from bound values."""
    columns: dict[str, Any] = {}
    for column in table.c:
        if str(column) in OWN_NUMBER:
            columns[column.name] = ids.c.number
        elif str(column) in OWN_GROUP:
            columns[column.name] = ids.c.group_id
        elif column.name in names:
            bound = bindparam(f"{table.name}_{column.name}", type_=column.type)
            columns[column.name] = cast(bound, column.type)
    return insert(table).from_select(list(columns), select(*columns.values())).cte(f"put_{table.name}")
