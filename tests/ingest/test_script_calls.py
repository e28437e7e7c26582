"""Scripts called by many at once, on a real server."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from services.ingest.fetching.script_calls import ScriptCalls
from tests.ports import free_port

COUNT = "return redis.call('INCRBY', KEYS[1], ARGV[1])"
FAIL = "return redis.error_reply('ERR this one fails')"


async def test_each_caller_gets_its_own_answer_in_order(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        calls, count = ScriptCalls(redis), redis.register_script(COUNT)
        answers = await asyncio.gather(*(calls.call(count, keys=["n"], args=[1]) for _ in range(50)))
        assert answers == list(range(1, 51))


async def test_server_that_has_forgotten_its_scripts_is_told_them_again(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        calls, count = ScriptCalls(redis), redis.register_script(COUNT)
        await calls.call(count, keys=["n"], args=[1])
        await redis.script_flush()
        assert await asyncio.gather(*(calls.call(count, keys=["n"], args=[1]) for _ in range(3))) == [2, 3, 4]


async def test_call_that_fails_harms_no_other(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        calls = ScriptCalls(redis)
        count, fail = redis.register_script(COUNT), redis.register_script(FAIL)
        answers: list[object] = await asyncio.gather(
            calls.call(count, keys=["n"], args=[1]), calls.call(fail, keys=["n"], args=[]), return_exceptions=True
        )  # fmt: skip
        assert answers[0] == 1
        assert isinstance(answers[1], ResponseError)


async def test_caller_that_goes_away_leaves_the_others_their_answers(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        calls, count = ScriptCalls(redis), redis.register_script(COUNT)
        tasks = [asyncio.ensure_future(calls.call(count, keys=["n"], args=[1])) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        first, gone, last = await asyncio.gather(*tasks, return_exceptions=True)
        assert (first, last) == (1, 3)
        assert isinstance(gone, asyncio.CancelledError)


async def test_server_that_is_away_is_told_to_every_caller_and_the_next_call_tries_anew() -> None:
    redis = Redis.from_url(f"redis://127.0.0.1:{free_port()}")
    calls, count = ScriptCalls(redis), redis.register_script(COUNT)
    for _try in range(2):
        ended = await asyncio.gather(
            *(calls.call(count, keys=["n"], args=[1]) for _ in range(3)), return_exceptions=True
        )
        assert [type(one) for one in ended] == [RedisConnectionError] * 3
    with pytest.raises(RedisConnectionError):
        await calls.call(count, keys=["n"], args=[1])
    await redis.aclose()
