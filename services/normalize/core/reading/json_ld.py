"""JSON-LD as a flat list of objects, bounded against bombs. Which object says what is not decided here."""

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

MAX_SCRIPT_CHARS = 2_000_000
MAX_OBJECTS = 2_000
ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F]|00[01])|\x00")
WRAPPING = re.compile(
    r"<!--|-->|(?:(?://|/\*)\s{0,20})?<!\[CDATA\[(?:\s{0,20}\*/)?|(?:(?://|/\*)\s{0,20})?\]\]>(?:\s{0,20}\*/)?"
)
"""It begins with a mark, never with blanks: a megabyte of them would be tried at every place."""
DANGLING = re.compile(r",\s*([}\]])")
CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32)), " ")


def read_json_ld(scripts: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """All objects of the page's JSON-LD scripts, outermost first, `@graph` and nested ones included.

    Broken scripts are skipped; at most 2,000 objects and 2 million characters are read.
    """
    objects: list[dict[str, Any]] = []
    budget = MAX_SCRIPT_CHARS
    for source in scripts:
        budget -= len(source)
        if budget < 0 or len(objects) >= MAX_OBJECTS:
            break
        _flatten(_parsed(source), objects)
    return tuple(objects)


def _parsed(source: str) -> Any:
    """The script's value; of a broken one what it is without the usual wrapping, None if that is broken too."""
    try:
        value = from_json(source)  # strict, a tenth of the cost of `json`, which has the last word
    except ValueError:
        return _parsed_leniently(source)
    return _writable(value) if ESCAPED.search(source) else value


def _parsed_leniently(source: str) -> Any:
    for text in (source, _unwrapped(source)):
        try:
            value = json.loads(text, strict=False)
            return _writable(value) if ESCAPED.search(text) else value
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(source: str) -> str:
    """Without comment and CDATA marks around it, a semicolon behind it, and commas that nothing follows."""
    return DANGLING.sub(r"\1", WRAPPING.sub("", source).strip().rstrip(";"))


def _writable(value: Any) -> Any:
    """Texts without zeros and without half a pair of surrogates: no database and no stream would take them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(CONTROLS)
    if isinstance(value, dict):
        return {_writable(key): _writable(one) for key, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list) else value


def _flatten(value: Any, objects: list[dict[str, Any]]) -> None:
    level = [value]
    while level and len(objects) < MAX_OBJECTS:
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                objects.append(one)
                below += [inner for inner in one.values() if isinstance(inner, dict | list)]
            elif isinstance(one, list):
                below += [inner for inner in one if isinstance(inner, dict | list)]
        level = below[: MAX_OBJECTS * 4]
    del objects[MAX_OBJECTS:]
