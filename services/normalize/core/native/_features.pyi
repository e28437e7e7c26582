"""The compiled features of both passes; what it does is told in _features.c."""

from typing import Any

EDITION: int

def first_features(arrays: dict[str, Any], /) -> bytearray: ...
def second_features(arrays: dict[str, Any], /) -> bytearray: ...
