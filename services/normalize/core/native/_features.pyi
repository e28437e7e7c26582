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
def second_features_of_page(
    blocks: Any,
    candidates: Any,
    elements: Any,
    scores: Any,
    chances: Any,
    total: float,
    best: float,
    top: float,
    /,
) -> bytearray: ...
