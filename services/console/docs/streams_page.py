"""docs/streams.md: every stream, who writes and reads it, and every public event type, from the tables in the code."""

from collections.abc import Iterator

from services.console.docs.asyncapi import MEANING, schema_file_of
from services.contracts.events import DATA_OF_TYPE, stream_of_type
from services.contracts.streams import STREAMS, Stream

INTRODUCTION = """# Streams and events
Made from `services/contracts` by `./run docs`; do not edit. What subscribers are promised: [subscribers](subscribers.md).

## Streams
| stream | for | written by | read by | carries | kept |
|---|---|---|---|---|---|
"""

INTERNAL = """
Internal messages travel as one JSON envelope in the field `__data__`; `articles.raw` has the page itself, zstd-compressed,
in a second field `page`. What cannot be processed goes to `<stream>.dead`, the original entry untouched.

## Event types of the public streams
The machine-readable form of this table is [asyncapi.json](asyncapi.json) (AsyncAPI 3.0); the schemas of `data` lie in
`services/contracts/schemas/`, one real entry of each type in `services/contracts/examples/entries/`.

| type | stream | schema of `data` | meaning |
|---|---|---|---|
"""

ATTRIBUTES = """
## Fields of a public entry
| field | always | what it is |
|---|---|---|
| `specversion` | yes | `1.0`, of CloudEvents |
| `id` | yes | the deduplication key: an id you have handled is to be ignored |
| `type` | yes | one of the types above |
| `source` | yes | `/cleanwire/store` |
| `time` | yes | when the store decided, UTC, RFC 3339 |
| `subject` | yes | the canonical id of the article or group; of a story that merged or split, the story's id |
| `datacontenttype` | yes | `application/json` |
| `dataschema` | yes | the type as a URN; the table above names its schema |
| `traceparent` | no | W3C trace context |
| `data` | yes | the message itself, JSON in UTF-8 |

The id of an article event is `<article_id>:<revision>`, with `:withdrawn` after it for a withdrawal; of a story or group
event `<id>:<n>:<what happened>`, where n counts the changes to that story or group.
"""


def streams_text() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_stream_rows()) + INTERNAL + "".join(_event_rows()) + ATTRIBUTES


def _stream_rows() -> Iterator[str]:
    for stream in STREAMS:
        readers = ", ".join(f"group `{name}`" for name in stream.groups) or "everybody"
        writers = ", ".join(stream.writers)
        yield f"| `{stream.name}` | {stream.kind} | {writers} | {readers} | {stream.carries} | {_kept(stream)} |\n"


def _kept(stream: Stream) -> str:
    if stream.keep_days is None or stream.keep_bytes is None:
        return "until every declared group has acknowledged"
    return f"{stream.keep_days} days or {stream.keep_bytes // 1024**3} GiB, whichever ends first"


def _event_rows() -> Iterator[str]:
    for kind in DATA_OF_TYPE:
        yield f"| `{kind}` | `{stream_of_type(kind)}` | `{schema_file_of(kind)}` | {MEANING[kind]} |\n"
