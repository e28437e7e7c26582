"""Features of the elements around a block: what they are called, how much of the prose they hold, how often they recur."""

from operator import attrgetter
from typing import Any

import numpy as np

from services.normalize.core.blocks import Element
from services.normalize.core.class_words import GROUP_NAMES, group_mask
from services.normalize.core.facts import CONTAINERS, NEGATIVE, PageFacts
from services.normalize.core.text_columns import TERMINAL, Columns

TAGS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "dd", "dt", "figcaption", "div",
        "section", "article")  # fmt: skip
OTHER_TAG = len(TAGS)
TAG_PLACE = {name: place for place, name in enumerate(TAGS)} | {"th": TAGS.index("td")}
TEXT_TAGS = 14  # the first of TAGS hold text themselves; the others are containers that may
LIST_TAGS = frozenset(("li", "dt", "dd"))
GROUPS = len(GROUP_NAMES)
ATTRIBUTES = ("prose_blocks", "link_chars", "blocks", "shape", "article", "depth", "hidden",
              "negative_distance", "flags", "near_flags", "far_flags")  # fmt: skip


ATTRIBUTES_OF = attrgetter(*ATTRIBUTES)


class Tree:
    """The page's elements as arrays, in document order, and each candidate's chain of elements upwards.

    `chain[level]` holds for each candidate the number of its element `level` steps up; the root is its own parent.
    """

    def __init__(self, facts: PageFacts) -> None:
        elements = facts.page.elements
        self.parent = np.array([one.parent.index if one.parent is not None else 0 for one in elements])
        self.siblings = np.array([_siblings(one) for one in elements], dtype=np.float64)
        table = np.array([ATTRIBUTES_OF(one) for one in elements], dtype=np.int64).T
        for name, column in zip(ATTRIBUTES, table, strict=True):
            setattr(self, name, column)
        self.prose_chars = np.array([one.prose_chars for one in elements])
        blocks = facts.page.blocks
        chain = [np.array([blocks[place].element.index for place in facts.candidates], dtype=np.int64)]
        for _ in range(4):
            chain.append(self.parent[chain[-1]])
        self.chain = chain

    prose_chars: Any
    prose_blocks: Any
    link_chars: Any
    blocks: Any
    shape: Any
    article: Any
    depth: Any
    hidden: Any
    negative_distance: Any
    flags: Any
    near_flags: Any
    far_flags: Any


def _siblings(element: Element) -> int:
    """How many children of the element's parent are alike, itself included."""
    parent = element.parent
    return parent.alike.get(element.own, 1) if parent is not None else 1


def name_columns(facts: PageFacts, tree: Tree, distances: tuple[Any, Any], size: Any, links: Any) -> Columns:
    """What the block's element and those around it are called: tags, containers, groups of class words."""
    blocks = facts.page.blocks
    own, parent, above, top = (tree.chain[level] for level in range(4))
    tags = np.array([TAG_PLACE.get(blocks[place].element.tag, OTHER_TAG) for place in facts.candidates])
    inline = np.array(
        [_inline_mask(blocks[place].inline_names) for place in facts.candidates], dtype=np.int64
    )
    distance = tree.negative_distance[own]
    columns: Columns = {f"tag_{name}": tags == place for place, name in enumerate((*TAGS, "other"))}
    columns |= {f"negative_{most}": distance <= most for most in (0, 1, 2, 4)}
    columns |= {
        "depth": np.minimum(tree.depth[own], 30) / 10,
        "hidden": tree.hidden[own],
        "inline_negative": (inline & NEGATIVE) > 0,
    }
    columns |= _bits("own", tree.flags[own] | inline)
    columns |= _bits("near", tree.near_flags[parent] | tree.near_flags[above])
    columns |= _bits("far", np.where(above > 0, tree.far_flags[top], 0))
    carried = tree.far_flags[own] >> GROUPS
    columns |= {f"in_{name}": (carried >> place) & 1 for place, name in enumerate(CONTAINERS)}
    return columns | _tag_and_length(tags, distances, size, links)


def _inline_mask(names: tuple[str, ...]) -> int:
    mask = 0
    for one in names:
        mask |= group_mask(one)
    return mask


def _bits(scope: str, masks: Any) -> Columns:
    return {f"{scope}_{name}": (masks >> place) & 1 for place, name in enumerate(GROUP_NAMES)}


def _tag_and_length(tags: Any, distances: tuple[Any, Any], size: Any, links: Any) -> Columns:
    """Tags mean different things for long and short, linked and plain text."""
    item = np.isin(tags, [TAG_PLACE[name] for name in LIST_TAGS])
    paragraph, heading, container = tags == 0, (tags >= 2) & (tags <= 6), tags >= TEXT_TAGS
    since, until = distances
    plain = links < 0.3
    return {
        "li_linked": item & (links > 0.5),
        "li_plain": item & (links < 0.1),
        "li_short": item & (size < 40),
        "heading_linked": heading & (links > 0.5),
        "heading_in_prose": heading & (since < 2) & (until < 2),
        "heading_no_prose_after": heading & (until > 1),
        "p_prose": paragraph & (size > 60) & plain,
        "p_short": paragraph & (size < 60),
        "div_short": container & (size < 60),
        "div_prose": container & (size >= 60) & plain,
        "p_linked": paragraph & (links > 0.8),
    }


def share_columns(facts: PageFacts, tree: Tree, at: Any) -> Columns:
    """How much of the page's prose stands in each container around the block, and how often the container recurs."""
    prose = tree.prose_chars[0] or 1.0
    tags = np.array(
        [TAG_PLACE.get(facts.page.blocks[place].element.tag, OTHER_TAG) for place in facts.candidates]
    )
    own_text = tags < TEXT_TAGS
    columns: Columns = {}
    for level in range(4):
        one = np.where(own_text, tree.chain[level + 1], tree.chain[level])
        chars, linked = tree.prose_chars[one], tree.link_chars[one]
        columns |= {
            f"share_{level}": chars / prose,
            f"log_prose_blocks_{level}": np.log1p(tree.prose_blocks[one]),
            f"links_{level}": linked / (chars + linked + 1),
        }
    columns |= _shape_columns(facts, tree, at)
    for level in range(4):
        columns |= _alike_columns(tree, level)
    return columns


def _shape_columns(facts: PageFacts, tree: Tree, at: Any) -> Columns:
    """The blocks under one class path: number, length, links, how many end a sentence; neighbours of the same path."""
    blocks, sizes = facts.page.blocks, np.array(facts.sizes)
    index = np.array([block.element.index for block in blocks])
    shapes, parents = tree.shape[index], tree.parent[index]
    number = np.bincount(shapes)
    chars = np.bincount(shapes, sizes)
    linked = np.bincount(shapes, [block.link_chars for block in blocks])
    ends = np.bincount(shapes, [block.text[-1] in TERMINAL for block in blocks])
    own = shapes[at]
    mean = chars[own] / number[own]
    before, after = np.maximum(0, at - 1), np.minimum(len(blocks) - 1, at + 1)
    first, last = at == 0, at == len(blocks) - 1
    return {
        "shape_log_count": np.log1p(number[own]),
        "shape_mean_chars": np.where(mean < 1000, mean / 200, 5.0),
        "shape_links": linked[own] / (chars[own] + 1),
        "shape_share": chars[own] / (sizes.sum() or 1.0),
        "shape_sentences": ends[own] / number[own],
        "container_log_blocks": np.log1p(tree.blocks[tree.chain[1]]),
        "same_parent_before": ~first & (parents[before] == parents[at]),
        "same_shape_before": ~first & (shapes[before] == own),
        "same_parent_after": ~last & (parents[after] == parents[at]),
        "same_shape_after": ~last & (shapes[after] == own),
    }


def _alike_columns(tree: Tree, level: int) -> Columns:
    """Elements of one class path over the whole page: teasers come many alike, each with little prose and a link."""
    number = np.bincount(tree.shape)
    chars = np.bincount(tree.shape, tree.prose_chars)
    blocks = np.bincount(tree.shape, tree.prose_blocks)
    linked = np.bincount(tree.shape, tree.link_chars)
    one = tree.chain[level]
    shape = tree.shape[one]
    alike = number[shape]
    several = alike > 1
    each = np.where(several, np.minimum(4.0, blocks[shape] / np.maximum(1, alike)), 0.0)
    share = np.where(several, linked[shape] / (chars[shape] + linked[shape] + 1), 0.0)
    return {
        f"siblings_{level}": np.log1p(tree.siblings[one] - 1),
        f"alike_{level}": np.where(several, np.log1p(np.maximum(0, alike - 1)), 0.0),
        f"alike_prose_{level}": each,
        f"alike_links_{level}": share,
        f"teaser_list_{level}": (alike > 2) & (each <= 1.5) & (share > 0.1),
    }


def headline_columns(facts: PageFacts, tree: Tree, size: Any, links: Any) -> Columns:
    """Where the block stands in the tree as seen from the headline, and in which `<article>`."""
    own, articles = tree.chain[0], tree.article
    only, article = articles.max() == 1, articles[own]
    found = facts.headline_at >= 0
    up, anchor = (
        _ways_to_headline(facts)
        if found
        else (np.zeros(len(articles)), np.zeros(len(articles), dtype=np.int64))
    )
    depths = np.zeros(len(articles))
    depths[list(facts.headline_depths)] = list(facts.headline_depths.values())
    share = tree.prose_chars[anchor[own]] / (tree.prose_chars[0] or 1.0) * found
    headline_article = facts.page.blocks[facts.headline_at].element.article if found else 0
    same = (article > 0) & (article == headline_article)
    return {
        "headline_up": np.minimum(12, up[own]) / 4,
        "headline_down": np.minimum(12, depths[anchor[own]]) / 4,
        "headline_share": share,
        "same_article": same,
        "other_article": (article > 0) & (headline_article > 0) & ~same,
        "later_article": article > 1,
        "only_article": (article > 0) & only,
        "outside_only_article": (article == 0) & only,
        "headline_share_prose": share * (size > 60) * (links < 0.3),
    }


def _ways_to_headline(facts: PageFacts) -> tuple[Any, Any]:
    """For each element the steps up to the first one that holds the headline, and that one's number."""
    above = facts.headline_depths
    up: list[int] = []
    anchor: list[int] = []
    for element in facts.page.elements:
        if element.index in above or element.parent is None:
            up.append(0)
            anchor.append(element.index)
        else:
            up.append(up[element.parent.index] + 1)
            anchor.append(anchor[element.parent.index])
    return np.array(up), np.array(anchor)


def title_columns(facts: PageFacts, tree: Tree, at: Any, read: Columns) -> Columns:
    """How often the words of the page's title come up in the prose of the containers around the block."""
    prose = np.array(facts.prose)[at]
    titled, words = _summed_up(tree, read["titled"] * prose), _summed_up(tree, read["title_total"] * prose)
    rates = np.minimum(1.0, 4 * titled / (words + 30))
    columns: Columns = {f"titled_{level}": rates[tree.chain[level]] for level in (1, 2, 3)}
    return columns | {
        f"titled_against_page_{level}": rates[tree.chain[level]] - rates[0] for level in (1, 2, 3)
    }


def _summed_up(tree: Tree, values: Any) -> Any:
    """The candidates' values added up for every element around them."""
    sums = np.bincount(tree.chain[0], values, minlength=len(tree.parent)).tolist()
    parents = tree.parent.tolist()
    for element in range(len(sums) - 1, 0, -1):
        if sums[element]:
            sums[parents[element]] += sums[element]
    return np.array(sums)
