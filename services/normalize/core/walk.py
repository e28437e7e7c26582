"""One walk over the parsed page that cuts its text into blocks; no text stands in two of them, none is lost."""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.normalize.core.blocks import UNNUMBERED, BlockKind, Element, PageBlock

TEXT_NODE = 2
HIDING_STYLE = re.compile(r"display\s*:\s*none")
MAX_DEPTH = 250  # deeper text is taken whole as one block: a page that deep is broken or hostile
MAX_BLOCKS = 6_000  # several times the largest real page seen; what follows is taken whole as one last block
LONG_LINK = 1_500  # characters; a link that long is an unclosed <a> around the body, not a teaser

SKIPPED_TAGS = (
    "script style noscript iframe svg template select option button textarea object video audio canvas map math "
    "input source img wbr link meta head title"
)
SKIPPED = frozenset(SKIPPED_TAGS.split())
INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr picture q rb rp rt ruby s "
    "samp small span strike strong sub sup time tt u var"
)
INLINE = frozenset(INLINE_TAGS.split())
TELLING_INLINE = frozenset(("a", "span", "time"))
NAMING = ("itemprop", "role", "data-component", "data-testid", "data-type")
"""Attributes that name an element's part on the page, besides class and id."""

KIND_OF_TAG: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("td", "th"), "table_cell"),
    "blockquote": "quotation",
    "figcaption": "caption",
    "caption": "caption",
    "pre": "preformatted",
}


def cut_blocks(tree: LexborHTMLParser) -> tuple[list[Element], list[PageBlock]]:
    """Elements in document order (the root first) and the blocks of the page's body."""
    walk = _Walk()
    body = tree.body or tree.root
    if body is not None:
        walk.into(body, walk.root, False, 0)
        walk.flush(walk.root, last=True)
    return walk.elements, walk.blocks


class _Walk:
    """The state of the walk: what has been cut, and the text gathered since the last block boundary."""

    __slots__ = ("articles", "blocks", "breaks", "datetime", "elements", "inline_names", "link_chars", "links",
                 "parts", "root", "shapes")  # fmt: skip

    def __init__(self) -> None:
        self.root = Element(None, "body", "")
        self.root.number(0, 0, 0)
        self.elements = [self.root]
        self.blocks: list[PageBlock] = []
        self.parts: list[str] = []
        self.inline_names: list[str] = []
        self.datetime: str | None = None
        self.link_chars = self.links = self.breaks = self.articles = 0
        self.shapes: dict[tuple[int, str], int] = {}

    def into(self, node: LexborNode, element: Element, in_link: bool, depth: int) -> None:
        """Take the children of `node`, whose nearest block-level element is `element`."""
        if depth > MAX_DEPTH:
            self._take_whole(node)
            return
        parts = self.parts
        child = node.first_child
        while child is not None:
            if child.tag_id == TEXT_NODE:
                text = child.text_content
                if text and (not self.breaks or self._after_break(text, element)):
                    if in_link:
                        self.link_chars += len(text)
                    parts.append(text)
            elif child.is_element_node:
                tag = child.tag or ""
                if tag in INLINE:
                    if child.first_child is not None:
                        linked = self._inline(child, tag, in_link) if tag in TELLING_INLINE else in_link
                        self.into(child, element, linked, depth + 1)
                elif tag == "br":
                    self.breaks += 1
                    parts.append("\n\x00")
                elif tag not in SKIPPED:
                    if parts:
                        self.flush(element)
                    if child.first_child is not None:
                        self._block_level(child, tag, element, in_link, depth)
            child = child.next

    def _after_break(self, text: str, element: Element) -> bool:
        """Whether the text after `<br>` counts; two breaks in a row end the block."""
        if text.isspace():
            return False
        if self.breaks >= 2:
            self.flush(element)
        self.breaks = 0
        return True

    def _inline(self, node: LexborNode, tag: str, in_link: bool) -> bool:
        """Note what an inline element tells; whether its text stands in a link."""
        attributes = node.attributes
        if tag == "a":
            if not in_link and "href" in attributes and len(node.text()) < LONG_LINK:
                self.links += 1
                return True
            return in_link
        names = attributes.get("class")
        if names and len(self.inline_names) < 3:
            self.inline_names.append(names)
        if self.datetime is None and "datetime" in attributes:
            self.datetime = attributes["datetime"]
        return in_link

    def _block_level(self, node: LexborNode, tag: str, parent: Element, in_link: bool, depth: int) -> None:
        attributes = node.attributes
        element = Element(parent, tag, (attributes.get("class") or "")[:200])
        if attributes:
            _read_attributes(element, attributes)
        self.into(node, element, in_link, depth + 1)
        if self.parts:
            self.flush(element)

    def _take_whole(self, node: LexborNode) -> None:
        """The text below `node` without cutting it; scripts are left out as everywhere."""
        for below in node.traverse(include_text=True):
            if below.tag_id == TEXT_NODE and (below.parent is None or below.parent.tag not in SKIPPED):
                self.parts += (below.text_content or "", " ")

    def flush(self, element: Element, *, last: bool = False) -> None:
        """End the block: what was gathered becomes one, if it holds any text."""
        if len(self.blocks) >= MAX_BLOCKS and not last:
            self.parts.append(" ")
            return
        text = "".join(self.parts)
        if "\x00" in text:
            text = "\n".join(line for line in (" ".join(one.split()) for one in text.split("\n\x00")) if line)
        else:
            text = " ".join(text.split())
        if text:
            if element.index == UNNUMBERED:
                self._number(element)
            block = PageBlock(
                len(self.blocks),
                text,
                _kind_in(element),
                element,
                min(self.link_chars, len(text)),
                self.links,
            )
            if self.inline_names or self.datetime:
                block.inline_names, block.datetime = tuple(self.inline_names), self.datetime
            self.blocks.append(block)
        self.parts.clear()
        self.inline_names.clear()
        self.datetime = None
        self.link_chars = self.links = self.breaks = 0

    def _number(self, element: Element) -> None:
        """Number the element and those around it: they hold text. Parents come before their children."""
        parent = element.parent or self.root
        if parent.index == UNNUMBERED:
            self._number(parent)
        article = parent.article
        if element.tag == "article":
            self.articles += 1
            article = self.articles
        shape = self.shapes.setdefault((parent.shape, element.own), len(self.shapes) + 1)
        element.number(len(self.elements), shape, article)
        self.elements.append(element)


def _read_attributes(element: Element, attributes: dict[str, Any]) -> None:
    classes = element.names
    if classes:
        element.own = f"{element.tag}.{classes[:60]}"
        if len(attributes) == 1:
            return
    identity = attributes.get("id")
    if identity:
        element.names += " " + identity[:100]
    for name in NAMING:
        value = attributes.get(name)
        if value:
            element.names += " " + value[:100]
    style = attributes.get("style") or ""
    if (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (style and HIDING_STYLE.search(style))
    ):
        element.hidden = True


def _kind_in(element: Element) -> BlockKind:
    """The kind by the nearest element that names one, three levels up at most: `<li><p>` is a list item."""
    here: Element | None = element
    for _ in range(3):
        if here is None:
            break
        kind = KIND_OF_TAG.get(here.tag)
        if kind is not None:
            return kind
        here = here.parent
    return "paragraph"
