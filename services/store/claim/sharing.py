"""With which stored articles an incoming one shares hashes of its sketch: the candidates of the near copies."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, Select, bindparam, select

from ..core.fingerprint import COMMON_AFTER, SHARED_HASHES, WINDOW_DAYS
from ..database.prepared import Prepared
from ..database.schema import article, day_of, sketch
from ..database.statements import AnyRow, among, listed
from .incoming import Incoming

MOST_CANDIDATES = 40
"""Article rows read in one claim; the judge compares the best 20 of them."""
MOST_OWNERS = 4 * COMMON_AFTER
"""A hash with so many owners gets no more: a report printed by thousands is found by those."""

Shared = tuple[dict[int, int], frozenset[int]]
"""How many hashes an article shares with others, by their numbers; and the hashes that have owners enough."""


def sharing_of(connection: Connection, incomings: Sequence[Incoming]) -> list[Shared]:
    """What each shares with the articles of its window, the best 40 of them; the claims have no hash in common."""
    by_day: dict[int, list[int]] = {}
    for place, incoming in enumerate(incomings):
        by_day.setdefault(day_of(incoming.member.fetched_at), []).append(place)
    shared: list[Shared] = [({}, frozenset())] * len(incomings)
    for day, places in by_day.items():
        owner = {h: place for place in places for h in incomings[place].fingerprint.sketch}
        for place, rows in _owners_by_place(connection, owner, day).items():
            shared[place] = _shared_of(connection, rows)
    return shared


def _owners_by_place(connection: Connection, owner: dict[int, int], day: int) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = {}
    if owner:
        window = {"first": day - WINDOW_DAYS, "last": day + WINDOW_DAYS}
        for row in OWNERS.all(connection, window | {"hashes": listed(connection, list(owner))}):
            found.setdefault(owner[row.h], []).append(row)
    return found


def _shared_of(connection: Connection, owners: Sequence[AnyRow]) -> Shared:
    common = _common_hashes(connection, owners)
    counts = Counter(number for h, number in owners if h not in common)
    ranked = sorted((-count, number) for number, count in counts.items() if count >= SHARED_HASHES)
    shared = {number: -count for count, number in ranked[:MOST_CANDIDATES]}
    crowded = {h for h, count in Counter(h for h, _ in owners).items() if count >= MOST_OWNERS}
    return shared, common | crowded


def _owners(dialect: str) -> Select[int, int]:
    return select(sketch.c.h, sketch.c.number).where(
        among(dialect, sketch.c.h, "hashes"), sketch.c.day.between(bindparam("first"), bindparam("last"))
    )


def _common_hashes(connection: Connection, owners: Sequence[AnyRow]) -> frozenset[int]:
    """Hashes of more than 50 articles, copies counted once: a report that 60 outlets print is no boilerplate."""
    per_hash = Counter(h for h, _ in owners)
    suspects = {h for h, count in per_hash.items() if count > COMMON_AFTER}
    if not suspects:
        return frozenset()
    numbers = sorted({number for h, number in owners if h in suspects})
    statement = select(article.c.number, article.c.group_id).where(
        among(connection.dialect.name, article.c.number, "numbers")
    )
    rows = connection.execute(statement, {"numbers": listed(connection, numbers)}).all()
    group_of = {row.number: row.group_id for row in rows}
    groups = Counter(h for h, _ in {(h, group_of.get(number)) for h, number in owners if h in suspects})
    return frozenset(h for h, count in groups.items() if count > COMMON_AFTER)


OWNERS = Prepared(_owners)
