"""Writes what was decided of one article: its row, its revision, its sketch, its edges. Runs inside the claim."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Insert, bindparam, cast, delete, func, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite

from ..core.changes import Changes
from ..core.fingerprint import fingerprint_of
from ..core.members import Member
from ..core.similarity import Edge
from ..core.verdict import Redelivery, Verdict
from ..database.prepared import Prepared, put_new, put_row, set_columns
from ..database.schema import article, day_of, edge, fetch, revision, search_queue, sketch
from ..database.statements import POSTGRES, among, listed
from .incoming import Incoming
from .lookup import Found, Stored


def insert_article(
    connection: Connection, incoming: Incoming, verdict: Verdict, *, group_id: int, number: int
) -> int:
    """Add an article that was not known to a group; `number` is its revision. Returns its row number."""
    row = article_row(incoming, verdict, number=number) | {"group_id": group_id}
    return int(put_row(connection, article, row, article.c.number))


def article_row(incoming: Incoming, verdict: Verdict, *, number: int) -> dict[str, Any]:
    """The row of an article that was not known, but for its own number and its group's."""
    source = incoming.message.source
    return _changing_columns(incoming) | {
        "article_id": incoming.member.article_id,
        "alias_of": verdict.of if isinstance(verdict, Redelivery) else None,
        "canonical_url": incoming.member.canonical_url,
        "outlet_group": incoming.member.outlet_group,
        "source": source.name if source else None,
        "side": source.side if source else None,
        "first_seen": incoming.member.first_seen,
        "revision": number,
    }


def number_article(connection: Connection, article_number: int, number: int) -> None:
    """Note the revision an article's text has."""
    set_columns(connection, article, article.c.number, article_number, revision=number)


def revise_article(connection: Connection, incoming: Incoming, stored: Stored) -> None:
    """Put the new text in the place of the old one; its alias, if it was one, stands for itself now."""
    row = _changing_columns(incoming) | {
        "first_seen": min(stored.member.first_seen, incoming.member.first_seen),
        "alias_of": None,
    }
    set_columns(connection, article, article.c.number, stored.number, **row)


def confirm_article(connection: Connection, incoming: Incoming, stored: Stored) -> None:
    """A newer fetch found the same text: what counts as older is measured from here."""
    member = incoming.member
    values = {"fetched_at": member.fetched_at, "fetch_id": member.fetch_id, "page_hash": member.page_hash}
    if member.fetched_at > stored.member.fetched_at:
        set_columns(connection, article, article.c.number, stored.number, **values)


def lower_first_seen(connection: Connection, incoming: Incoming, stored: Stored) -> bool:
    """An older fetch came late: the article was first seen then. Returns whether that is news."""
    if incoming.member.first_seen >= stored.member.first_seen:
        return False
    first_seen = incoming.member.first_seen
    set_columns(connection, article, article.c.number, stored.number, first_seen=first_seen)
    return True


def write_revision(
    connection: Connection, incoming: Incoming, verdict: Verdict, *, article_number: int, number: int | None
) -> None:
    """Keep this state of the article with its ledger and its difference; `number` None is history only."""
    row = revision_row(incoming, verdict, number=number) | {"number": article_number}
    put_new(connection, revision, [row])


def revision_row(incoming: Incoming, verdict: Verdict, *, number: int | None) -> dict[str, Any]:
    """The row of one state of an article, but for the article's number."""
    member = incoming.member
    return {
        "fetch_id": member.fetch_id,
        "revision": number,
        "verdict": verdict.name,
        "page_hash": member.page_hash,
        "fetched_at": member.fetched_at,
        "engine": member.engine,
        "template": member.template,
        "body": incoming.packed_body,
        "ledger": incoming.packed_ledger,
        "diff": _diff_json(getattr(verdict, "changes", None)),
    }


def write_fetch(connection: Connection, incoming: Incoming, verdict: Verdict, *, article_number: int) -> None:
    """Note the fetch and what came of it; a redelivered message finds it here."""
    row = fetch_row(incoming, verdict) | {"number": article_number}
    put_new(connection, fetch, [row])


def fetch_row(incoming: Incoming, verdict: Verdict) -> dict[str, Any]:
    """The row of one fetch, but for the article's number."""
    source = incoming.message.source
    return {
        "fetch_id": incoming.member.fetch_id,
        "fetched_at": incoming.member.fetched_at,
        "page_hash": incoming.member.page_hash,
        "source": source.name if source else None,
        "verdict": verdict.name,
        "reason": getattr(verdict, "reason", None),
    }


def write_sketch(connection: Connection, incoming: Incoming, found: Found, *, article_number: int) -> None:
    """Index the article by its sketch, without the hashes that have owners enough."""
    hashes = [h for h in incoming.fingerprint.sketch if h not in found.unindexed]
    row = {"row": article_number, "on_day": day_of(incoming.member.fetched_at)}
    PUT_SKETCH.run(connection, row | {"hashes": listed(connection, hashes)})


def remove_sketch(connection: Connection, member: Member, article_number: int) -> None:
    """Take an article's former text out of the index."""
    hashes = fingerprint_of(member.title, member.text).sketch
    statement = delete(sketch).where(
        among(connection.dialect.name, sketch.c.h, "hashes"), sketch.c.number == bindparam("row")
    )
    connection.execute(statement, {"hashes": listed(connection, hashes), "row": article_number})


def queue_for_search(connection: Connection, article_number: int) -> None:
    """The text index is written outside of the claim (`search_index`)."""
    put_new(connection, search_queue, [{"number": article_number}])


def write_edges(connection: Connection, article_id: str, verdict: Verdict) -> None:
    """Keep what the judge compared: verified edges, and near misses for review."""
    rows = [*_edge_rows(article_id, verdict.edges, 1), *_edge_rows(article_id, verdict.near_misses, 0)]
    put_new(connection, edge, rows)


def remove_edges(connection: Connection, article_id: str) -> None:
    """Forget what the former text was compared with."""
    connection.execute(delete(edge).where(or_(edge.c.low == article_id, edge.c.high == article_id)))


def unpack(packed: bytes) -> str:
    """The text that `incoming.pack` compressed."""
    return zlib.decompress(packed).decode()


def with_first_seen(incoming: Incoming, stored: Stored | None) -> Incoming:
    """The incoming article, first seen when its URL was first fetched."""
    if stored is None:
        return incoming
    first_seen = min(stored.member.first_seen, incoming.member.first_seen)
    return replace(incoming, member=replace(incoming.member, first_seen=first_seen))


def _changing_columns(incoming: Incoming) -> dict[str, Any]:
    member = incoming.member
    return {
        "url": incoming.message.url,
        "outlet": incoming.outlet,
        "language": member.language,
        "title": member.title,
        "text": member.text,
        "text_hash": incoming.fingerprint.text_hash,
        "published_at": member.published_at,
        "published_day_only": int(member.published_day_only),
        "fetched_at": member.fetched_at,
        "fetch_id": member.fetch_id,
        "page_hash": member.page_hash,
        "engine": member.engine,
        "template": member.template,
    }


def _edge_rows(article_id: str, edges: Iterable[Edge], verified: int) -> list[dict[str, Any]]:
    return [
        {
            "low": min(article_id, other.article_id),
            "high": max(article_id, other.article_id),
            "kind": other.kind,
            "containment": other.containment,
            "head_containment": other.head_containment,
            "verified": verified,
        }
        for other in edges
    ]


def _put_sketch(dialect: str) -> Insert:
    """A row for each of the hashes; a hundred rows of values cost three times as much on SQLite."""
    h, number, day = sketch.c.h, sketch.c.number, sketch.c.day
    row = (cast(bindparam("row"), number.type), cast(bindparam("on_day"), day.type))
    if dialect == POSTGRES:
        given = func.unnest(bindparam("hashes", type_=ARRAY(BigInteger))).table_valued("h").render_derived()
        several = select(given.c.h, *row)
        return postgresql.insert(sketch).from_select([h, number, day], several).on_conflict_do_nothing()
    given = func.json_each(bindparam("hashes")).table_valued("value")
    several = select(given.c.value, *row).where(true())  # without it SQLite takes ON for a join's
    return sqlite.insert(sketch).from_select([h, number, day], several).on_conflict_do_nothing()


def _diff_json(changes: Changes | None) -> str | None:
    return None if changes is None else json.dumps(asdict(changes), ensure_ascii=False)


PUT_SKETCH = Prepared(_put_sketch)
