"""When to ask a listing again: pure."""

from datetime import datetime, timedelta

FIRST_INTERVAL = timedelta(minutes=10)


def next_poll_at(now: datetime, interval: timedelta, not_before: datetime | None = None) -> datetime:
    """When to ask this listing again; the server's own wish wins if it is later."""
    return max(now + interval, not_before or now)
