"""The Redis keys of ingest: the only place that spells them."""

SCHEDULE = "ingest:schedule"
"""Sorted set: listing id → when it is due, Unix seconds."""

CLOCK = "ingest:clock"
"""String: how far ingest's clock has come, µs since 1970."""

DELAYED = "ingest:delayed"
"""Sorted set: a request that waits (JSON with its lane) → when it goes back to its stream."""

DELAYED_HEADERS = "ingest:delayed_headers"
"""Hash: the digest of such a request → its headers (JSON), so that its walk keeps its trace and its correlation id."""

REVISITS = "ingest:revisits"
"""Sorted set: page id → when its page is asked for again."""

CLEAN_POSITION = "ingest:clean_position"
"""String: the entry of articles.cleaned up to which revisits have been planned."""


def page_record(page_id: str) -> str:
    """Hash: where a page was fetched, its validators and how its revisits went."""
    return f"ingest:page:{page_id}"


def coverage(day: str, side: str) -> str:
    """Set: the articles of one side that came out clean on one day."""
    return f"ingest:coverage:{day}:{side}"


COVERAGE_LAST = "ingest:coverage_last"
"""Hash: side → when its newest article came out clean, Unix seconds."""

SIDES_DARK = "ingest:sides_dark"
"""Hash: side → since when it has been silent, Unix seconds; a side is in it as long as it is dark."""


def balance_told(day: str) -> str:
    """String: that the balance of this day has been logged."""
    return f"ingest:balance_told:{day}"


def seen_marks(source: str) -> str:
    """Hash: article id → mark, per source."""
    return f"ingest:seen:{source}"


def listing_state(listing_id: str) -> str:
    """Hash: validators, liveness and pace of one listing."""
    return f"ingest:listing:{listing_id}"


def host_turns(host: str) -> str:
    """Hash: who may ask this host, and when the next one may."""
    return f"ingest:host:{host}"


def robots_file(origin: str) -> str:
    """String: what the robots.txt of an origin said, expiring."""
    return f"ingest:robots:{origin}"


def site_terms(origin: str) -> str:
    """Hash: what tdmrep.json and ai.txt of an origin say, expiring."""
    return f"ingest:terms:{origin}"


def day_counts(day: str, host: str) -> str:
    """Hash: the politeness counts of one host on one day (`2026-11-21`)."""
    return f"ingest:day:{day}:{host}"


def hosts_of_day(day: str) -> str:
    """Set: the hosts asked on one day."""
    return f"ingest:day:{day}"


def marks_cleared(day: str) -> str:
    """String: that old seen marks have been cleared on this day."""
    return f"ingest:cleared:{day}"


ALL_SEEN_MARKS = "ingest:seen:*"
"""Pattern of every source's seen marks."""
