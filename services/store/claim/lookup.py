"""What the archive knows that may matter for one incoming article: read after its locks are held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    LargeBinary,
    Select,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    union,
)

from ..core.members import Candidate, Member
from ..database.locks import lock_keys, url_key
from ..database.prepared import Prepared
from ..database.schema import article, article_group, fetch
from ..database.statements import AnyRow, among, is_postgres, listed
from .incoming import Incoming
from .sharing import Shared, sharing_of

SAME_TEXTS = 20

MEMBER_COLUMNS = (
    article.c.number,
    article.c.group_id,
    article.c.article_id,
    article.c.canonical_url,
    article.c.outlet_group,
    article.c.title,
    article.c.text,
    article.c.first_seen,
    article.c.fetched_at,
    article.c.fetch_id,
    article.c.page_hash,
    article.c.published_at,
    article.c.published_day_only,
    article.c.engine,
    article.c.template,
    article.c.revision,
    article.c.language,
    article.c.alias_of,
    article.c.withdrawn_at,
    article_group.c.canonical_id,
)


@dataclass(frozen=True)
class Stored:
    """An article row as the claim found it."""

    number: int
    group_id: int
    member: Member
    is_withdrawn: bool


@dataclass(frozen=True)
class Found:
    """All that a claim looks up. `seen_fetch` tells that this very fetch was stored before."""

    stored: Stored | None
    others: tuple[Stored, ...]
    shared: dict[int, int]  # article number -> sketch hashes shared
    unindexed: frozenset[int]  # hashes with owners enough: one more would tell nothing
    seen_fetch: bool = False

    @property
    def candidates(self) -> list[Candidate]:
        """What the judge compares with; a withdrawn article has no text to compare."""
        return [
            Candidate(other.member, self.shared.get(other.number, 0))
            for other in self.others
            if not other.is_withdrawn
        ]

    @property
    def group_ids(self) -> set[int]:
        """The groups that this claim may change."""
        own = [self.stored] if self.stored else []
        return {row.group_id for row in (*own, *self.others)}


def keys_of(incoming: Incoming) -> list[int]:
    """The locks of its claim: the URL key, then the sketch hashes."""
    return [url_key(incoming.member.article_id), *incoming.fingerprint.sketch]


def look_up(connection: Connection, incomings: Sequence[Incoming]) -> list[Found]:
    """Lock the keys of all claims (URL keys, then sketch hashes, sorted), read what bears on each and lock its groups.

    No two of them share a key: what one finds does not depend on another.
    """
    lock_keys(connection, [key for incoming in incomings for key in keys_of(incoming)])
    sharing = sharing_of(connection, incomings)
    found = _found(connection, incomings, sharing)
    held: set[int] = set()
    while is_postgres(connection) and not (wanted := _groups_of(found)) <= held:
        held |= wanted
        _lock_groups(connection, held)
        found = _found(connection, incomings, sharing)  # a group may have merged while we waited for it
    return found


def _groups_of(found: Iterable[Found]) -> set[int]:
    return {group_id for one in found for group_id in one.group_ids}


def _found(connection: Connection, incomings: Sequence[Incoming], sharing: Sequence[Shared]) -> list[Found]:
    if is_postgres(connection):
        rows = _rows_together(connection, incomings, sharing)
    else:
        rows = [_rows_alone(connection, *one) for one in zip(incomings, sharing, strict=True)]
    return [_found_among(connection, *one) for one in zip(incomings, sharing, rows, strict=True)]


def _found_among(
    connection: Connection, incoming: Incoming, sharing: Shared, rows: Sequence[AnyRow]
) -> Found:
    known = [stored_of(row) for row in rows]
    stored = next((row for row in known if row.member.article_id == incoming.member.article_id), None)
    others = tuple(row for row in known if row is not stored)
    is_known = stored is not None and _is_known_fetch(connection, incoming, stored)
    return Found(stored, others, *sharing, is_known)


def _rows_alone(connection: Connection, incoming: Incoming, sharing: Shared) -> list[AnyRow]:
    values = {
        "article_id": incoming.member.article_id,
        "numbers": listed(connection, list(sharing[0])),
        "text_hash": incoming.fingerprint.text_hash,
    }
    return SAME_KEY_OR_TEXT.all(connection, values)


def _same_key_or_text(dialect: str) -> Select[*tuple[Any, ...]]:
    """The three ways an article is found, each by its own index; `OR` would have the database read the whole table."""
    same_text = select(article.c.number).where(article.c.text_hash == bindparam("text_hash"))
    first_texts = same_text.order_by(article.c.number).limit(literal_column(str(SAME_TEXTS))).subquery()
    return _joined(
        select(article.c.number).where(article.c.article_id == bindparam("article_id")),
        select(article.c.number).where(among(dialect, article.c.number, "numbers")),
        select(first_texts.c.number),
    )


def _rows_together(
    connection: Connection, incomings: Sequence[Incoming], sharing: Sequence[Shared]
) -> list[list[AnyRow]]:
    hashes = {one.fingerprint.text_hash for one in incomings if one.fingerprint.text_hash is not None}
    values = {
        "article_ids": [incoming.member.article_id for incoming in incomings],
        "numbers": sorted({number for shared, _ in sharing for number in shared}),
        "text_hashes": sorted(hashes),
    }
    rows = SAME_KEYS_OR_TEXTS.all(connection, values)
    return [
        [row for row in rows if _bears_on(row, incoming, shared)]
        for incoming, (shared, _) in zip(incomings, sharing, strict=True)
    ]


def _bears_on(row: AnyRow, incoming: Incoming, shared: dict[int, int]) -> bool:
    text_hash = incoming.fingerprint.text_hash
    is_same = text_hash is not None and row.text_hash == text_hash
    return is_same or row.number in shared or row.article_id == incoming.member.article_id


def _same_keys_or_texts(dialect: str) -> Select[*tuple[Any, ...]]:
    """The same for many articles; PostgreSQL only."""
    hashes = (
        func.unnest(bindparam("text_hashes", type_=ARRAY(LargeBinary))).table_valued("h").render_derived()
    )
    same_text = select(article.c.number).where(article.c.text_hash == hashes.c.h)
    first_texts = same_text.order_by(article.c.number).limit(literal_column(str(SAME_TEXTS))).lateral()
    same_id = article.c.article_id == any_(bindparam("article_ids", type_=ARRAY(article.c.article_id.type)))
    return _joined(
        select(article.c.number).where(same_id),
        select(article.c.number).where(among(dialect, article.c.number, "numbers")),
        select(first_texts.c.number).select_from(hashes.join(first_texts, literal_column("true"))),
    )


def _joined(*numbers: Select[int]) -> Select[*tuple[Any, ...]]:
    every = union(*numbers).subquery()
    joined = select(*MEMBER_COLUMNS, article.c.text_hash).join(
        article_group, article_group.c.group_id == article.c.group_id
    )
    return joined.join(every, every.c.number == article.c.number)


def _is_known_fetch(connection: Connection, incoming: Incoming, stored: Stored) -> bool:
    values = {"row": stored.number, "fetch": incoming.member.fetch_id}
    return FETCH_OF.first(connection, values) is not None


def _lock_groups(connection: Connection, group_ids: Iterable[int]) -> None:
    LOCKED_GROUPS.all(connection, {"groups": listed(connection, sorted(group_ids))})


def _locked_groups(dialect: str) -> Select[int]:
    named = select(article_group.c.group_id).where(among(dialect, article_group.c.group_id, "groups"))
    return named.order_by(article_group.c.group_id).with_for_update()


def stored_of(row: AnyRow) -> Stored:
    """An article from a row that holds MEMBER_COLUMNS."""
    member = Member(
        article_id=row.article_id,
        canonical_url=row.canonical_url,
        outlet_group=row.outlet_group,
        title=row.title,
        text=row.text,
        first_seen=row.first_seen,
        fetched_at=row.fetched_at,
        fetch_id=row.fetch_id,
        page_hash=row.page_hash,
        published_at=row.published_at,
        published_day_only=bool(row.published_day_only),
        engine=row.engine,
        template=row.template,
        revision=row.revision,
        canonical_id=row.canonical_id,
        language=row.language,
    )
    return Stored(row.number, row.group_id, member, row.withdrawn_at is not None)


SAME_KEY_OR_TEXT = Prepared(_same_key_or_text)
SAME_KEYS_OR_TEXTS = Prepared(_same_keys_or_texts)
LOCKED_GROUPS = Prepared(_locked_groups)
FETCH_OF = Prepared(
    select(fetch.c.number).where(fetch.c.number == bindparam("row"), fetch.c.fetch_id == bindparam("fetch"))
)
