"""How a listing is doing: from evidence, confirmed, with since-when."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.core.entries import ListedEntry
from services.ingest.core.listing_state import ListingState
from services.ingest.core.liveness import (
    Evidence,
    Health,
    expected_gap,
    is_challenge_page,
    judged_health,
    looks_like_sections,
)
from tests.web import hostile

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def polled(
    health: Health, evidence: Evidence, start: datetime, times: int = 1, every: timedelta = HOUR
) -> Health:
    for number in range(times):
        health = judged_health(health, evidence, start + number * every)
    return health


ALIVE = polled(Health(), Evidence(entries=20, new=3), START, 24)
NEXT = START + 24 * HOUR


def test_listing_with_news_is_alive_since_its_first_news() -> None:
    assert (ALIVE.state, ALIVE.since) == ("alive", START.timestamp())
    assert expected_gap(ALIVE) == HOUR


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (Evidence("empty"), "empty"),
        (Evidence("http 404"), "gone"),
        (Evidence("http 410"), "gone"),
        (Evidence("http 403"), "blocked"),
        (Evidence("robots"), "blocked"),
        (Evidence("http 429"), "blocked"),
        (Evidence("html"), "wrong content"),
        (Evidence("not a feed"), "wrong content"),
        (Evidence("content type"), "wrong content"),
        (Evidence("challenge page", is_challenge=True), "challenge"),
        (Evidence("sections instead of articles", 8, looks_wrong=True), "wrong content"),
    ],
)
def test_death_needs_two_polls_that_agree(evidence: Evidence, state: str) -> None:
    once = polled(ALIVE, evidence, NEXT)
    assert once.state == "alive"
    twice = polled(once, evidence, NEXT + HOUR)
    assert (twice.state, twice.since) == (state, (NEXT + HOUR).timestamp())


def test_one_bad_poll_between_good_ones_is_forgotten() -> None:
    health = ALIVE
    for number in range(10):
        evidence = Evidence("http 404") if number % 2 else Evidence(entries=20, new=1)
        health = judged_health(health, evidence, NEXT + number * HOUR)
        assert health.state == "alive"


@pytest.mark.parametrize(
    "reason", ["dns", "tls", "connect", "deadline", "first byte", "http 500", "robots unreachable"]
)
def test_three_failures_make_it_unreachable(reason: str) -> None:
    assert polled(ALIVE, Evidence(reason), NEXT, 2).state == "alive"
    assert polled(ALIVE, Evidence(reason), NEXT, 3).state == "unreachable"


def test_silence_beyond_the_learnt_rhythm_is_quiet_and_then_frozen() -> None:
    same = Evidence(entries=20)
    assert polled(ALIVE, same, NEXT, 12).state == "alive"
    assert polled(ALIVE, same, NEXT, 13).state == "quiet"
    assert polled(ALIVE, same, NEXT, 24 * 3 + 2).state == "frozen"


def test_listing_of_rare_news_is_not_frozen_by_a_silent_week() -> None:
    weekly = polled(Health(), Evidence(entries=5, new=1), START, 5, timedelta(days=7))
    last = START + timedelta(days=28)
    assert polled(weekly, Evidence(entries=5), last + HOUR, 24 * 14, HOUR).state == "alive"


def test_listing_that_was_dead_before_we_came_shows_it_by_its_dates() -> None:
    old = Evidence(entries=20, newest=START - timedelta(days=90))
    assert polled(Health(), old, START, 2).state == "frozen"


def test_first_news_brings_it_back_at_once() -> None:
    dead = polled(ALIVE, Evidence("http 404"), NEXT, 5)
    assert dead.state == "gone"
    assert judged_health(dead, Evidence(entries=3, new=1), NEXT + 9 * HOUR).state == "alive"


def test_challenge_page_is_known_by_its_marks() -> None:
    assert is_challenge_page(hostile.CHALLENGE.encode())
    assert not is_challenge_page(b"<html><body>An article on challenges</body></html>")


def test_list_of_sections_is_told_from_a_list_of_articles() -> None:
    sections = [
        ListedEntry(f"https://a.example/{name}", name) for name in ("News", "Sport", "Life style", "World")
    ]
    articles = [ListedEntry(f"https://a.example/{n}", "Talks in Minsk go on") for n in range(4)]
    assert looks_like_sections(sections)
    assert not looks_like_sections(articles)


def test_state_survives_its_way_through_redis() -> None:
    state = ListingState(etag='"x"', shapes="/a/#\n/b/*", rates="0.5,0.25").with_health(ALIVE)
    pairs = [str(part) for part in state.to_pairs()]
    assert ListingState.of_fields(dict(zip(pairs[::2], pairs[1::2], strict=True))) == state


def test_three_permanent_redirects_to_one_place_move_a_listing() -> None:
    state = ListingState()
    for count in range(3):
        assert not state.has_moved, count
        state = state.with_redirect("https://new.example/feed", permanent=True)
    assert state.has_moved


def test_redirect_elsewhere_or_for_now_starts_the_count_again() -> None:
    twice = ListingState(moved_to="https://new.example/feed", moved_count=2)
    assert twice.with_redirect("https://third.example/", permanent=True).moved_count == 1
    assert twice.with_redirect("https://new.example/feed", permanent=False).moved_count == 0
