"""When a listing is asked again."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.core.retry_after import rest_s, retry_after_s
from services.ingest.core.schedule import (
    FIRST_INTERVAL,
    LONGEST,
    SHORTEST,
    Pace,
    after_skipped_hours,
    interval_at,
    learnt_pace,
    next_poll_at,
    wished_pause,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday


def after(pace: Pace, *news: bool, now: datetime = NOW) -> Pace:
    for has_news in news:
        pace = learnt_pace(pace, has_news=has_news, now=now)
    return pace


def test_one_poll_with_news_changes_nothing_yet() -> None:
    assert after(Pace(), True).interval_s == FIRST_INTERVAL.total_seconds()


def test_two_polls_with_news_shorten_the_interval() -> None:
    assert after(Pace(), True, True).interval_s < FIRST_INTERVAL.total_seconds()


def test_silence_lengthens_the_interval() -> None:
    assert after(Pace(), False, False).interval_s == FIRST_INTERVAL.total_seconds()
    assert after(Pace(), False, False, False).interval_s > FIRST_INTERVAL.total_seconds()


@pytest.mark.parametrize("has_news", [True, False])
def test_interval_stays_within_its_bounds(has_news: bool) -> None:
    pace = after(Pace(), *[has_news] * 200)
    assert SHORTEST <= interval_at(pace, NOW) <= LONGEST


def test_hour_that_brings_news_is_asked_more_often_than_one_that_never_does() -> None:
    night = NOW.replace(hour=3)
    pace = after(Pace(), *[True] * 5)
    pace = after(pace, *[False] * 20, now=night)
    pace = Pace(1200, 0, pace.rates)
    assert interval_at(pace, NOW) == timedelta(minutes=10)
    assert interval_at(pace, night) == timedelta(minutes=40)


@pytest.mark.parametrize(
    ("headers", "ttl_s", "pause_s"),
    [
        ({}, None, 0),
        ({"cache-control": "public, max-age=1800"}, None, 1800),
        ({"cache-control": "no-cache, max-age=1800"}, None, 0),
        ({"cache-control": "private, s-maxage=99"}, None, 0),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT"}, None, 1800),
        ({"expires": "Sat, 21 Nov 2026 12:30:00 GMT", "cache-control": "max-age=60"}, None, 60),
        ({"expires": "0"}, None, 0),
        ({"expires": "Sat, 21 Nov 2020 12:30:00 GMT"}, None, 0),
        ({"cache-control": "max-age=999999999"}, None, 86400),
        ({"cache-control": "max-age=60"}, 3600, 3600),
    ],
)
def test_servers_wish_is_read(headers: dict[str, str], ttl_s: float | None, pause_s: int) -> None:
    assert wished_pause(headers, ttl_s, NOW) == timedelta(seconds=pause_s)


def test_servers_wish_wins_if_it_is_later() -> None:
    assert next_poll_at(NOW, timedelta(minutes=5), NOW + timedelta(minutes=9)) == NOW + timedelta(minutes=9)
    assert next_poll_at(NOW, timedelta(minutes=5), NOW + timedelta(minutes=1)) == NOW + timedelta(minutes=5)


def test_hours_and_days_a_feed_says_to_skip_are_skipped() -> None:
    assert after_skipped_hours(NOW, frozenset({12, 13}), frozenset()) == NOW.replace(hour=14)
    assert after_skipped_hours(NOW, frozenset(), frozenset({5, 6})) == datetime(2026, 11, 23, tzinfo=UTC)
    assert after_skipped_hours(NOW, frozenset(range(24)), frozenset()) == NOW
    assert after_skipped_hours(NOW, frozenset({3}), frozenset({0})) == NOW


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("99999999999999999999", 86400.0),
        ("Sat, 21 Nov 2026 12:05:00 GMT", 300.0),
        ("Sat, 21 Nov 2026 11:05:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_retry_after_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


def test_host_that_refuses_again_and_again_rests_longer_and_longer() -> None:
    rests = [rest_s(1.0, refusals) for refusals in (1, 2, 5, 10)]
    assert rests == sorted(rests)
    assert rests[0] == 1.0
    assert rests[-1] > 3600
