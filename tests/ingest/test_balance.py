"""The balance of sides over days of history: told once a day, a side that goes dark once, and when it comes back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from structlog.testing import capture_logs

from services.contracts.events import ARTICLE_PUBLISHED, PublicEvent
from services.contracts.messages import CleanArticle
from services.contracts.streams import ARTICLES_CLEANED
from services.ingest.core.balance import Balance, dark_sides
from services.ingest.sources.coverage import sides_dark
from tests.ingest.conftest import BuildWalk, Clock, Walk

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


async def publish(walk: Walk, clock: Clock, side: str | None, number: int) -> None:
    """One clean article of a side, as the relay writes it."""
    article = CleanArticle(
        article_id=f"{side}-{clock.now().timestamp():.0f}-{number}",
        canonical_id="c",
        revision=1,
        url=f"https://{side}.example/{number}",
        canonical_url=f"https://{side}.example/{number}",
        outlet="Ours",
        text="x",
        side=side,
    )
    event = PublicEvent(
        id=f"{side}:{number}", type=ARTICLE_PUBLISHED, subject="c", time=clock.now(), data=article.model_dump_json()
    )  # fmt: skip
    await walk.redis.xadd(
        ARTICLES_CLEANED, event.to_fields(), id=f"{int(clock.now().timestamp() * 1000)}-{number}"
    )


async def live_days(
    walks: Sequence[Walk], clock: Clock, days: int, per_day: dict[str, int]
) -> list[dict[str, Any]]:
    """So many days with so many articles of each side, spread over the day; every replica reads each hour. The log."""
    with capture_logs() as logs:
        for hour in range(days * 24):
            clock.forward(3600)
            for number, (side, count) in enumerate(sorted(per_day.items())):
                if count and hour % (24 // count) == 0:
                    await publish(walks[0], clock, side, number + 1)
            for walk in walks:
                await walk.ingest.clean_reader.turn()
    return [dict(line) for line in logs]


def told(logs: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [line for line in logs if line["event"] == event]


async def test_balance_of_each_day_is_told_once_whatever_replicas_run(
    build_walk: BuildWalk, clock: Clock
) -> None:
    logs = await live_days([build_walk(), build_walk()], clock, 4, {"state": 3, "exile": 6})
    balances = told(logs, "coverage_balance")
    assert [line["day"] for line in balances] == ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    assert balances[1]["counts"] == {"state": 3, "exile": 6, "regional": 0, "international": 0}
    assert balances[1]["shares"] == {"state": 0.333, "exile": 0.667, "regional": 0.0, "international": 0.0}


async def test_side_that_goes_dark_is_told_once_and_again_when_it_is_back(
    build_walk: BuildWalk, clock: Clock
) -> None:
    walks = [build_walk(), build_walk()]
    usual = {"state": 4, "exile": 6, "regional": 1}
    assert told(await live_days(walks, clock, 5, usual), "side_went_dark") == []

    silent = await live_days(walks, clock, 3, {"exile": 6, "regional": 1})
    [dark] = told(silent, "side_went_dark")
    assert (dark["side"], dark["log_level"]) == ("state", "warning")
    assert 3.0 <= dark["usual_per_day"] <= 4.0  # the day it fell silent is one of those it is judged by
    assert (
        24 <= dark["hours"] <= 29
    )  # others must bring something after the day is over: exile does every four hours
    assert list(await sides_dark(walks[0].redis)) == ["state"]

    [back] = told(await live_days(walks, clock, 1, usual), "side_came_back")
    assert back["side"] == "state"
    assert await sides_dark(walks[0].redis) == {}


async def test_side_that_seldom_publishes_is_not_dark_when_it_is_silent(
    build_walk: BuildWalk, clock: Clock
) -> None:
    walk = build_walk()
    await live_days([walk], clock, 3, {"regional": 1, "exile": 6})
    assert told(await live_days([walk], clock, 4, {"exile": 6}), "side_went_dark") == []


async def test_silence_of_all_sides_is_ours_and_not_a_side_gone_dark(
    build_walk: BuildWalk, clock: Clock
) -> None:
    walk = build_walk()
    await live_days([walk], clock, 3, {"state": 4, "exile": 6})
    assert told(await live_days([walk], clock, 3, {}), "side_went_dark") == []


async def test_reader_that_is_behind_calls_nobody_dark(build_walk: BuildWalk, clock: Clock) -> None:
    """Hours of articles wait to be read: what has not been read yet is no silence."""
    walk = build_walk()
    await live_days([walk], clock, 3, {"state": 4, "exile": 6})
    clock.forward(3 * 86_400)
    for number in range(250):
        await publish(walk, clock, "exile", number + 1)
    clock.forward(1)
    await publish(walk, clock, "state", 1)
    late = build_walk()
    with capture_logs() as logs:
        while await late.ingest.clean_reader.turn():
            pass
    assert told([dict(line) for line in logs], "side_went_dark") == []


async def test_article_without_a_side_counts_for_none(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk()
    await publish(walk, clock, None, 1)
    logs = await live_days([walk], clock, 2, {})
    assert told(logs, "coverage_balance") == []


def test_dark_side_names_when_it_fell_silent_and_what_was_usual() -> None:
    last = {"state": NOON - 2 * DAY, "exile": NOON}
    [dark] = dark_sides(last, [{"state": 4}, {"state": 3}])
    assert (dark.side, dark.since, dark.usual) == ("state", NOON - 2 * DAY, 3.5)


def test_shares_of_a_day_without_coverage_are_nothing() -> None:
    assert set(Balance("2026-11-21", {}).shares.values()) == {0.0}
