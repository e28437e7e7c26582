"""When to ask a listing again: learnt from what its polls brought, within what its server wishes. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_INTERVAL = timedelta(minutes=10)
SHORTEST = timedelta(minutes=2)
LONGEST = timedelta(hours=2)
LONGEST_WISH = timedelta(days=1)  # what a header or a feed may ask for; "in ten years" is a mistake
FASTER = 0.7
SLOWER = 1.2
NEWS_IN_A_ROW = 2  # one poll with news may be chance
IDLE_IN_A_ROW = 3
HOURS = 24
RATE_WEIGHT = 0.2  # of the newest poll in an hour's news rate
BUSY_RATE, DEAD_RATE = 0.5, 0.03
MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
NOT_CACHED = re.compile(r"no-cache|no-store|must-revalidate", re.IGNORECASE)


@dataclass(frozen=True)
class Pace:
    """What was learnt of a listing's rhythm: `streak` polls in a row with news (above 0) or without (below 0).

    `rates` is the share of polls that brought news, per hour of the day (UTC); unknown hours stand at ½.
    """

    interval_s: float = 0.0
    streak: int = 0
    rates: tuple[float, ...] = ()


def learnt_pace(pace: Pace, *, has_news: bool, now: datetime) -> Pace:
    """The pace after one more poll: shorter after two with news in a row, longer after three without."""
    interval = pace.interval_s or FIRST_INTERVAL.total_seconds()
    streak = max(pace.streak, 0) + 1 if has_news else min(pace.streak, 0) - 1
    if streak >= NEWS_IN_A_ROW:
        interval *= FASTER
    elif streak <= -IDLE_IN_A_ROW:
        interval *= SLOWER
    interval = min(max(interval, SHORTEST.total_seconds()), LONGEST.total_seconds())
    return Pace(
        round(interval, 1),
        max(min(streak, 99), -99),
        _learnt_rates(pace.rates, now.astimezone(UTC).hour, has_news),
    )


def interval_at(pace: Pace, now: datetime) -> timedelta:
    """The pause for this hour of the day: halved in an hour that usually brings news, doubled in one that never does."""
    seconds = pace.interval_s or FIRST_INTERVAL.total_seconds()
    rate = pace.rates[now.astimezone(UTC).hour] if len(pace.rates) == HOURS else 0.5
    factor = 0.5 if rate > BUSY_RATE else 2.0 if rate < DEAD_RATE else 1.0
    return min(max(timedelta(seconds=seconds * factor), SHORTEST), LONGEST)


def next_poll_at(now: datetime, interval: timedelta, not_before: datetime | None = None) -> datetime:
    """When to ask this listing again; the server's own wish wins if it is later."""
    return max(now + interval, not_before or now)


def wished_pause(headers: Mapping[str, str], ttl_s: float | None, now: datetime) -> timedelta:
    """How long the server would like us to wait: `Cache-Control` max-age, else `Expires`; and the feed's own ttl."""
    wishes = [timedelta(seconds=ttl_s)] if ttl_s else []
    cache_control = headers.get("cache-control", "")
    age = MAX_AGE.search(cache_control)
    if age and not NOT_CACHED.search(cache_control):
        wishes.append(timedelta(seconds=int(age[1])))
    elif not cache_control and (expires := _http_date(headers.get("expires"))):
        wishes.append(expires - now)
    return min(max([timedelta(), *wishes]), LONGEST_WISH)


def after_skipped_hours(at: datetime, skip_hours: frozenset[int], skip_days: frozenset[int]) -> datetime:
    """The first moment from `at` on that lies in no hour (0-23, GMT) and on no day (0 is Monday) a feed says to skip."""
    if len(skip_hours) >= HOURS or len(skip_days) >= 7:
        return at
    moment = at.astimezone(UTC)
    for _hour in range(8 * HOURS):
        if moment.hour not in skip_hours and moment.weekday() not in skip_days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _learnt_rates(rates: tuple[float, ...], hour: int, has_news: bool) -> tuple[float, ...]:
    known = list(rates) if len(rates) == HOURS else [0.5] * HOURS
    known[hour] = round(known[hour] + RATE_WEIGHT * (float(has_news) - known[hour]), 3)
    return tuple(known)


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, IndexError, TypeError):
        return None  # `Expires: 0` and `-1` say "already stale"
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
