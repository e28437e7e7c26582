"""Retry-After in both its forms, and how long to rest where a host says nothing."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_REST_S = 24 * 3600.0  # a host that asks for a year is asked again after a day
FIRST_REST_S = 30.0
FIRST_RETRY_S = 30.0
RETRY_FACTOR = 8.0  # 30 s, 4 min, 32 min, 4 h
MAX_ATTEMPTS = 4


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds to wait as the header says, within 0 and a day; None where it is absent or unreadable.

    Takes delay-seconds and HTTP-date (RFC 9110 §10.2.3).
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_REST_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_REST_S)


def rest_s(said_s: float | None, refusals: int) -> float:
    """How long a host rests after its `refusals`-th 429 or 503 in a row: what it said, or doubling from 30 s.

    >>> rest_s(None, 1), rest_s(None, 3), rest_s(120.0, 1)
    (30.0, 120.0, 120.0)
    """
    grown = FIRST_REST_S * 2.0 ** min(max(refusals, 1) - 1, 12)
    # A host that says "1" and refuses again and again is not served by asking each second.
    wanted = grown if said_s is None else max(said_s, grown / 4 if refusals > 1 else 0.0)
    return min(wanted, LONGEST_REST_S)


def retry_delay_s(attempt: int) -> float | None:
    """Seconds before attempt number `attempt` + 1 of a failed fetch, or None where it is given up.

    >>> [retry_delay_s(n) for n in (1, 2, 3, 4)]
    [30.0, 240.0, 1920.0, None]
    """
    return None if attempt >= MAX_ATTEMPTS else FIRST_RETRY_S * RETRY_FACTOR ** (attempt - 1)
