"""What becomes of a message that fails: retried, postponed, buried; and of a stage that fails with most of them."""

import time
from typing import Any

from redis.asyncio import Redis
from structlog.testing import capture_logs

from bench.delivery_rig import (
    AWAY_KEY,
    BEGAN,
    GROUP,
    SINK,
    SOURCE,
    Handler,
    add_entries,
    outputs_of,
    pending_of,
)
from services.contracts.failures import RetryLater, Unprocessable
from services.runtime.delivery.breaker import BreakerPolicy
from services.runtime.delivery.dead import retry_dead
from services.runtime.delivery.engine import SendSlice
from services.runtime.delivery.entry import Entry, Output
from services.runtime.delivery.group import buried_key
from services.runtime.delivery.scripts import RETRY

LOOSE_BREAKER = BreakerPolicy(least=1_000)


async def is_done(redis: Redis, outputs: int) -> bool:
    return await redis.xlen(SINK) >= outputs and await pending_of(redis) == 0


async def test_unprocessable_message_is_buried_at_once_with_its_fields_untouched(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(1), do="refuse", page=b"\xff\x00")
    await start_engine(Handler(redis_client, 0))
    await eventually(lambda: redis_client.xlen(f"{SOURCE}.dead"))
    ((_, letter),) = await redis_client.xrange(f"{SOURCE}.dead")
    assert {name: letter[name] for name in (b"n", b"do", b"page")} == {
        b"n": b"0",
        b"do": b"refuse",
        b"page": b"\xff\x00",
    }
    assert letter[b"dead.reason"] == b"Unprocessable: no sense in this one"
    assert letter[b"dead.count"] == b"1"
    assert await redis_client.hget(BEGAN, "0") == b"1"


async def test_entry_of_very_many_fields_is_buried_all_the_same(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    """Lua unpacks some 8,000 values: an entry that is no message must not come back for ever."""
    fields = {f"f{number}": "x" for number in range(20_000)}
    await add_entries(redis_client, range(1), do="refuse", **fields)
    await start_engine(Handler(redis_client, 0))
    ((_, letter),) = await eventually(lambda: redis_client.xrange(f"{SOURCE}.dead"))
    assert letter[b"n"] == b"0"
    assert letter[b"dead.reason"].startswith(
        b"of 20002 fields the first 1000 are kept; Unprocessable: no sense"
    )
    await eventually(lambda: is_done(redis_client, 0))


async def test_bug_is_tried_as_often_as_allowed_and_then_buried_while_others_pass(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(2), do="raise")
    await add_entries(redis_client, range(2, 102))
    await start_engine(Handler(redis_client, 0), max_deliveries=4)
    await eventually(lambda: redis_client.xlen(f"{SOURCE}.dead"))
    await eventually(lambda: is_done(redis_client, 100))
    assert await redis_client.hgetall(BEGAN) == {b"0": b"4", b"1": b"4"}
    assert sorted(await outputs_of(redis_client)) == list(range(2, 102))
    assert await redis_client.xlen(f"{SOURCE}.dead") == 2


async def test_message_of_a_group_made_anew_is_not_buried_a_second_time(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    """A destroyed group gives everything out again: what was a dead letter stays one, what passed passes again."""
    await add_entries(redis_client, range(2), do="refuse")
    await add_entries(redis_client, range(2, 4))
    await start_engine(Handler(redis_client, 0))
    await eventually(lambda: is_done(redis_client, 2))
    for round_number in (2, 3):
        await redis_client.xgroup_destroy(SOURCE, GROUP)
        await eventually(lambda rounds=round_number: began(redis_client, 0, rounds))
        await eventually(lambda rounds=round_number: is_done(redis_client, 2 * rounds))
    letters = await redis_client.xrange(f"{SOURCE}.dead")
    assert sorted(letter[b"n"] for _, letter in letters) == [b"0", b"1"]


async def test_letter_put_back_is_buried_again_where_it_fails_again(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(1), do="refuse")
    await start_engine(Handler(redis_client, 0))
    ((first, _),) = await eventually(lambda: redis_client.xrange(f"{SOURCE}.dead"))
    await retry_dead(redis_client, SOURCE, first.decode())
    ((second, letter),) = await eventually(lambda: redis_client.xrange(f"{SOURCE}.dead"))
    assert second != first
    assert letter[b"n"] == b"0"


async def test_buried_ids_are_kept_for_about_as_long_as_their_entries(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await redis_client.hset(buried_key(SOURCE, GROUP), mapping={f"{number}-0": "" for number in range(1, 99)})
    await add_entries(redis_client, range(2), do="refuse")
    await start_engine(Handler(redis_client, 0))
    await eventually(lambda: letters_are(redis_client, 2))
    entries = [entry_id for entry_id, _ in await redis_client.xrange(SOURCE)]
    assert set(await redis_client.hkeys(buried_key(SOURCE, GROUP))) == set(entries)


async def began(redis: Redis, number: int, times: int) -> bool:
    return int(await redis.hget(BEGAN, str(number)) or 0) >= times


async def letters_are(redis: Redis, count: int) -> bool:
    return await redis.xlen(f"{SOURCE}.dead") == count


async def test_handler_that_cancels_itself_is_counted(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    async def cancels(entry: Entry, send_slice: SendSlice) -> list[Output]:
        import asyncio

        raise asyncio.CancelledError

    await add_entries(redis_client, range(1))
    await start_engine(cancels, max_deliveries=2)
    await eventually(lambda: redis_client.xlen(f"{SOURCE}.dead"))


async def test_dependency_away_longer_than_every_retry_costs_nothing(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    """0 dead, 0 lost, drained within seconds after; the stage says once that it pauses and once that it resumes."""
    calls = 0
    handler = Handler(redis_client, 0)

    async def depend(entry: Entry, send_slice: SendSlice) -> list[Output]:
        nonlocal calls
        calls += 1
        return await handler(entry, send_slice)

    await redis_client.set(AWAY_KEY, "1")
    await add_entries(redis_client, range(400), do="depend")
    with capture_logs() as logs:
        engine = await start_engine(depend, max_deliveries=2)
        await eventually(lambda: engine.status().waits_for == "the dependency")
        away_until = time.monotonic() + 3  # three visibility times, thirty times the backoff
        await eventually(lambda: time.monotonic() > away_until)
        assert calls < 60, "a paused stage probes, it does not spin"
        assert all(entry["times_delivered"] == 0 for entry in await given_back(redis_client))
        await redis_client.delete(AWAY_KEY)
        back = time.monotonic()
        await eventually(lambda: is_done(redis_client, 400))
    assert time.monotonic() - back < 20
    assert sorted(await outputs_of(redis_client)) == list(range(400))
    assert await redis_client.xlen(f"{SOURCE}.dead") == 0
    events = [line["event"] for line in logs]
    assert (events.count("stage_paused"), events.count("stage_resumed")) == (1, 1)


async def given_back(redis: Redis) -> list[dict[str, Any]]:
    entries = await redis.xpending_range(SOURCE, GROUP, "-", "+", 1_000)
    return [entry for entry in entries if entry["consumer"] == RETRY.encode()]


async def test_one_of_many_dependencies_does_not_pause_the_stage(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    async def some_depend(entry: Entry, send_slice: SendSlice) -> list[Output]:
        number = int(entry.fields[b"n"])
        if number < 4 and entry.attempt == 1 and not await redis_client.hincrby("later", str(number), 1) > 1:
            raise RetryLater(f"host {number}", 0.1)
        return [Output("XADD", SINK, ("*", "n", number))]

    await add_entries(redis_client, range(30))
    with capture_logs() as logs:
        await start_engine(some_depend)
        await eventually(lambda: is_done(redis_client, 30))
    assert "stage_paused" not in [line["event"] for line in logs]


async def test_stage_that_kills_most_of_its_input_stops_burying(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    """The breaker opens, entries stay pending and uncounted, a probe closes it again, and everything passes."""
    broken = True

    async def fragile(entry: Entry, send_slice: SendSlice) -> list[Output]:
        if broken:
            raise Unprocessable("the template changed")
        return [Output("XADD", SINK, ("*", "n", entry.fields[b"n"]))]

    breaker = BreakerPolicy(window=20, least=10, probe_every_s=0.2)
    await add_entries(redis_client, range(200))
    with capture_logs() as logs:
        engine = await start_engine(
            fragile, breaker=breaker, origin_of=lambda entry: f"host {int(entry.fields[b'n']) % 5}"
        )
        await eventually(lambda: engine.status().waits_for)
        open_until = time.monotonic() + 1.5
        await eventually(lambda: time.monotonic() > open_until)
        buried = await redis_client.xlen(f"{SOURCE}.dead")
        assert buried < 10
        broken = False
        await eventually(lambda: is_done(redis_client, 200 - buried))
    assert await redis_client.xlen(f"{SOURCE}.dead") == buried
    events = [line["event"] for line in logs]
    assert (events.count("breaker_opened"), events.count("breaker_closed")) == (1, 1)


async def test_breaker_opened_by_one_replica_stops_the_other(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await redis_client.set(f"cleanwire:breaker:{SOURCE}:{GROUP}", "most of it failed")
    await redis_client.set(f"cleanwire:breaker:{SOURCE}:{GROUP}:probe", "1")
    await add_entries(redis_client, range(5))
    engine = await start_engine(Handler(redis_client, 0))
    await eventually(lambda: engine.status().waits_for == "most of it failed")
    assert await redis_client.xlen(SINK) == 0
    await redis_client.delete(f"cleanwire:breaker:{SOURCE}:{GROUP}:probe")
    await eventually(lambda: is_done(redis_client, 5))
    await eventually(lambda: is_gone(redis_client, f"cleanwire:breaker:{SOURCE}:{GROUP}"))


async def is_gone(redis: Redis, key: str) -> bool:
    return not await redis.exists(key)


async def test_one_host_alone_does_not_open_the_breaker(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(60), do="refuse")
    await start_engine(
        Handler(redis_client, 0), breaker=BreakerPolicy(least=5), origin_of=lambda _: "one.example"
    )
    await eventually(lambda: has_letters(redis_client, 60))


async def has_letters(redis: Redis, count: int) -> bool:
    return await redis.xlen(f"{SOURCE}.dead") == count


async def test_entry_trimmed_while_pending_is_told_as_lost(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(2))
    await redis_client.xgroup_create(SOURCE, GROUP, "0")
    await redis_client.xreadgroup(GROUP, "gone", {SOURCE: ">"}, count=1)
    await redis_client.xtrim(SOURCE, maxlen=1, approximate=False)
    with capture_logs() as logs:
        await start_engine(Handler(redis_client, 0))
        await eventually(lambda: is_done(redis_client, 1))
        await eventually(lambda: "entry_lost" in [line["event"] for line in logs])
    assert [line["log_level"] for line in logs if line["event"] == "entry_lost"] == ["critical"]
