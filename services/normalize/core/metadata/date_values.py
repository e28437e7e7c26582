"""Dates as attributes, meta elements and URLs hold them: ISO 8601, its usual misspellings, RFC 2822."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.normalize.core.words.date_text import Habits, Moment, find_moment
from services.normalize.core.words.zones import attach_zone

OLDEST_YEAR, NEWEST_YEAR = 1990, 2100  # beyond them stand placeholders: 1970, 9999
EPOCH = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?$")
UNKNOWN_HABITS = Habits()
MINUS = "\u2212"  # typeset, before an offset
ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?\s*$",
    re.IGNORECASE,
)
COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z)?$")
IN_URL = re.compile(
    r"/((?:19|20)\d{2})(?:[/_-](1[0-2]|0?[1-9])[/_-](3[01]|[12]\d|0?[1-9])|[/_-]?(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?=[/_.\-]|$)"
)
URL_NAMED_MONTH = re.compile(r"/((?:19|20)\d{2})/([a-z]{3})/(0?[1-9]|[12]\d|3[01])(?=[/_-]|$)")
MONTHS_IN_URL = "janfebmaraprmayjunjulaugsepoctnovdec"


def read_moment(value: str, habits: Habits = UNKNOWN_HABITS) -> Moment | None:
    """A date from an attribute or a meta element: ISO 8601, its usual misspellings, RFC 2822, or words."""
    text = value.strip()[:80].replace(MINUS, "-")
    moment = _iso(text) or _rfc(text, habits) or find_moment(text, habits)
    return _credible(moment)


def moment_in_url(url: str) -> Moment | None:
    """The day in a URL's path: `/2024/03/01/`, `/2024/mar/01/`, `/20240301`."""
    hit = IN_URL.search(url)
    if hit:
        return _moment((hit[1], hit[2] or hit[4], hit[3] or hit[5]))
    named = URL_NAMED_MONTH.search(url)
    if named and MONTHS_IN_URL.find(named[2]) % 3 == 0:
        return _moment((named[1], str(MONTHS_IN_URL.find(named[2]) // 3 + 1), named[3]))
    return None


def moment_of_seconds(value: str) -> Moment | None:
    """Seconds or milliseconds since 1970, as some content systems write it; always UTC."""
    hit = EPOCH.match(value.strip())
    return _credible(Moment(datetime.fromtimestamp(int(hit[1]), UTC), "second", "UTC")) if hit else None


def _credible(moment: Moment | None) -> Moment | None:
    return moment if moment and OLDEST_YEAR <= moment.when.year <= NEWEST_YEAR else None


def _iso(text: str) -> Moment | None:
    hit = ISO.match(text) or COMPACT.match(text)
    return _moment(hit.groups()) if hit else None


def _moment(parts: Sequence[str | None]) -> Moment | None:
    year, month, day, hour, minute, second, zone = (*parts, None, None, None, None)[:7]
    numbers = [int(part or 0) for part in (year, month, day, hour, minute, second)]
    try:
        local = datetime(*numbers)  # type: ignore[arg-type]
        when = datetime.fromisoformat(f"{local.isoformat()}{_offset(zone)}") if zone else local
    except ValueError:
        return None
    if hour is None or (zone is None and not any(numbers[3:])):
        return Moment(local, "day")
    return Moment(when, "second" if second else "minute", zone)


def _offset(zone: str) -> str:
    if zone.upper() == "Z":
        return "+00:00"
    return zone if ":" in zone else f"{zone[:3]}:{zone[3:] or '00'}"


def _rfc(text: str, habits: Habits) -> Moment | None:
    """RFC 2822, as `Fri, 12 Dec 2025 13:30:00 GMT`; zones that it does not know, as MSK, by their name."""
    if text.count(":") < 1 or "," not in text[:5]:
        return None
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    zone = text.rpartition(" ")[2] or None
    if zone and zone.isalpha() and when.tzinfo is None:
        when = attach_zone(when, zone, habits.place)
    return Moment(when, "second", zone)
