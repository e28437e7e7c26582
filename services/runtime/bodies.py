"""An entry's body as JSON values: to look into it, and to patch a dead letter before it is put back."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from services.contracts.failures import Unprocessable

from .delivery.entry import Entry
from .envelope import DATA_KEY, body_of_plain, parse_body, seal, unseal


def body_of(fields: Mapping[bytes, bytes]) -> Any:
    """The body of an entry as JSON values. Raises Unprocessable where it has none that can be read."""
    body, _ = _opened(fields)
    return parse_body(body)


def origin_of(entry: Entry) -> str:
    """The host whose URL the message carries, as the breaker tells hosts apart; `unreadable` where it carries none."""
    try:
        body = body_of(entry.fields)
        host = (
            urlsplit(str(body.get("final_url") or body.get("url"))).hostname
            if isinstance(body, dict)
            else None
        )
    except (Unprocessable, ValueError):
        return "unreadable"
    return host or "unreadable"


def patched_fields(fields: Mapping[bytes, bytes], patch: Any) -> dict[bytes, bytes]:
    """The same entry with `patch` merged into its body; every other field and all headers stay. Raises Unprocessable."""
    body = merge_patch(body_of(fields), patch)
    _, headers = _opened(fields)
    sealed = seal(json.dumps(body, ensure_ascii=False), headers)
    others = (
        {} if DATA_KEY not in fields else {name: value for name, value in fields.items() if name != DATA_KEY}
    )
    return {DATA_KEY: sealed, **others}


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396: objects are merged, null removes a member, anything else replaces.

    >>> merge_patch({"url": "a", "kind": "feed"}, {"url": "b", "kind": None})
    {'url': 'b'}
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _opened(fields: Mapping[bytes, bytes]) -> tuple[bytes, dict[str, str]]:
    return unseal(fields[DATA_KEY]) if DATA_KEY in fields else (body_of_plain(fields), {})
