"""What we lean on in FastStream, by its public face; each test names one thing that may not change under us."""

import asyncio
import json
import logging
from typing import Any

import pytest
from faststream import BaseMiddleware
from faststream.redis import TestRedisBroker
from faststream.redis.subscriber.usecases import LogicSubscriber, StreamSubscriber
from faststream.specification import AsyncAPI
from pydantic import BaseModel
from redis.asyncio import Redis

from services.contracts.failures import RetryLater, Unprocessable
from services.runtime.broker import ServiceBroker, build_broker
from services.runtime.delivery.entry import Entry, Output
from services.runtime.envelope import seal
from services.runtime.settings import ServiceSettings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit, publish

STREAM, GROUP, SINK = "articles.raw", "normalize", "articles.normalized"


class Page(BaseModel):
    id: int


class Clean(BaseModel):
    id: int
    text: str = ""


class Spy(BaseMiddleware):
    seen: list[str]

    async def consume_scope(self, call_next: Any, msg: Any) -> Any:
        Spy.seen.append(f"consume {msg.correlation_id}")
        return await call_next(msg)


def build(redis_url: str) -> tuple[ServiceBroker, StreamSubscriber, Any]:
    Spy.seen = []
    broker = build_broker(ServiceSettings(redis_url=redis_url, visibility_s=1))
    broker.add_middleware(Spy)
    subscriber = reliable(broker, STREAM, GROUP)

    @subscriber
    async def on_page(page: Page) -> None:
        """Normalizes a page."""
        if page.id < 0:
            raise RetryLater("postgresql", 2.0)
        if page.id == 0:
            raise ValueError("a bug")
        if page.id == 9:
            raise Unprocessable("nine")
        if page.id == 8:
            await asyncio.Event().wait()
        emit(SINK, Clean(id=page.id), page=b"\xff\xfe")

    return broker, subscriber, on_page


async def processed(
    subscriber: StreamSubscriber, broker: ServiceBroker, fields: dict[bytes, bytes]
) -> list[Output]:
    async def send_slice(outputs: list[Output]) -> None:
        raise AssertionError("no slices here")

    (engine,) = broker.engines
    return await engine._process(Entry("1-0", fields, 1), send_slice)


def enveloped(body: str, **headers: str) -> dict[bytes, bytes]:
    return {b"__data__": seal(body, headers), b"page": b"\xff\x00"}


@pytest.fixture
async def started(redis_url: str) -> Any:
    broker, subscriber, handler = build(redis_url)
    await broker.start()
    yield broker, subscriber, handler
    await broker.stop()


def test_public_factory_builds_and_registers_a_stream_subscriber(redis_url: str) -> None:
    broker, subscriber, _ = build(redis_url)
    assert isinstance(subscriber, StreamSubscriber)
    assert isinstance(subscriber, LogicSubscriber)
    assert subscriber in broker.subscribers


def test_asyncapi_shows_channel_and_schema(redis_url: str) -> None:
    broker, _, _ = build(redis_url)
    document = json.loads(AsyncAPI(broker, title="t").to_specification().to_json())
    assert any(STREAM in name for name in document["channels"])
    assert any("Page" in name for name in document["components"]["schemas"])


async def test_started_broker_runs_our_engine_and_no_reader_of_its_own(started: Any) -> None:
    broker, subscriber, _ = started
    assert broker.engines[0].status().alive
    assert subscriber.running
    assert not subscriber.tasks


async def test_stopped_broker_stops_our_engine(redis_url: str) -> None:
    broker, subscriber, _ = build(redis_url)
    await broker.start()
    await broker.stop()
    assert not broker.engines[0].status().alive
    assert not subscriber.running


async def test_message_is_parsed_and_cast_every_middleware_sees_it_and_outputs_are_collected(
    started: Any,
) -> None:
    broker, subscriber, _ = started
    (output,) = await processed(subscriber, broker, enveloped('{"id":7}', correlation_id="c7"))
    assert (output.command, output.key) == ("XADD", SINK)
    assert output.arguments[-2:] == ("page", b"\xff\xfe")
    assert json.loads(json.loads(output.arguments[2])["data"]) == {"id": 7, "text": ""}
    assert Spy.seen == ["consume c7"]


async def test_handlers_exceptions_pass_through_under_their_own_names(started: Any) -> None:
    broker, subscriber, _ = started
    with pytest.raises(RetryLater) as later:
        await processed(subscriber, broker, enveloped('{"id":-1}'))
    assert (later.value.dependency, later.value.after_s) == ("postgresql", 2.0)
    with pytest.raises(ValueError, match="a bug"):
        await processed(subscriber, broker, enveloped('{"id":0}'))
    with pytest.raises(Unprocessable, match="nine"):
        await processed(subscriber, broker, enveloped('{"id":9}'))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (enveloped("{}"), "id: Field required"),
        (enveloped('{"id":"x"}'), "id: Input should be a valid integer"),
        (enveloped("no json"), "not JSON"),
        ({b"__data__": b"\xff"}, "__data__ is not JSON"),
        ({b"__data__": b""}, "__data__ is empty"),
        ({b"page": b"\xff"}, "page"),
        (enveloped("[1]"), "body is a list; it must be a JSON object"),
        (enveloped('"text"'), "body is a str; it must be a JSON object"),
        (enveloped("null"), "body is a NoneType; it must be a JSON object"),
    ],
)
async def test_entry_that_does_not_fit_is_unprocessable_and_says_why(
    started: Any, fields: Any, named: str
) -> None:
    broker, subscriber, _ = started
    with pytest.raises(Unprocessable, match=named):
        await processed(subscriber, broker, fields)


async def test_handler_that_wants_more_than_the_message_is_refused(redis_url: str) -> None:
    broker = build_broker(ServiceSettings(redis_url=redis_url))
    subscriber = reliable(broker, STREAM, GROUP)

    @subscriber
    async def on_page(page: Page, other: int) -> None:
        raise AssertionError("never called")

    with pytest.raises(TypeError, match="on_page must take the message and nothing else"):
        await broker.start()


async def test_entry_of_plain_fields_is_a_message(started: Any) -> None:
    broker, subscriber, _ = started
    assert len(await processed(subscriber, broker, {b"id": b"5"})) == 1


async def test_named_failures_leave_no_traceback_in_the_log(
    started: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broker, subscriber, _ = started
    with pytest.raises(Unprocessable):
        await processed(subscriber, broker, enveloped('{"id":9}'))
    assert not [record for record in caplog.records if record.exc_info]


async def test_handler_cancelled_by_a_stop_is_cancelled_without_a_word_in_the_log(
    started: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broker, subscriber, _ = started
    running = asyncio.create_task(processed(subscriber, broker, enveloped('{"id":8}')))
    while not Spy.seen:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_messages_pass_from_stream_to_stream(
    started: Any, redis_client: Redis, eventually: Any
) -> None:
    for number in range(1, 6):
        await publish(redis_client, STREAM, Page(id=number), page=b"\xff")
    await eventually(lambda: redis_client.xlen(SINK))
    await eventually(lambda: has_length(redis_client, 5))


async def has_length(redis: Redis, length: int) -> bool:
    return await redis.xlen(SINK) == length


async def test_handler_runs_in_faststreams_own_test_broker() -> None:
    broker, _, handler = build("redis://127.0.0.1:1")
    async with TestRedisBroker(broker) as running:
        with pytest.raises(ValueError, match="a bug"):
            await running.publish(Page(id=0), stream=STREAM)
        handler.mock.assert_called_once_with(Page(id=0))
