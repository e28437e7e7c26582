"""Hangs the delivery engine under FastStream's subscribers: the one file that leans on FastStream, by its public face.

What it leans on is held by tests/contract/test_faststream.py. FastStream registers, documents, parses, casts and runs
the handler; the engine reads, repeats and acknowledges.
"""

from typing import Any

import structlog
from faststream import AckPolicy, StreamMessage
from faststream.redis import StreamSub
from faststream.redis.subscriber.usecases import LogicSubscriber, StreamSubscriber

from services.contracts.failures import Unprocessable

from .bodies import origin_of
from .broker import JsonEnvelope, ServiceBroker
from .casting import adapter_of, message_of
from .delivery.engine import Engine, SendSlice
from .delivery.entry import Entry, Output
from .delivery.policy import Policy
from .envelope import DATA_FIELD, DATA_KEY, with_envelope
from .handling import handling
from .middleware import ExpectedFailure
from .packing import pack_in_c
from .policies import policy_for


def reliable(
    broker: ServiceBroker, stream: str, group: str, *, policy: Policy | None = None
) -> StreamSubscriber:
    """A decorator for the handler of `stream`, read as `group`: `async def on_raw_article(article: RawArticle) -> None`.

    The handler's outputs are what it emits; what it returns is dropped. Without `policy` the stage has the one of
    its stream and the broker's settings.
    """

    async def decode(message: StreamMessage[Any]) -> Any:
        return message_of(subscriber, message.body)

    async def process(entry: Entry, send_slice: SendSlice) -> list[Output]:
        structlog.contextvars.bind_contextvars(stage=f"{group}/{stream}", stream=stream, message_id=entry.id)
        with handling(entry, send_slice) as running:
            await _through_faststream(subscriber, stream, entry)
            return running.outputs

    engine = Engine(
        stream, group, process, policy or policy_for(stream, broker.settings), origin_of=origin_of
    )
    subscriber = broker.subscriber(
        stream=StreamSub(stream, group=group, consumer=engine.consumer),
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        parser=_parse,
        decoder=decode,
    )
    if not isinstance(subscriber, StreamSubscriber):
        raise TypeError(f"FastStream built a {type(subscriber).__name__} for {stream}")
    _attach(subscriber, engine, broker)
    return subscriber


async def _through_faststream(subscriber: StreamSubscriber, stream: str, entry: Entry) -> None:
    """Have FastStream parse, cast and run the handler. Raises what the handler raised, under its own name."""
    fields = with_envelope(entry.fields)
    if not fields[DATA_KEY]:
        raise Unprocessable(f"field {DATA_FIELD} is empty")
    message: Any = {"type": "stream", "channel": stream, "message_ids": [entry.id], "data": fields}
    try:
        await subscriber.process_message(message)
    except ExpectedFailure as expected:
        raise expected.failure from None


async def _parse(message: Any) -> StreamMessage[Any]:
    """Our envelope and nothing more: FastStream's own parser draws a random id for each message."""
    body, headers = JsonEnvelope.parse(message["data"][DATA_KEY])
    entry_id = next(iter(message["message_ids"]), "")  # FastStream's test broker gives none
    return StreamMessage(
        message,
        body,
        headers=headers,
        content_type=headers.get("content-type"),
        correlation_id=headers.get("correlation_id", entry_id),
        message_id=entry_id,
    )


def _attach(subscriber: StreamSubscriber, engine: Engine, broker: ServiceBroker) -> None:
    """Put the engine in the place of FastStream's reader, on this one subscriber."""
    stock_stop = subscriber.stop

    async def start() -> None:
        await super(
            LogicSubscriber, subscriber
        ).start()  # builds the handler's model; the reader comes after it
        adapter_of(subscriber)  # a handler that cannot be called is told of now
        subscriber.running = True
        await engine.start(pack_in_c(await broker.connect()))

    async def stop() -> None:
        await engine.stop()
        await stock_stop()

    def log_context(message: Any) -> dict[str, str]:
        """FastStream's own copies the whole subscription at each call, three times a message."""
        return {"message_id": getattr(message, "message_id", "")}

    for name, method in (("start", start), ("stop", stop), ("get_log_context", log_context)):
        setattr(subscriber, name, method)
    broker.engines.append(engine)
