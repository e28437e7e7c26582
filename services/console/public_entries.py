"""Entries of the public streams as the command prints them: JSON for programs, a line for people."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.contracts.events import parse_event
from services.contracts.messages import CleanArticle, StoryChange, WithdrawnArticle

Fields = Mapping[Any, Any]


def entry_object(entry_id: str, fields: Fields) -> dict[str, Any]:
    """The entry as one object: the CloudEvents attributes, `data` opened, and `entryid`, its place in the stream."""
    plain = {text_of(name): text_of(value) for name, value in fields.items()}
    return {**plain, "data": _opened(plain.get("data", "")), "entryid": entry_id}


def entry_json(entry_id: str, fields: Fields) -> str:
    """`entry_object` as one line of JSON."""
    return json.dumps(entry_object(entry_id, fields), ensure_ascii=False, separators=(",", ":"))


def entry_line(entry_id: str, fields: Fields) -> str:
    """The entry as one line for people: when, what happened, who, which article."""
    try:
        event, body = parse_event(fields)
    except ValueError as error:
        return f"{_clock(entry_id)}  {'?':<17}  {entry_id}: {error}"
    happened = event.type.removeprefix("cleanwire.").removesuffix(".v1")
    return f"{_clock(entry_id)}  {happened:<17}  {_told(body)}"


def _told(body: object) -> str:
    match body:
        case CleanArticle():
            return f"{body.outlet}: {body.title or body.url}  (revision {body.revision}, {len(body.text.split())} words)"
        case WithdrawnArticle():
            return f"{body.outlet}: {body.url}  (revision {body.revision}) {body.reason}"
        case StoryChange():
            named = body.title or body.url or body.article_id or ""
            return f"{body.outlet or ''}: {named}  (story {body.story_id or '-'})".removeprefix(": ")
    return ""


def _opened(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data


def _clock(entry_id: str) -> str:
    return f"{datetime.fromtimestamp(int(entry_id.partition('-')[0]) / 1_000, UTC):%Y-%m-%d %H:%M:%S}"


def text_of(value: str | bytes) -> str:
    """A field's name or value as text; bytes that are no UTF-8 show as such."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
