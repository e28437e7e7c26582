"""The dead-letter workbench: look, group, put back, drop."""

import json
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from services.contracts.failures import Unprocessable
from services.runtime.bodies import body_of, merge_patch, origin_of, patched_fields
from services.runtime.delivery.dead import (
    NoSuchLetter,
    dead_groups,
    dead_letters,
    drop_dead,
    fingerprint_of,
    read_dead,
    retry_dead,
)
from services.runtime.delivery.dead_entry import dead_letter_of
from services.runtime.delivery.entry import Entry
from services.runtime.envelope import seal

STREAM = "articles.raw"


async def bury(redis: Redis, reason: str, fields: dict[bytes, bytes] | None = None) -> str:
    entry = Entry("1700000000000-0", fields or {b"__data__": seal('{"url":"https://a.example/"}', {})}, 5)
    letter = dead_letter_of(STREAM, "normalize", "me", entry, reason, datetime(2026, 1, 2, tzinfo=UTC))
    return (await redis.execute_command(letter.command, letter.key, *letter.arguments)).decode()


async def test_letters_of_one_cause_are_one_group(redis_client: Redis) -> None:
    for number in range(3):
        await bury(redis_client, f"timeout after {number} s at https://{number}.example/page")
    await bury(redis_client, "field version: Input should be 1, was '7'")
    groups = await dead_groups(redis_client, STREAM)
    assert [(group.count, len(group.ids)) for group in groups] == [(3, 3), (1, 1)]
    assert groups[0].reason.startswith("timeout after 2 s")
    assert groups[0].first == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert groups[0].last == datetime(2026, 1, 2, tzinfo=UTC)


async def test_more_letters_than_one_page_are_all_seen(redis_client: Redis) -> None:
    for _ in range(250):
        await bury(redis_client, "same")
    assert len([letter async for letter in dead_letters(redis_client, STREAM)]) == 250


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a at 'x'", "a at 'y'", True),
        ("a 0xdeadbeef", "a 0xcafe", True),
        ("ValueError: 3", "TypeError: 3", False),
    ],
)
def test_fingerprint_sees_the_cause_and_not_the_case(one: str, other: str, same: bool) -> None:
    assert (fingerprint_of(one) == fingerprint_of(other)) is same


async def test_letter_shows_its_fields_and_its_story(redis_client: Redis) -> None:
    letter_id = await bury(redis_client, "why", {b"page": b"\xff", b"n": b"1"})
    letter = await read_dead(redis_client, STREAM, letter_id)
    assert letter.fields == {b"page": b"\xff", b"n": b"1"}
    assert (letter.reason, letter.count, letter.entry_id, letter.group) == (
        "why",
        5,
        "1700000000000-0",
        "normalize",
    )


async def test_retried_letter_stands_on_its_stream_as_it_came_and_is_no_letter_any_more(
    redis_client: Redis,
) -> None:
    letter_id = await bury(redis_client, "why", {b"page": b"\xff", b"n": b"1"})
    entry_id = await retry_dead(redis_client, STREAM, letter_id)
    assert await redis_client.xrange(STREAM) == [(entry_id.encode(), {b"page": b"\xff", b"n": b"1"})]
    assert await redis_client.xlen(f"{STREAM}.dead") == 0
    with pytest.raises(NoSuchLetter):
        await retry_dead(redis_client, STREAM, letter_id)
    assert await redis_client.xlen(STREAM) == 1


async def test_letter_retried_by_two_at_once_is_put_back_once(redis_client: Redis) -> None:
    letter_id = await bury(redis_client, "why")
    letter = await read_dead(redis_client, STREAM, letter_id)
    await retry_dead(redis_client, STREAM, letter_id, letter.fields)
    with pytest.raises(NoSuchLetter):
        await retry_dead(redis_client, STREAM, letter_id, letter.fields)
    assert await redis_client.xlen(STREAM) == 1


async def test_patched_letter_keeps_its_other_fields_and_its_headers(redis_client: Redis) -> None:
    sealed = seal('{"url":"https://a.example/","version":7}', {"correlation_id": "c1"})
    letter_id = await bury(redis_client, "version", {b"__data__": sealed, b"page": b"\xff"})
    letter = await read_dead(redis_client, STREAM, letter_id)
    fields = patched_fields(letter.fields, {"version": 1, "why": None})
    await retry_dead(redis_client, STREAM, letter_id, fields)
    ((_, entry),) = await redis_client.xrange(STREAM)
    assert body_of(entry) == {"url": "https://a.example/", "version": 1}
    assert json.loads(entry[b"__data__"])["headers"]["correlation_id"] == "c1"
    assert entry[b"page"] == b"\xff"


async def test_dropped_letter_is_gone(redis_client: Redis) -> None:
    letter_id = await bury(redis_client, "why")
    await drop_dead(redis_client, STREAM, letter_id)
    for action in (drop_dead, read_dead):
        with pytest.raises(NoSuchLetter, match=letter_id):
            await action(redis_client, STREAM, letter_id)


def test_patch_merges_removes_and_replaces() -> None:
    assert merge_patch({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None}, "d": [2]}) == {
        "a": {"c": 2},
        "d": [2],
    }


def test_body_that_is_no_json_is_named() -> None:
    with pytest.raises(Unprocessable, match="not JSON"):
        body_of({b"__data__": b"{"})


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({b"url": b"https://A.example:8080/x"}, "a.example"),
        (
            {b"__data__": seal('{"url":"https://a.example/","final_url":"https://b.example/"}', {})},
            "b.example",
        ),
        ({b"__data__": b"\xff"}, "unreadable"),
        ({b"url": b"http://[broken"}, "unreadable"),
        ({b"n": b"1"}, "unreadable"),
    ],
)
def test_origin_of_an_entry_is_the_host_of_its_url(fields: dict[bytes, bytes], origin: str) -> None:
    assert origin_of(Entry("1-0", fields, 1)) == origin
