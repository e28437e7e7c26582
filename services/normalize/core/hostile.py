"""Markup on which the parser would take minutes: its cost grows with the square of nesting and of attributes in a tag."""

import re

from services.normalize.core.rejections import Rejection

MANY_TAGS = 15_000  # fewer cannot nest deep enough to matter
MAX_NESTING = 12_000  # the parser takes 0.1 s for 10,000 levels, 100 s for 200,000
MAX_ATTRIBUTES = 5_000  # in one tag; the parser takes 14 s for 100,000
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.I)
LONG_TAG = 20_000  # characters; fewer hold too few attributes to matter
UNNESTED = frozenset(
    ("br", "img", "meta", "link", "input", "hr", "source", "wbr", "p", "li", "option", "td", "tr", "th")
)
"""Tags without an end, or closed by the next of their kind."""


def refuse_hostile(text: str) -> Rejection | None:
    """A Rejection for markup made to be slow, before it is parsed."""
    parts = text.split("<")
    for part in parts:
        if len(part) > LONG_TAG and part[0].isalpha() and part.partition(">")[0].count("=") > MAX_ATTRIBUTES:
            return Rejection("not an article", f"a tag with more than {MAX_ATTRIBUTES:,} attributes")
    if len(parts) > MANY_TAGS and _nesting(text) > MAX_NESTING:
        return Rejection("not an article", f"tags nested more than {MAX_NESTING:,} deep")
    return None


def _nesting(text: str) -> int:
    depth = deepest = 0
    for end, name in TAG.findall(text):
        if name.lower() in UNNESTED:
            continue
        depth += -1 if end else 1
        deepest = max(deepest, depth)
    return deepest
