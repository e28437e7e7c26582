"""What a handler says to the wire: its entry, and the outputs that are written with its acknowledgement or not at all."""

import secrets
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from redis.asyncio import Redis

from .delivery.entry import Encodable, Entry, Output, output_of
from .envelope import DATA_FIELD, carried, json_of, seal_json
from .handling import required
from .trace_ids import TRACEPARENT, TRACEPARENT_FORM, of_new_trace


def entry() -> Entry:
    """The entry the running handler was given: its id, its fields as bytes, and which attempt this is."""
    return required().entry


def correlation_id() -> str:
    """The id that joins all messages made of one request; the running message's own entry id where it brought none."""
    running = required()
    return running.headers.get("correlation_id", running.entry.id)


def walk_headers() -> dict[str, str]:
    """The headers that what is made of the running message carries, for a message that leaves later."""
    return {**carried(required().headers), "correlation_id": correlation_id()}


def traceparent() -> str:
    """The running message's place in its trace (W3C), for what leaves us by another way; empty where nobody traces."""
    given = required().headers.get(TRACEPARENT, "")
    return given if TRACEPARENT_FORM.fullmatch(given) else ""


def emit(stream: str, message: BaseModel, **binary_fields: bytes) -> None:
    """An output of the running handler: one entry on `stream`, with `binary_fields` beside the envelope.

    Outputs are written in the order of the calls.
    """
    _put_out(stream, message, walk_headers(), binary_fields)


def emit_walk(stream: str, message: BaseModel) -> None:
    """The same for a message that is no part of the running one's walk but begins its own: a trace id of its own."""
    _put_out(stream, message, of_new_trace(walk_headers()), {})


def emit_command(command: str, key: str, *arguments: Encodable) -> None:
    """An output of the running handler that is no message: SADD, ZADD, HSET, DEL and their like.

    Raises ValueError for a command or a form that the hand-off could not write.
    """
    required().outputs.append(output_of(command, key, *arguments))


async def hand_over_slice() -> None:
    """Write the outputs so far, fenced like the hand-off but without the acknowledgement, and wait until they stand.

    For a message with hundreds of outputs. If the message is delivered again, so are its slices: what follows must
    bear repetition. Ends the handler if the entry has been taken over by another consumer.
    """
    running = required()
    if running.outputs and running.send_slice is not None:
        outputs, running.outputs = running.outputs, []
        await running.send_slice(outputs)


def envelope_of(message: BaseModel, headers: Mapping[str, str] | None = None) -> bytes:
    """The envelope of `message` for a plain XADD from outside a handler, with a correlation id of its own."""
    return seal_json(json_of(message), {"correlation_id": secrets.token_hex(16), **(headers or {})})


async def publish(redis: Redis, stream: str, message: BaseModel, **binary_fields: bytes) -> str:
    """Add `message` to `stream` from outside a handler (scheduler, `cleanwire submit`); returns the entry's id."""
    fields: dict[Any, Any] = {DATA_FIELD: envelope_of(message), **binary_fields}
    entry_id = await redis.xadd(stream, fields)
    return entry_id.decode() if isinstance(entry_id, bytes) else str(entry_id)


def _put_out(
    stream: str, message: BaseModel, headers: Mapping[str, str], binary_fields: Mapping[str, bytes]
) -> None:
    pairs = [part for pair in binary_fields.items() for part in pair]
    envelope = seal_json(json_of(message), headers)
    required().outputs.append(Output("XADD", stream, ("*", DATA_FIELD, envelope, *pairs)))
