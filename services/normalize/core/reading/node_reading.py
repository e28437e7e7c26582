"""What an element's node tells: its tag, its names, whether it is hidden, the kind of the blocks in it."""

import re
from typing import Any

from services.normalize.core.reading.blocks import BlockKind, Element
from services.normalize.core.reading.tags import KIND_OF_TAG

HIDING_STYLE = re.compile(r"display\s*:\s*none")
NAMING = ("itemprop", "role", "data-component", "data-testid", "data-type")
"""Attributes that name an element's part on the page, besides class and id."""


def read_node(element: Element, parent: Element) -> str:
    """Take from the element's node what the features will ask for; its tag with its class attribute."""
    node = element.node
    assert node is not None
    element.node = None
    element.tag = own = node.tag or ""
    element.hidden = parent.hidden
    attributes = node.attributes
    if not attributes:
        element.names, element.own = "", own
        return own
    names = attributes.get("class") or ""
    if names:
        names = names[:200]
        own = f"{own}.{names[:60]}"
    if len(attributes) > bool(names):
        names += _other_names(attributes)
        if not element.hidden:
            element.hidden = _hides(attributes)
    element.names, element.own = names, own
    return own


def _other_names(attributes: dict[str, Any]) -> str:
    found = [attributes.get("id")]
    found += [attributes[name] for name in NAMING if name in attributes]
    return "".join(f" {one[:100]}" for one in found if one)


def _hides(attributes: dict[str, Any]) -> bool:
    style = attributes.get("style") or ""
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (style != "" and HIDING_STYLE.search(style) is not None)
    )


def kind_around(element: Element) -> BlockKind:
    """The kind by the nearest element above that names one, two levels up at most: `<li><p>` is a list item."""
    above = element.parent
    for _ in range(2):
        if above is None:
            break
        kind = KIND_OF_TAG.get(above.tag)
        if kind is not None:
            return kind
        above = above.parent
    return "paragraph"
