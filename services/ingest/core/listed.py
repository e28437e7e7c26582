"""What a listing turned out to hold, whatever its form."""

from dataclasses import dataclass

from services.ingest.core.entries import ListedEntry


@dataclass(frozen=True)
class FeedPacing:
    """What a feed itself says of how often it wants to be asked."""

    ttl_s: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Listed:
    """A readable list of entries.

    `cut` entries above the limit were left; `children` are further lists it names, `shapes` the link shapes that a
    listing page has taught.
    """

    entries: tuple[ListedEntry, ...]
    form: str
    pacing: FeedPacing = FeedPacing()
    cut: int = 0
    children: tuple[ListedEntry, ...] = ()
    shapes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """What came is no list of entries; `reason` is a short name, `detail` the parser's word."""

    reason: str
    detail: str = ""
