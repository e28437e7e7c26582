"""The envelope of internal messages: JSON text in the field `__data__`, the body as JSON text inside it."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from services.contracts.failures import Unprocessable

DATA_FIELD = "__data__"
DATA_KEY = DATA_FIELD.encode()
CARRIED_HEADERS = ("correlation_id", "trace_id", "traceparent", "tracestate")
MAX_HEADER_CHARS = 512


def seal(body: str, headers: Mapping[str, str]) -> bytes:
    """The envelope of `body` (JSON text) as the value of the field `__data__`: UTF-8 JSON."""
    head = {"content-type": "application/json", **headers}
    return to_json({"headers": head, "data": body})


def json_of(message: BaseModel) -> bytes:
    """A message's JSON as pydantic writes it, without the detour over a text that is encoded at once."""
    return message.__pydantic_serializer__.to_json(message)


def seal_json(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The same for the JSON of `json_of`, to the byte: it has no control characters, so two signs are all to escape."""
    head = to_json({"content-type": "application/json", **headers})
    text = body.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b"".join((b'{"headers":', head, b',"data":"', text, b'"}'))


def unseal(value: bytes) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of an envelope. JSON that is no envelope is a body without headers.

    Raises Unprocessable where `value` is no UTF-8 JSON.
    """
    try:
        envelope = from_json(value)
    except ValueError as error:
        raise Unprocessable(f"field {DATA_FIELD} is not JSON: {error}") from None
    if not isinstance(envelope, dict) or not isinstance(envelope.get("data"), str):
        return value, {}
    headers = envelope.get("headers")
    return envelope["data"].encode(), _text_headers(headers if isinstance(headers, dict) else {})


def with_envelope(fields: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """The entry itself if it has an envelope, else its plain fields as the body of one. Raises Unprocessable."""
    return fields if DATA_KEY in fields else {DATA_KEY: body_of_plain(fields)}


def parse_body(body: bytes) -> Any:
    """The JSON values of a body. Raises Unprocessable."""
    try:
        return from_json(body)
    except ValueError as error:
        raise Unprocessable(f"body is not JSON: {error}") from None


def body_of_plain(fields: Mapping[bytes, bytes]) -> bytes:
    """The body of an entry without an envelope: `redis-cli XADD fetch.requests * url https://example.org/` is a message.

    Raises Unprocessable naming the field that is no text.
    """
    body = {}
    for name, value in fields.items():
        try:
            body[name.decode()] = value.decode()
        except UnicodeDecodeError:
            raise Unprocessable(f"field {name[:80]!r} of an entry without an envelope is not text") from None
    return json.dumps(body).encode()


def carried(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that an output takes over from the message it was made of."""
    return {name: headers[name] for name in CARRIED_HEADERS if name in headers}


def _text_headers(headers: dict[object, object]) -> dict[str, str]:
    """Only short ASCII text: a header is copied on from stream to stream, and every reader must bear it."""
    return {
        name: value
        for name, value in headers.items()
        if isinstance(name, str)
        and isinstance(value, str)
        and value.isascii()
        and len(value) <= MAX_HEADER_CHARS
    }
