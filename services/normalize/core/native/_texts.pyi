"""The compiled reading of texts; what it does is told in _texts.c."""

from collections.abc import Callable
from typing import Any

EDITION: int

def bind(beginnings: dict[str, int], /) -> None: ...
def keys_of(texts: list[str], /) -> tuple[list[str], bytearray]: ...
def find_words(
    texts: list[str], groups: tuple[frozenset[bytes], ...], own: frozenset[bytes], /
) -> bytearray: ...
def said_by_head(
    keys: list[str],
    sizes: Any,
    judged: Any,
    headlines: frozenset[str],
    title: str,
    description: str,
    body: str,
    text_key: Callable[[str], str],
    /,
) -> bytearray: ...
