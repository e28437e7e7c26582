"""The locks by which claims of different processes wait for one another, and the keys they are known by."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, text

from .prepared import Prepared
from .statements import is_postgres

ADVISORY_LOCKS = Prepared(
    text("SELECT count(pg_advisory_xact_lock(k)) FROM unnest(CAST(:keys AS bigint[])) AS k")
)


def lock_keys(connection: Connection, keys: Iterable[int]) -> None:
    """Hold these advisory locks, taken in sorted order, until the transaction ends. SQLite holds its one lock already."""
    if is_postgres(connection):
        ADVISORY_LOCKS.run(connection, {"keys": sorted(keys)})


def url_key(article_id: str) -> int:
    """The lock of one canonical URL: negative, so that it sorts before every sketch hash."""
    return -1 - (int.from_bytes(hashlib.blake2b(article_id.encode(), digest_size=8).digest()) >> 1)
