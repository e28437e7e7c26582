"""AsyncAPI 3 of the public streams: FastStream describes channels and payloads, we add attributes and examples."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from faststream.redis import RedisBroker, StreamSub
from faststream.specification import AsyncAPI
from faststream.specification.schema.extra import License

from services.contracts.events import CONTENT_TYPE, DATA_OF_TYPE, SOURCE, SPEC_VERSION, stream_of_type
from services.contracts.streams import PUBLIC_STREAMS
from services.contracts.versions import CONTRACT_VERSION, VERSIONS

MEANING = {
    "cleanwire.article.published.v1": "A distinct article, for the first time.",
    "cleanwire.article.revised.v1": "A later state of an article: it replaces every lower revision of its subject.",
    "cleanwire.article.withdrawn.v1": "The article's text is gone: remove it. Carries no text.",
    "cleanwire.story.joined.v1": "An article joined a story (perhaps as its first).",
    "cleanwire.story.moved.v1": "An article left one story for another.",
    "cleanwire.story.merged.v1": "A story was taken up by another; its id ends.",
    "cleanwire.story.split.v1": "A story lost members to a new one.",
    "cleanwire.group.copy_seen.v1": "Another outlet carries the same text.",
    "cleanwire.group.canonical_changed.v1": "An earlier original came to light: the group's canonical id changed.",
    "cleanwire.group.merged.v1": "Two groups of copies turned out to be one.",
}

ATTRIBUTES: dict[str, Any] = {
    "specversion": {"type": "string", "const": SPEC_VERSION},
    "id": {"type": "string", "description": "The deduplication key: ignore an id you have handled."},
    "type": {"type": "string"},
    "source": {"type": "string", "const": SOURCE},
    "time": {"type": "string", "format": "date-time", "description": "When the store decided, in UTC."},
    "subject": {
        "type": "string",
        "description": "The canonical id; of a story that merged or split, its id.",
    },
    "datacontenttype": {"type": "string", "const": CONTENT_TYPE},
    "dataschema": {"type": "string"},
    "traceparent": {"type": "string", "description": "W3C trace context; may be absent."},
}
OPTIONAL = frozenset({"traceparent"})


def asyncapi_text() -> str:
    """The whole document as indented JSON."""
    document = json.loads(_as_faststream_sees_it())
    document["components"]["messages"] = {}
    for stream in PUBLIC_STREAMS:
        _describe_channel(document, stream.name)
    # FastStream keeps its publishers in a set: their order is another one in each process.
    for part in (document["channels"], document["operations"], document["components"]["schemas"]):
        ordered = dict(sorted(part.items()))
        part.clear()
        part.update(ordered)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _as_faststream_sees_it() -> str:
    broker = RedisBroker("redis://127.0.0.1:6379")
    for stream in PUBLIC_STREAMS:
        models = {
            model.__name__: model
            for kind, model in DATA_OF_TYPE.items()
            if stream_of_type(kind) == stream.name
        }
        schema: Any = None
        for model in models.values():
            schema = model if schema is None else schema | model
        broker.publisher(
            stream=StreamSub(stream.name), title=stream.name, description=stream.carries, schema=schema
        )
    specification = AsyncAPI(
        broker,
        title="Cleanwire, the public streams",
        version=CONTRACT_VERSION,
        schema_version="3.0.0",
        description=(
            "Redis streams. Each entry carries CloudEvents 1.0 attributes as plain fields (here: headers) and one more "
            "field, `data`, with JSON (here: payload). Readers ignore fields and event types they do not know."
        ),
        license=License(name="Apache-2.0"),
    )
    return specification.to_specification().to_json()


def _describe_channel(document: dict[str, Any], stream: str) -> None:
    messages = {_short(kind): _message(kind) for kind in DATA_OF_TYPE if stream_of_type(kind) == stream}
    document["components"]["messages"] |= messages
    channel = document["channels"][stream]
    channel["messages"] = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    document["operations"][stream]["messages"] = [
        {"$ref": f"#/channels/{stream}/messages/{name}"} for name in messages
    ]


def _message(kind: str) -> dict[str, Any]:
    model = DATA_OF_TYPE[kind]
    return {
        "name": kind,
        "title": _short(kind),
        "summary": MEANING[kind],
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": ATTRIBUTES | {"type": {"type": "string", "const": kind}},
            "required": [name for name in ATTRIBUTES if name not in OPTIONAL],
        },
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": list(_examples(kind)),
    }


def _examples(kind: str) -> Iterator[dict[str, Any]]:
    """The real entry of this type that the contract ships."""
    entry = json.loads(
        (files("services.contracts") / "examples" / "entries" / f"{_short(kind)}.v1.json").read_text()
    )
    payload = json.loads(entry.pop("data"))
    yield {"name": _short(kind), "headers": entry, "payload": payload}


def _short(kind: str) -> str:
    return kind.removeprefix("cleanwire.").removesuffix(".v1")


def schema_file_of(kind: str) -> str:
    """The file name of the newest schema of an event type's data."""
    return next(row.path.name for row in VERSIONS if kind in row.event_types)
