"""The compiled features of both passes; what it does is told in _features.c."""

from typing import Any

EDITION: int

def first_features(
    blocks: Any,
    words: Any,
    said: Any,
    junk: Any,
    candidates: Any,
    elements: Any,
    headline_at: int,
    negative: int,
    /,
) -> bytearray: ...
def second_features(arrays: dict[str, Any], /) -> bytearray: ...
