"""Patching a dead letter's body before it is put back: JSON merge patch (RFC 7396) inside its envelope."""

import json
from collections.abc import Mapping
from typing import Any

from services.contracts.failures import Unprocessable

from .envelope import DATA_KEY, body_of_plain, seal, unseal


def body_of(fields: Mapping[bytes, bytes]) -> Any:
    """The body of an entry as JSON values. Raises Unprocessable where it has none that can be read."""
    body, _ = _opened(fields)
    try:
        return json.loads(body)
    except ValueError as error:
        raise Unprocessable(f"body is not JSON: {error}") from None


def patched_fields(fields: Mapping[bytes, bytes], patch: Any) -> dict[bytes, bytes]:
    """The same entry with `patch` merged into its body; every other field and all headers stay. Raises Unprocessable."""
    body = merge_patch(body_of(fields), patch)
    _, headers = _opened(fields)
    sealed = seal(json.dumps(body, ensure_ascii=False), headers).encode("utf-8", "surrogatepass")
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
