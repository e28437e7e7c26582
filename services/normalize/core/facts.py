"""What is worked out once for a page before its features: sizes, prose, the headline's place, class words of elements."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.normalize.core.blocks import Element, PageBlock
from services.normalize.core.class_words import GROUP_NAMES, group_bit, group_mask
from services.normalize.core.page import Page
from services.normalize.core.page_hints import WIDE_LETTER, PageHints, read_hints, text_key
from services.normalize.core.phrases import JUNK_HEADING

CONTAINERS = ("article", "main", "aside", "nav", "footer", "header", "list", "figure", "table", "form", "blockquote",
              "section", "li", "dl", "articlebody")  # fmt: skip
CONTAINER_OF_TAG = {name: name for name in CONTAINERS} | {"ul": "list", "ol": "list", "figcaption": "figure"}
CONTAINER_BIT = {name: 1 << (len(GROUP_NAMES) + place) for place, name in enumerate(CONTAINERS)}
NEGATIVE_GROUPS = ("comments", "related", "teaser", "caption", "media", "byline", "tags", "navigation", "notice", "share",
                   "advert", "aside", "product")  # fmt: skip
NEGATIVE = sum(group_bit(name) for name in NEGATIVE_GROUPS)
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))

WIDE_SIZE = (
    1.5  # added for each Chinese, Japanese, Korean or Thai letter: it says what two and a half Latin ones say
)
PROSE_CHARS = 40
PROSE_LINKS = 0.4
LINK_SHARE = 0.9  # more of it in links, and short: navigation for certain, never a candidate
LINK_CHARS = 200
BIG_SHARE = 0.5  # a container of half the prose is not called `related` for its class: sites name the body so
HEADING_CHARS = 70
KEY_CHARS = 200
FAR = 20
NEVER = -5 * FAR


@dataclass(slots=True, eq=False)
class PageFacts:
    """One page, block by block (lists are in the order of the blocks) and as a whole.

    `sizes` are characters with wide letters counted more; `prose` blocks are long and hold few links; `keys` the first
    200 characters in lower case; `candidates` the indices of the blocks that the model judges; `after_junk_heading`
    the blocks since the last heading like "Related articles", negative once another heading has ended its part.
    """

    page: Page
    hints: PageHints
    sizes: list[float]
    link_shares: list[float]
    prose: list[bool]
    keys: list[str]
    candidates: list[int]
    headline_at: int
    headline_depths: dict[int, int]
    after_junk_heading: list[int]


def read_facts(page: Page) -> PageFacts:
    """Sum up the page, mark its elements, find its headline and choose the candidates."""
    blocks = page.blocks
    hints = read_hints(page)
    sizes = [_size(block.text) for block in blocks]
    links = [block.link_chars / len(block.text) for block in blocks]
    prose = [size > PROSE_CHARS and link < PROSE_LINKS for size, link in zip(sizes, links, strict=True)]
    keys = [block.text[:KEY_CHARS].lower() for block in blocks]
    _sum_elements(page.elements, blocks, sizes, prose)
    _mark_elements(
        page.elements, BIG_SHARE * sum(size for size, one in zip(sizes, prose, strict=True) if one)
    )
    headline_at = _headline_at(blocks, keys, sizes, hints)
    return PageFacts(
        page=page,
        hints=hints,
        sizes=sizes,
        link_shares=links,
        prose=prose,
        keys=keys,
        candidates=_candidates(page, links),
        headline_at=headline_at,
        headline_depths=_depths_above(blocks[headline_at].element if headline_at >= 0 else None),
        after_junk_heading=_junk_headings(blocks),
    )


def _size(text: str) -> float:
    return float(len(text)) if text.isascii() else len(text) + WIDE_SIZE * len(WIDE_LETTER.findall(text))


def _candidates(page: Page, links: list[float]) -> list[int]:
    """Every line of a dump, which shows no links; of a page what is more than a link or a single character."""
    if page.kind == "text":
        return list(range(len(page.blocks)))
    return [
        at
        for at, (block, link) in enumerate(zip(page.blocks, links, strict=True))
        if len(block.text) > 1 and (link < LINK_SHARE or len(block.text) >= LINK_CHARS)
    ]


def _sum_elements(
    elements: Sequence[Element], blocks: Sequence[PageBlock], sizes: list[float], prose: list[bool]
) -> None:
    for block, size, is_prose in zip(blocks, sizes, prose, strict=True):
        element = block.element
        element.blocks += 1
        element.link_chars += block.link_chars
        if is_prose:
            element.prose_chars += size
            element.prose_blocks += 1
    for element in reversed(elements):
        parent = element.parent
        if parent is not None:
            parent.blocks += element.blocks
            parent.link_chars += element.link_chars
            parent.prose_chars += element.prose_chars
            parent.prose_blocks += element.prose_blocks


def _mark_elements(elements: Sequence[Element], big: float) -> None:
    """Class-word masks from the root down; a container of most of the prose carries no negative word on."""
    for element in elements:
        mask = group_mask(element.names)
        if "articlebody" in element.names.lower():
            mask |= CONTAINER_BIT["articlebody"]
        container = CONTAINER_OF_TAG.get(element.tag)
        if container is not None:
            mask |= CONTAINER_BIT[container]
        element.flags = mask
        carried = mask & ~NEGATIVE if element.prose_chars > big else mask
        parent = element.parent
        if parent is None:
            element.far_flags, element.negative_distance = carried, 9
            continue
        element.far_flags = parent.far_flags | carried
        element.near_flags = carried
        element.negative_distance = 0 if carried & NEGATIVE else min(9, parent.negative_distance + 1)


def _headline_at(blocks: Sequence[PageBlock], keys: list[str], sizes: list[float], hints: PageHints) -> int:
    """The block that is the page's headline: an h1 that the head names, else any block it names, else the only h1."""
    headings = [place for place, block in enumerate(blocks) if block.tag == "h1"]
    for place in headings:
        if text_key(keys[place]) in hints.headlines:
            return place
    for place in headings:
        key = text_key(keys[place])
        if len(key) > 8 and key in hints.title:
            return place
    for place, key in enumerate(keys):
        if len(key) > 8 and sizes[place] < 250 and text_key(key) in hints.headlines:
            return place
    return headings[0] if len(headings) == 1 else -1


def _depths_above(element: Element | None) -> dict[int, int]:
    depths: dict[int, int] = {}
    while element is not None:
        depths[element.index] = len(depths)
        element = element.parent
    return depths


def _junk_headings(blocks: Sequence[PageBlock]) -> list[int]:
    distances = []
    last, ended = NEVER, True
    for place, block in enumerate(blocks):
        text = block.text
        if len(text) < HEADING_CHARS:
            heading = block.element.tag in HEADINGS
            if (heading or text[-1] not in ".!?。,") and JUNK_HEADING.match(text):
                last, ended = place, False
            elif heading:
                ended = True
        distance = min(FAR, place - last)
        distances.append(-distance - 1 if ended else distance)
    return distances
