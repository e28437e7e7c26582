"""The blocks of a page and the elements they lie in: what the engine judges. Cutting them out is in walk.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal[
    "paragraph", "heading", "list_item", "quotation", "caption", "table_cell", "preformatted", "line"
]


UNNUMBERED = -1


class Element:
    """One block-level element on the way from the page's root to a block, with the facts read from it once.

    `own` is the tag with its class attribute, `shape` the number of its class path (three levels), equal for equal
    paths; `names` are class, id, role and the like in one string; `alike` counts the children by their `own`. Flags and
    sums are filled in by facts.py.
    """

    __slots__ = (
        "alike",
        "article",
        "blocks",
        "depth",
        "far_flags",
        "flags",
        "hidden",
        "index",
        "link_chars",
        "names",
        "near_flags",
        "negative_distance",
        "own",
        "parent",
        "prose_blocks",
        "prose_chars",
        "shape",
        "tag",
    )  # fmt: skip

    parent: Element | None
    tag: str
    names: str
    own: str
    index: int
    depth: int
    shape: int
    flags: int
    near_flags: int
    far_flags: int
    hidden: bool
    article: int
    alike: dict[str, int]
    blocks: int
    prose_blocks: int
    prose_chars: float
    link_chars: int
    negative_distance: int

    def __init__(self, parent: Element | None, tag: str, names: str) -> None:
        self.parent = parent
        self.tag = tag
        self.names = names
        self.own = tag
        self.index = UNNUMBERED
        self.hidden = parent is not None and parent.hidden

    def number(self, index: int, shape: int, article: int) -> None:
        """Give the element its place among those that hold text; only these take part in sums."""
        parent = self.parent
        self.index, self.shape, self.article = index, shape, article
        self.depth = 0 if parent is None else parent.depth + 1
        self.alike = {}
        if parent is not None:
            parent.alike[self.own] = parent.alike.get(self.own, 0) + 1
        self.flags = self.near_flags = self.far_flags = 0
        self.blocks = self.prose_blocks = self.link_chars = self.negative_distance = 0
        self.prose_chars = 0.0

    def path(self) -> str:
        """The element's place as people read it: `body>main>div.story>p.lead`."""
        parts: list[str] = []
        element: Element | None = self
        while element is not None:
            parts.append(element.own)
            element = element.parent
        return ">".join(reversed(parts))


@dataclass(slots=True, eq=False)
class PageBlock:
    """A piece of the page's text between two block boundaries, with its place.

    `text` has single blanks; a line break inside it is one of the page's own (`<br>`). `inline_names` are the classes
    of the first inline elements in it, `datetime` the attribute of the first `<time>`; `blank_lines` stand before the
    line in a text dump, `indent` is its indentation.
    """

    index: int
    text: str
    kind: BlockKind
    element: Element
    link_chars: int = 0
    links: int = 0
    inline_names: tuple[str, ...] = ()
    datetime: str | None = None
    blank_lines: int = 0
    indent: int = 0

    @property
    def tag(self) -> str:
        """The tag of the element the text stands in; `body` for a line of a dump."""
        return self.element.tag

    @property
    def classes(self) -> str:
        """Class, id, role and the like of the element and of the inline elements in it, in one string."""
        return " ".join((self.element.names, *self.inline_names)).strip()

    @property
    def path(self) -> str:
        """The place as people read it: `body>main>div.story>p.lead`."""
        return self.element.path()

    @property
    def link_density(self) -> float:
        """Share of the text that stands in links, 0 to 1."""
        return min(1.0, self.link_chars / max(1, len(self.text)))
